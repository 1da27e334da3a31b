"""Signing in and staying signed in: credentials, console sessions, rotating refresh tokens."""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64encode
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, or_, select, update

from webapp.domain.accounts.known_places import note_place
from webapp.domain.accounts.models import PASSWORD_MAX, RefreshToken, Status, User, UserSession
from webapp.domain.accounts.pace import check_pace, forget_failures, note_failure, pace_key
from webapp.domain.accounts.passwords import verify_password
from webapp.domain.accounts.queries import find_by_identifier
from webapp.domain.accounts.second_factor import check_code, pass_second_factor
from webapp.domain.accounts.sign_in_steps import StepPurpose, end_step, find_step
from webapp.domain.audit.events import record
from webapp.kernel.db import looking_ahead
from webapp.kernel.errors import Denied, Unauthenticated
from webapp.kernel.work import Work

CONSOLE_LIFETIME = timedelta(days=14)
CLIENT_LIFETIME = timedelta(days=30)
REPLAY_GRACE = timedelta(seconds=10)
"""How long the refresh token just replaced still answers, for tabs that refresh at the same time."""

REFUSALS = {
    Status.PENDING: ("awaiting_approval", "Your account is waiting for approval by an admin."),
    Status.UNVERIFIED: ("email_unverified", "Your e-mail address is not verified yet."),
    Status.REJECTED: ("rejected", "Your registration was not accepted."),
    Status.SUSPENDED: ("suspended", "Your account is suspended."),
}


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a client is given at sign-in and at each refresh. ``refresh_token`` is shown only here."""

    user: User
    session_id: UUID
    refresh_token: str


class NotAdmitted(Denied):
    """The person behind a sign-in is certain, and may not sign in: ``code`` is ``awaiting_approval``,
    ``email_unverified``, ``rejected`` or ``suspended``. What was done on the way here stands."""

    def __init__(self, user: User) -> None:
        code, words = REFUSALS[Status(user.status)]
        if user.status == Status.REJECTED and user.rejection_reason:
            words = f"{words} Reason: {user.rejection_reason}"
        super().__init__(words, code=code, keeps_work=True)
        self.user = user


def authenticate(
    work: Work, identifier: str, password: str, code: str | None = None, *, secret: bytes
) -> User:
    """The approved person with these credentials, who may be given a session.

    ``code`` is one of their authenticator app or a recovery code. Raises what :func:`check_password` and
    :func:`~webapp.domain.accounts.second_factor.pass_second_factor` raise.
    """
    user = check_password(work, identifier, password)
    pass_second_factor(work, user, code, secret=secret)
    return admit(work, user)


def admit(work: Work, user: User) -> User:
    """Write down that a person who has proved who they are signs in now."""
    user.last_login = work.now
    work.session.flush()
    return user


def take_second_step(work: Work, token: str, code: str, *, secret: bytes) -> User:
    """The person behind a browser's second step, who is in with the right ``code``.

    Raises Unauthenticated for a step that is over and for a wrong code, TooMany too soon after those.
    """
    step = find_step(work, token, StepPurpose.SECOND)
    if step is None or step.user is None:
        raise Unauthenticated("That took too long. Sign in again.", code="sign_in_expired")
    user = step.user
    check_code(work, user, code, secret=secret)
    end_step(work, token, StepPurpose.SECOND)
    return admit(work, user)


def check_password(work: Work, identifier: str, password: str) -> User:
    """The approved person with this password, who may need a second factor as well.

    Raises Unauthenticated for an unknown name and for a wrong password alike, in words and in time;
    NotAdmitted for the right password of a person who may not sign in; TooMany too soon after wrong
    passwords. Nobody's write waits while the password is checked.
    """
    with looking_ahead(work.session) as ahead:
        before = replace(work, session=ahead)
        seen = find_by_identifier(ahead, identifier) if len(identifier) <= 1024 else None
        key = pace_key(before, identifier[:1024], seen)
        check_pace(before, key)
    right, fresh_hash = verify_password(password[: PASSWORD_MAX + 1], seen.password_hash if seen else None)
    user = work.session.get(User, seen.id, with_for_update=True) if seen and right else None
    if user is None or seen is None or user.password_hash != seen.password_hash:  # changed since, the last
        note_failure(work, key)
        words = "Incorrect username or password"
        raise Unauthenticated(words, code="invalid_credentials", keeps_work=True)
    forget_failures(work, key)
    check_standing(user)
    if fresh_hash is not None:
        user.password_hash = fresh_hash
    work.session.flush()
    return user


def check_standing(user: User) -> None:
    """Raise NotAdmitted for a person who may not sign in."""
    if user.status != Status.APPROVED:
        raise NotAdmitted(user)


def start_console_session(work: Work, user: User, token: str) -> UserSession:
    """Record a sign-in of the console; ``token`` (random, 256 bits) goes into the cookie, its hash here."""
    return _start(work, user, "console", CONSOLE_LIFETIME, token_hash=_digest(token))


def find_console_session(work: Work, token: str) -> UserSession | None:
    """The live console session of a cookie's token."""
    found = work.session.scalar(select(UserSession).where(UserSession.token_hash == _digest(token)))
    return found if found is not None and found.is_live(work.now) else None


