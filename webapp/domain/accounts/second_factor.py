"""The second factor: codes of an authenticator app (TOTP, RFC 6238) and recovery codes.

Whoever has an app or a passkey needs more than the password from then on.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import b32encode
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import pyotp
from sqlalchemy import Update, exists, or_, select, update
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from webapp.domain.accounts.factor_models import AuthenticatorApp, Passkey, RecoveryCode
from webapp.domain.accounts.models import User
from webapp.domain.accounts.notices import tell
from webapp.domain.accounts.pace import check_pace, forget_failures, note_failure, pace_key
from webapp.domain.audit.events import record
from webapp.domain.settings.queries import get_setting
from webapp.kernel.errors import Denied, Unauthenticated
from webapp.kernel.work import Role, Work

WINDOW = 1
"""How many time steps of 30 seconds a clock may be off."""
SECOND_FACTOR_REQUIRED = "A code of your authenticator app is needed as well."
SET_UP_REQUIRED = "Your account needs a second factor. Sign in to the console to set one up."


@dataclass(frozen=True, slots=True)
class Factors:
    """What a person has set up. ``codes_left`` counts recovery codes that were not used yet."""

    app: AuthenticatorApp | None
    passkeys: int
    codes_left: int

    @property
    def is_on(self) -> bool:
        return self.app is not None or self.passkeys > 0


def factors_of(session: Session, user_id: UUID) -> Factors:
    """What the person has set up."""
    app = session.get(AuthenticatorApp, user_id)
    passkeys = session.scalars(select(Passkey.id).where(Passkey.user_id == user_id)).all()
    codes = session.scalars(
        select(RecoveryCode.code_hash).where(RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None))
    ).all()
    return Factors(app if app is not None and app.seed else None, len(passkeys), len(codes))


def has_second_factor() -> ColumnElement[bool]:
    """Of a row of ``users``: whether the person has an app or a passkey."""
    app = exists().where(AuthenticatorApp.user_id == User.id, AuthenticatorApp.seed.is_not(None))
    return or_(app, exists().where(Passkey.user_id == User.id))


def is_on(session: Session, user: User) -> bool:
    """Whether the person needs more than the password."""
    return bool(session.scalar(select(has_second_factor()).where(User.id == user.id)))


def is_demanded(session: Session, role: str) -> bool:
    """Whether people with ``role`` must have a second factor."""
    demanded = get_setting(session, "require_second_factor")
    return demanded == "everyone" or (demanded == "admins" and role == Role.ADMIN)


def lacks_demanded_factor(session: Session, user: User, role: str) -> bool:
    """Whether ``user`` with ``role`` would have to set up a second factor first."""
    return is_demanded(session, role) and not is_on(session, user)


def needs_second_step(session: Session, user: User) -> bool:
    """Whether the right password alone lets nobody in as ``user``: there is a factor, or there has to be."""
    return is_on(session, user) or is_demanded(session, user.role)


def pass_second_factor(work: Work, user: User, code: str | None, *, secret: bytes) -> None:
    """Let nobody past who signs in as ``user`` without the second factor that it takes.

    Raises Denied with ``second_factor_required`` without a ``code``, with ``second_factor_missing`` where
    one is demanded and none is set up; what :func:`check_code` raises for a wrong one.
    """
    if is_on(work.session, user):
        if not code:
            raise Denied(SECOND_FACTOR_REQUIRED, code="second_factor_required")
        check_code(work, user, code, secret=secret)
    elif is_demanded(work.session, user.role):
        raise Denied(SET_UP_REQUIRED, code="second_factor_missing")


def check_code(work: Work, user: User, code: str, *, secret: bytes) -> None:
    """Take a code of the person's app, or a recovery code, which is used up with that.

    Raises Unauthenticated for a wrong one and for one that was taken before, TooMany too soon after those.
    """
    work.session.refresh(user, with_for_update=True)  # one try at a time, so that each is counted
    key = pace_key(work, "", user, of="second factor")
    check_pace(work, key)
    plain = "".join(code.split()).replace("-", "")
    is_of_app = plain.isascii() and plain.isdigit()
    taken = _take_app_code(work, user, plain, secret) if is_of_app else _take_recovery_code(work, user, plain)
    if not taken:
        note_failure(work, key)
        raise Unauthenticated("This code does not work.", code="invalid_second_factor", keeps_work=True)
    forget_failures(work, key)


# --- codes of the app -----------------------------------------------------------------------


def app_secret(seed: str, secret: bytes) -> str:
    """What the app is told: 160 bits in base32 (RFC 4226, section 4)."""
    return b32encode(hmac.digest(secret, b"authenticator app\0" + seed.encode(), "sha256")[:20]).decode()


def time_step(seed: str, code: str, now: datetime, secret: bytes) -> int | None:
    """The time step near ``now`` that ``code`` is of, or None."""
    totp = pyotp.TOTP(app_secret(seed, secret))
    present = totp.timecode(now)
    steps = (step for step in range(present - WINDOW, present + WINDOW + 1))
    return next((step for step in steps if hmac.compare_digest(totp.generate_otp(step), code)), None)


def _take_app_code(work: Work, user: User, code: str, secret: bytes) -> bool:
    app = work.session.get(AuthenticatorApp, user.id)
    step = time_step(app.seed, code, work.now, secret) if app is not None and app.seed else None
    if step is None:
        return False
    is_new = or_(AuthenticatorApp.last_step.is_(None), AuthenticatorApp.last_step < step)
    once = update(AuthenticatorApp).where(AuthenticatorApp.user_id == user.id, is_new)
    return _changes_one(work, once.values(last_step=step, last_used_at=work.now))


# --- recovery codes -------------------------------------------------------------------------


def recovery_hash(code: str) -> str:
    """What is kept of a recovery code, however its letters and hyphens are written."""
    plain = "".join(code.split()).replace("-", "").upper()
    return hashlib.sha256(plain.encode(errors="replace")).hexdigest()


def _take_recovery_code(work: Work, user: User, code: str) -> bool:
    once = update(RecoveryCode).where(
        RecoveryCode.user_id == user.id,
        RecoveryCode.code_hash == recovery_hash(code),
        RecoveryCode.used_at.is_(None),
    )
    if not _changes_one(work, once.values(used_at=work.now)):
        return False
    record(work, "user.use_recovery_code", user.id, actor_id=user.id)
    left = factors_of(work.session, user.id).codes_left
    tell(work, user, "recovery_code_used", left=left)
    return True


def _changes_one(work: Work, statement: Update) -> bool:
    result: Any = work.session.execute(statement.execution_options(synchronize_session=False))
    return bool(result.rowcount == 1)
