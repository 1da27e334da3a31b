"""Finding people."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from webapp.domain.accounts.models import Status, User, UserSession
from webapp.domain.accounts.policy import may_administer_people
from webapp.kernel.errors import NotFound
from webapp.kernel.paging import Page, PageRequest, SortKey, fetch_page
from webapp.kernel.text import fold, like_pattern
from webapp.kernel.work import Role, Work, require

SORTS = {
    "newest": (True, SortKey(User.created_at, lambda user: user.created_at)),
    "oldest": (False, SortKey(User.created_at, lambda user: user.created_at)),
    "email": (False, SortKey(func.coalesce(User.email_key, ""), lambda user: user.email_key or "")),
    "username": (False, SortKey(func.coalesce(User.username_key, ""), lambda user: user.username_key or "")),
}
"""The orders that a list of people may be asked for: descending?, and by which value."""

BY_ID = SortKey(User.id, lambda user: user.id)


def find_user(session: Session, user_id: UUID) -> User | None:
    return session.get(User, user_id)


def get_user(work: Work, user_id: UUID) -> User:
    """One person, for an admin. Raises NotFound."""
    require(work.actor, may_administer_people(work.actor))
    user = find_user(work.session, user_id)
    if user is None:
        raise NotFound("User not found")
    return user


def find_by_identifier(session: Session, identifier: str) -> User | None:
    """The person whose username or e-mail is ``identifier``, without regard to case and Unicode form."""
    key = fold(identifier)
    statement = select(User).where(or_(User.username_key == key, User.email_key == key))
    return session.scalars(statement.order_by(User.created_at).limit(1)).first()


def list_users(
    work: Work,
    request: PageRequest,
    *,
    status: str | None = None,
    role: str | None = None,
    q: str | None = None,
    sort: str = "newest",
) -> Page[User]:
    """People for an admin, filtered by status, role and a piece of any of their names."""
    require(work.actor, may_administer_people(work.actor))
    statement = select(User)
    if status:
        statement = statement.where(User.status == status)
    if role:
        statement = statement.where(User.role == role)
    if q and (wanted := fold(q)):
        statement = statement.where(User.search_text.like(like_pattern(wanted), escape="\\"))
    descending, key = SORTS[sort]
    return fetch_page(work.session, statement, request, (key, BY_ID), descending=descending)


def count_by_status(work: Work) -> dict[str, int]:
    """How many people have each status, for an admin; every status is named."""
    require(work.actor, may_administer_people(work.actor))
    rows = work.session.execute(select(User.status, func.count()).group_by(User.status))
    return {status.value: 0 for status in Status} | dict(rows.tuples().all())


def other_admins(session: Session, user: User) -> int:
    """How many approved admins there are beside ``user``. Locks them against changes meanwhile."""
    statement = select(User.id).where(User.role == Role.ADMIN, User.status == Status.APPROVED)
    return sum(1 for found in session.scalars(statement.with_for_update()) if found != user.id)


def has_admin(session: Session) -> bool:
    statement = select(User.id).where(User.role == Role.ADMIN, User.status == Status.APPROVED).limit(1)
    return session.scalar(statement) is not None


def find_live_session(session: Session, session_id: UUID, now: datetime) -> UserSession | None:
    """The session with its person, as long as it is neither ended nor expired."""
    found = session.get(UserSession, session_id)
    return found if found is not None and found.is_live(now) else None
