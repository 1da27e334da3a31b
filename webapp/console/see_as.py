"""Looking at the console as somebody else: who looks, what stays closed, and how it ends."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

from flask import request, session
from flask_login import current_user

from webapp.console.sign_in import SEEING
from webapp.domain.accounts.models import User
from webapp.domain.accounts.seeing import find_seen
from webapp.extensions import db
from webapp.kernel.clock import utc_now
from webapp.kernel.errors import Denied
from webapp.kernel.work import ANONYMOUS, LOOKING_ONLY, Actor
from webapp.web import SAFE_METHODS, current_work

STAYS_OPEN = ("console.stop_seeing_as", "console.logout", "console.color_scheme")
CLOSED = ("/console/profile", "/console/set-up", "/console/oauth")
"""A person's own pages are for their own eyes: sessions, tokens, passkeys, data."""


def load_cookie() -> Actor:
    """Who the console's cookie speaks for: who signed in, or the person with whose eyes an admin looks."""
    if not current_user.is_authenticated:
        session.pop(SEEING, None)
        return ANONYMOUS
    admin: User = current_user.session.user
    if SEEING not in session:
        return admin.as_actor()
    user_id, since = session[SEEING]
    moment = datetime.fromtimestamp(since, UTC)
    seen = current_user.seen = find_seen(db.session(), admin, UUID(user_id), moment, utc_now())
    if seen is None:
        del session[SEEING]
        return admin.as_actor()
    return replace(seen.as_actor(), seen_by=admin.id)


def look_only() -> None:
    """Refuse what somebody who looks with another's eyes may not do. Raises Denied."""
    if SEEING not in session or request.endpoint in STAYS_OPEN:
        return
    if request.method not in SAFE_METHODS or request.path.startswith(CLOSED):
        raise Denied(LOOKING_ONLY, code="looking_only")


def start_seeing(user: User) -> None:
    """Look with the eyes of ``user`` from the next page on."""
    session[SEEING] = [str(user.id), current_work().now.timestamp()]