def start_client_session(work: Work, user: User, token: str) -> Tokens:
    """Record a sign-in of a client and its first refresh ``token`` (random, 256 bits)."""
    session = _start(work, user, "client", CLIENT_LIFETIME)
    work.session.add(RefreshToken(session_id=session.id, generation=1, token_hash=_digest(token)))
    work.session.flush()
    return Tokens(user, session.id, token)


def refresh(work: Work, token: str, *, secret: bytes) -> Tokens:
    """Exchange a refresh token for its successor (rotation, RFC 9700 section 4.14.2).

    The successor is derived with ``secret``, so that the token just replaced answers the same one for
    ten seconds without it being stored. Any older token ends the whole session, which stands although the
    answer is Unauthenticated.
    """
    held = work.session.scalar(
        select(RefreshToken).where(RefreshToken.token_hash == _digest(token)).with_for_update(of=RefreshToken)
    )
    if held is None or not held.session.is_live(work.now):
        raise Unauthenticated("The refresh token is not valid.", code="invalid_refresh_token")
    session = held.session
    successor = _successor(token, secret)
    if held.used_at is None:
        held.used_at = work.now
        work.session.add(
            RefreshToken(session_id=session.id, generation=held.generation + 1, token_hash=_digest(successor))
        )
        work.session.flush()
    elif work.now - held.used_at > REPLAY_GRACE or _was_used(work, successor):
        session.revoked_at = work.now
        work.session.flush()
        record(work, "session.replay", session.id, actor_id=session.user_id)
        raise Unauthenticated(
            "This refresh token was used before. The session has ended; sign in again.",
            code="refresh_token_reused",
            keeps_work=True,
        )
    return Tokens(session.user, session.id, successor)


def end_session(work: Work, session_id: UUID) -> None:
    """Sign out: the session's cookie or tokens are worthless from now on."""
    ended = (
        update(UserSession)
        .where(UserSession.id == session_id, UserSession.revoked_at.is_(None))
        .values(revoked_at=work.now)
    )
    user_id = work.session.scalar(ended.returning(UserSession.user_id))
    if user_id is not None:
        record(work, "session.end", session_id, actor_id=work.actor.id or user_id)


def end_session_of_token(work: Work, token: str) -> None:
    """Sign out with a refresh token; an unknown one is passed over in silence."""
    held = work.session.scalar(select(RefreshToken).where(RefreshToken.token_hash == _digest(token)))
    if held is not None:
        end_session(work, held.session_id)


def clean_sessions(work: Work) -> int:
    """Forget sessions that are over, with their refresh tokens; answers how many."""
    is_over = or_(UserSession.expires_at < work.now, UserSession.revoked_at.is_not(None))
    result = work.session.execute(delete(UserSession).where(is_over))
    return int(result.rowcount)  # type: ignore[attr-defined]


def _start(
    work: Work, user: User, kind: str, lifetime: timedelta, token_hash: str | None = None
) -> UserSession:
    session = UserSession(
        user=user,
        kind=kind,
        token_hash=token_hash,
        created_at=work.now,
        expires_at=work.now + lifetime,
        last_seen_at=work.now,
        address=work.address,
        user_agent=work.user_agent,
    )
    work.session.add(session)
    work.session.flush()
    record(work, "session.start", session.id, {"kind": (None, kind)}, actor_id=user.id)
    note_place(work, session)
    return session


def _was_used(work: Work, token: str) -> bool:
    statement = select(RefreshToken.used_at).where(RefreshToken.token_hash == _digest(token))
    return work.session.scalar(statement) is not None


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


def _successor(token: str, secret: bytes) -> str:
    digest = hmac.digest(secret, b"refresh successor\0" + token.encode(), "sha256")
    return urlsafe_b64encode(digest).decode().rstrip("=")
