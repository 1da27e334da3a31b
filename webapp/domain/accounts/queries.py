"""Finding people."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, func, or_, select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from webapp.domain.accounts.models import Status, User, UserSession
from webapp.domain.accounts.policy import may_administer_people
from webapp.kernel.compiled import CompiledStatement
from webapp.kernel.errors import NotFound
from webapp.kernel.paging import Page, PageRequest, SortKey, fetch_page
from webapp.kernel.text import KEY_MAX, fold, like_pattern
from webapp.kernel.work import Actor, Role, Work, require

BY_EMAIL = SortKey(func.coalesce(User.email_key, ""), lambda user: user.email_key or "")
BY_USERNAME = SortKey(func.coalesce(User.username_key, ""), lambda user: user.username_key or "")
SORTS = {
    "newest": (True, SortKey(User.created_at, lambda user: user.created_at)),
    "oldest": (False, SortKey(User.created_at, lambda user: user.created_at)),
    "email": (False, BY_EMAIL),
    "-email": (True, BY_EMAIL),
    "username": (False, BY_USERNAME),
    "-username": (True, BY_USERNAME),
}
"""The orders that a list of people may be asked for: descending?, and by which value."""

BY_ID = SortKey(User.id, lambda user: user.id)

BULK_MAX = 1000
"""How many people one bulk action may concern; it has to end within one request."""


def find_user(session: Session, user_id: UUID) -> User | None:
    return session.get(User, user_id)


def get_user(work: Work, user_id: UUID, *, lock: bool = False) -> User:
    """One person, for an admin; with ``lock`` once nobody else is changing them. Raises NotFound."""
    require(work.actor, may_administer_people(work.actor))
    user = work.session.get(User, user_id, populate_existing=lock, with_for_update=lock or None)
    if user is None:
        raise NotFound("User not found")
    return user


def get_self(work: Work) -> User:
    """The person who asks; only approved people have an account to speak of."""
    require(work.actor, work.actor.is_approved)
    return work.session.get_one(User, work.actor.id)


def get_visible_user(work: Work, user_id: UUID) -> User:
    """A person as far as the actor may see people: oneself, and for admins everybody."""
    require(work.actor, work.actor.id == user_id or may_administer_people(work.actor))
    user = find_user(work.session, user_id)
    if user is None:
        raise NotFound("User not found")
    return user


def find_by_identifier(session: Session, identifier: str) -> User | None:
    """The person whose username or e-mail is ``identifier``, without regard to case and Unicode form."""
    key = fold(identifier)
    if len(key) > KEY_MAX:
        return None
    statement = select(User).where(or_(User.username_key == key, User.email_key == key))
    return session.scalars(statement.order_by(User.created_at).limit(1)).first()


def find_by_email(session: Session, email: str) -> User | None:
    """The person whose e-mail address is ``email``, without regard to case and Unicode form."""
    key = fold(email)
    return session.scalar(select(User).where(User.email_key == key)) if 0 < len(key) <= KEY_MAX else None


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
    descending, key = SORTS[sort]
    statement = _filtered(select(User), status, role, q)
    return fetch_page(work.session, statement, request, (key, BY_ID), descending=descending)


def list_user_ids(
    work: Work, *, status: str | None = None, role: str | None = None, q: str | None = None
) -> list[UUID]:
    """The ids of all people whom the same filters of ``list_users`` find, the oldest first.

    No more than ``BULK_MAX``; a bulk action on more people is repeated.
    """
    require(work.actor, may_administer_people(work.actor))
    statement = _filtered(select(User.id), status, role, q).order_by(User.created_at, User.id)
    return list(work.session.scalars(statement.limit(BULK_MAX)))


def find_users(work: Work, user_ids: Collection[UUID]) -> list[User]:
    """Those of ``user_ids`` who exist, in the order given, for an admin."""
    require(work.actor, may_administer_people(work.actor))
    found = {user.id: user for user in work.session.scalars(select(User).where(User.id.in_(user_ids)))}
    return [found[user_id] for user_id in user_ids if user_id in found]


def count_by_status(work: Work) -> dict[str, int]:
    """How many people have each status, for an admin; every status is named."""
    require(work.actor, may_administer_people(work.actor))
    rows = work.session.execute(select(User.status, func.count()).group_by(User.status))
    return {status.value: 0 for status in Status} | {row[0]: row[1] for row in rows}


def other_admins(session: Session, user: User) -> int:
    """How many approved admins there are beside ``user``. Locks them against changes meanwhile."""
    statement = select(User.id).where(User.role == Role.ADMIN, User.status == Status.APPROVED)
    in_one_order = statement.order_by(User.id).with_for_update()
    return sum(1 for found in session.scalars(in_one_order) if found != user.id)


def has_admin(session: Session) -> bool:
    statement = select(User.id).where(User.role == Role.ADMIN, User.status == Status.APPROVED).limit(1)
    return session.scalar(statement) is not None


def _filtered(statement: Select[Any], status: str | None, role: str | None, q: str | None) -> Select[Any]:
    if status:
        statement = statement.where(User.status == status)
    if role:
        statement = statement.where(User.role == role)
    if q and (wanted := fold(q)):
        statement = statement.where(User.search_text.like(like_pattern(wanted), escape="\\"))
    return statement


@dataclass(frozen=True, slots=True)
class LiveSession:
    """A client's session that speaks for its person: what is asked of it with each request."""

    id: UUID
    actor: Actor
    credentials_version: int
    last_seen_at: datetime | None


_LIVE_SESSION = CompiledStatement(
    select(UserSession.id, UserSession.last_seen_at, User.id, User.role, User.credentials_version)
    .join(User)
    .where(
        UserSession.id == bindparam("session_id"),
        UserSession.revoked_at.is_(None),
        UserSession.expires_at > bindparam("now"),
        User.status == Status.APPROVED,
    )
)


def find_live_session(place: Session | Connection, session_id: UUID, now: datetime) -> LiveSession | None:
    """The session, as long as it is neither ended nor expired and its person is approved."""
    values = {"session_id": session_id, "now": now}
    rows = _LIVE_SESSION.rows(place, values)
    if not rows:
        return None
    found_id, last_seen_at, user_id, role, credentials_version = rows[0]
    return LiveSession(found_id, Actor(user_id, Role(role)), credentials_version, last_seen_at)


def display_names(session: Session, ids: Iterable[UUID | None]) -> dict[UUID, str]:
    """The names that people are shown by, for those of ``ids`` that still exist."""
    wanted = {found for found in ids if found is not None}
    users = session.scalars(select(User).where(User.id.in_(wanted))) if wanted else ()
    return {user.id: user.display_name for user in users}
