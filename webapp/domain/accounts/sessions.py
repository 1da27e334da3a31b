"""A person's own sessions: where they are signed in, and ending that."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, select, update

from webapp.domain.accounts.commands import end_all_sessions
from webapp.domain.accounts.models import User, UserSession
from webapp.domain.accounts.pace import check_pace, forget_failures, note_failure, pace_key
from webapp.domain.accounts.passwords import verify_password
from webapp.domain.accounts.queries import get_self, get_user
from webapp.domain.accounts.sign_in import end_session
from webapp.domain.audit.events import record
from webapp.domain.audit.retention import ADDRESS_KEPT_FOR
from webapp.kernel.db import looking_ahead
from webapp.kernel.errors import Denied, FieldError, Malformed, NotFound
from webapp.kernel.paging import Page, PageRequest, SortKey, fetch_page
from webapp.kernel.work import Work, require

BY_CREATED = SortKey(UserSession.created_at, lambda session: session.created_at)
BY_ID = SortKey(UserSession.id, lambda session: session.id)
SEEN_EVERY = timedelta(minutes=5)
"""How exactly it is known when a session was last seen."""


def list_sessions(work: Work, request: PageRequest) -> Page[UserSession]:
    """One's own live sessions, the newest first."""
    require(work.actor, work.actor.is_approved)
    statement = select(UserSession).where(_is_own_and_live(work))
    return fetch_page(work.session, statement, request, (BY_CREATED, BY_ID), descending=True)


def end_own_session(work: Work, session_id: UUID) -> None:
    """Sign out one of one's own sessions, the present one too. Raises NotFound."""
    require(work.actor, work.actor.is_approved)
    found = select(UserSession.id).where(_is_own_and_live(work), UserSession.id == session_id)
    if work.session.scalar(found) is None:
        raise NotFound("Session not found")
    end_session(work, session_id)


def end_other_sessions(work: Work, current: UUID | None) -> int:
    """Sign out everywhere but in the session ``current``; answers how many sessions that ended."""
    require(work.actor, work.actor.is_approved)
    others = update(UserSession).where(_is_own_and_live(work), UserSession.id != current)
    ended = work.session.scalars(
        others.values(revoked_at=work.now).returning(UserSession.id),
        execution_options={"synchronize_session": False},
    ).all()
    for session_id in ended:
        record(work, "session.end", session_id)
    return len(ended)


def list_sessions_of(work: Work, user_id: UUID, request: PageRequest) -> Page[UserSession]:
    """A person's live sessions, the newest first. Admins only; raises NotFound."""
    is_live = UserSession.revoked_at.is_(None), UserSession.expires_at > work.now
    statement = select(UserSession).where(UserSession.user_id == get_user(work, user_id).id, *is_live)
    return fetch_page(work.session, statement, request, (BY_CREATED, BY_ID), descending=True)


def end_sessions_of(work: Work, user_id: UUID) -> User:
    """Sign a person out everywhere, API tokens included. For admins, not for oneself; raises NotFound."""
    user = get_user(work, user_id, lock=True)
    if user.id == work.actor.id:
        raise Denied("End your own sessions on your security page.", code="own_account")
    end_all_sessions(work, user)
    record(work, "user.end_sessions", user.id)
    return user


def confirm_session(work: Work, session_id: UUID, password: str) -> None:
    """Prove once more, with the password, that it is oneself who sits at a session of one's own.

    Raises Malformed for a wrong one, TooMany too soon after those, NotFound for a session of somebody else.
    """
    with looking_ahead(work.session) as ahead:
        before = replace(work, session=ahead)
        user = get_self(before)
        key = pace_key(before, "", user)
        check_pace(before, key)
    right, _ = verify_password(password, user.password_hash)
    if not right:
        note_failure(work, key)
        errors = [FieldError("/password", "Incorrect password", "incorrect_password")]
        raise Malformed("Incorrect password", code="incorrect_password", errors=errors, keeps_work=True)
    forget_failures(work, key)
    own = update(UserSession).where(_is_own_and_live(work), UserSession.id == session_id)
    if work.session.scalar(own.values(confirmed_at=work.now).returning(UserSession.id)) is None:
        raise NotFound("Session not found")


def is_seen_late(last_seen_at: datetime | None, now: datetime) -> bool:
    """Whether it is time to write down that the session is in use."""
    return last_seen_at is None or last_seen_at < now - SEEN_EVERY


def note_seen(work: Work, session_id: UUID) -> None:
    """Write down that a session is in use now."""
    seen = update(UserSession).where(UserSession.id == session_id).values(last_seen_at=work.now)
    work.session.execute(seen.execution_options(synchronize_session=False))


def expire_session_traces(work: Work) -> int:
    """Forget address and device of sessions that were not seen for long; answers of how many."""
    limit = work.now - ADDRESS_KEPT_FOR
    old = update(UserSession).where(UserSession.last_seen_at < limit, UserSession.address.is_not(None))
    result = work.session.execute(
        old.values(address=None, user_agent=None).execution_options(synchronize_session=False)
    )
    return int(result.rowcount)  # type: ignore[attr-defined]


def _is_own_and_live(work: Work) -> ColumnElement[bool]:
    return and_(
        UserSession.user_id == work.actor.id,
        UserSession.revoked_at.is_(None),
        UserSession.expires_at > work.now,
    )
