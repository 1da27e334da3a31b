"""``/console/standing``: where somebody stands who has signed in and is not let in (yet); no more."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from flask import flash, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue

from webapp.access import public
from webapp.console.routes import blueprint
from webapp.console.sign_in import enter
from webapp.domain.accounts.models import Status, User
from webapp.domain.accounts.queries import find_user
from webapp.domain.accounts.sign_in import NotAdmitted
from webapp.domain.accounts.verification import request_verification
from webapp.extensions import recovery_limit
from webapp.metrics import LOGINS, counting
from webapp.web import current_ports, current_work

STANDING = "standing"
"""Where the cookie keeps who has proved who they are, and when. It opens these two pages alone."""
LIFETIME = timedelta(hours=1)


@blueprint.route("/standing")
@public
def standing() -> ResponseReturnValue:
    """Status, what happens next, and a way out."""
    user = known_person()
    if user is None:
        return redirect(url_for("console.login"), 303)
    if user.is_approved:
        session.pop(STANDING)
        flash("You are let in. Sign in once more.", "success")
        return redirect(url_for("console.login"), 303)
    is_mailed = bool(user.email) and current_ports().mailer.reaches_people
    return render_template("console/account/standing.html", user=user, is_mailed=is_mailed)


@blueprint.route("/standing/resend", methods=["POST"])
@public
@recovery_limit
def resend_verification() -> ResponseReturnValue:
    """Have the link that proves the address mailed again."""
    user = known_person()
    if user is not None and user.status == Status.UNVERIFIED and user.email:
        request_verification(current_work(), user.email)
        flash("The mail is on its way.", "success")
    return redirect(url_for("console.standing"), 303)


def let_in(check: Callable[[], User], wanted: str) -> ResponseReturnValue:
    """Sign in whom ``check`` answers; who may not sign in (yet) is shown where they stand."""
    try:
        with counting(LOGINS):
            user = check()
    except NotAdmitted as refused:
        return show_standing(refused.user)
    return enter(user, wanted)


def show_standing(user: User) -> ResponseReturnValue:
    """Remember in this browser who it is, and show where they stand."""
    session.clear()
    now = int(current_work().now.timestamp())
    session[STANDING] = {"user": str(user.id), "version": user.credentials_version, "at": now}
    return redirect(url_for("console.standing"), 303)


def known_person() -> User | None:
    """Whom the cookie speaks of, as long as that holds."""
    kept, work = session.get(STANDING), current_work()
    if not kept or work.now.timestamp() - kept["at"] > LIFETIME.total_seconds():
        return None
    user = find_user(work.session, UUID(kept["user"]))
    return user if user is not None and user.credentials_version == kept["version"] else None
