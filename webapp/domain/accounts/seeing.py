"""Looking at the console with the eyes of somebody else: for admins, half an hour, changing nothing."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from webapp.domain.accounts.models import User
from webapp.domain.accounts.queries import get_user
from webapp.domain.audit.events import record
from webapp.kernel.errors import Conflict, Denied
from webapp.kernel.work import Work

LASTS = timedelta(minutes=30)


def begin_seeing_as(work: Work, user_id: UUID) -> User:
    """Note that an admin looks with this person's eyes from now on. Admins only, and never as an admin.

    Raises Denied for an admin's eyes, Conflict for a person who may not sign in, NotFound.
    """
    user = get_user(work, user_id)
    if user.is_admin:
        raise Denied("Nobody sees the console as an admin but the admin.", code="seeing_an_admin")
    if not user.is_approved:
        raise Conflict("This person cannot sign in, so there is nothing to see.", code="nothing_to_see")
    record(work, "user.see_as", user.id)
    return user


def end_seeing_as(work: Work, user_id: UUID) -> None:
    """Note that the admin looks with their own eyes again."""
    record(work, "user.stop_seeing_as", user_id)


def find_seen(session: Session, admin: User, user_id: UUID, since: datetime, now: datetime) -> User | None:
    """The person with whose eyes ``admin`` looks since then, as long as that is still allowed."""
    user = session.get(User, user_id)
    if user is None or not since <= now < since + LASTS or not (admin.is_admin and admin.is_approved):
        return None
    return user if user.is_approved and not user.is_admin else None
