"""Setting second factors up and taking them off."""

from __future__ import annotations

import secrets
from base64 import b32encode
from collections.abc import Sequence
from uuid import UUID

import pyotp
from sqlalchemy import delete, select, update

from webapp.domain.accounts.commands import end_all_sessions
from webapp.domain.accounts.factor_models import AuthenticatorApp, Passkey, RecoveryCode
from webapp.domain.accounts.models import User, UserSession
from webapp.domain.accounts.notices import tell
from webapp.domain.accounts.queries import find_by_identifier, get_self, get_user
from webapp.domain.accounts.second_factor import (
    app_secret,
    factors_of,
    has_second_factor,
    is_demanded,
    recovery_hash,
    time_step,
)
from webapp.domain.audit.events import record
from webapp.domain.settings.commands import when_changed
from webapp.domain.settings.queries import get_setting
from webapp.kernel.errors import Conflict, Denied, FieldError, Invalid, NotFound
from webapp.kernel.work import Role, Work, require

CODES = 10
LAST_FACTOR = "Your account has to have a second factor, and this is the last one. Set up another one first."


def prepare_app(work: Work, user: User) -> None:
    """Make a new secret for an app of ``user``, which counts once a code of it has come back."""
    app = work.session.get(AuthenticatorApp, user.id)
    if app is None:
        app = AuthenticatorApp(user_id=user.id, created_at=work.now)
        work.session.add(app)
    app.new_seed = secrets.token_urlsafe(24)
    work.session.flush()
    record(work, "user.prepare_app", user.id, actor_id=user.id)


def app_address(work: Work, user: User, *, secret: bytes) -> str:
    """The ``otpauth:`` address of the app that is being set up, for its QR code. Raises NotFound."""
    key = new_app_secret(work, user, secret=secret)
    issuer = get_setting(work.session, "site_name").replace(":", " ")
    name = (user.email or user.username or "").replace(":", " ")
    return pyotp.TOTP(key).provisioning_uri(name=name, issuer_name=issuer)


def new_app_secret(work: Work, user: User, *, secret: bytes) -> str:
    """The secret of the app that is being set up, to be typed where no QR code can be read."""
    app = work.session.get(AuthenticatorApp, user.id)
    if app is None or app.new_seed is None:
        raise NotFound("No app is being set up.")
    return app_secret(app.new_seed, secret)


def confirm_app(work: Work, user: User, code: str, *, secret: bytes) -> Sequence[str]:
    """Count the app from now on, in place of an older one, since ``code`` proves that it has the secret.

    Answers recovery codes where these are the person's first. Raises Invalid for a wrong code.
    """
    app = work.session.get(AuthenticatorApp, user.id, with_for_update=True, populate_existing=True)
    plain = "".join(code.split())
    step = time_step(app.new_seed, plain, work.now, secret) if app is not None and app.new_seed else None
    if app is None or step is None:
        words = "This is not the code that the app should show now. Try the next one."
        raise Invalid([FieldError("/code", words, "wrong_code")])
    app.seed, app.new_seed, app.last_step = app.new_seed, None, step
    app.created_at, app.last_used_at = work.now, work.now
    work.session.flush()
    record(work, "user.add_app", user.id, actor_id=user.id)
    tell(work, user, "factor_added")
    return first_recovery_codes(work, user)


def remove_app(work: Work) -> None:
    """Take one's own app off. Raises Conflict for the last factor of a person who must have one."""
    user = get_self(work)
    factors = factors_of(work.session, user.id)
    if factors.app is None:
        raise NotFound("There is no app to take off.")
    keep_one(work, user, has_others=factors.passkeys > 0)
    work.session.delete(factors.app)
    work.session.flush()
    record(work, "user.remove_app", user.id)
    tell(work, user, "factor_removed")
    forget_useless_codes(work, user)


def keep_one(work: Work, user: User, *, has_others: bool) -> None:
    """Raise Conflict where the factor that is to go is the last one and one is demanded."""
    if not has_others and is_demanded(work.session, user.role):
        raise Conflict(LAST_FACTOR, code="last_second_factor")


def forget_useless_codes(work: Work, user: User) -> None:
    """Recovery codes stand in for a factor; without one there is nothing to stand in for."""
    if not factors_of(work.session, user.id).is_on:
        work.session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))


# --- recovery codes -------------------------------------------------------------------------


def first_recovery_codes(work: Work, user: User) -> Sequence[str]:
    """New codes for a person who has none that are left; otherwise nothing."""
    return () if factors_of(work.session, user.id).codes_left else _make_codes(work, user)


def renew_recovery_codes(work: Work) -> Sequence[str]:
    """Ten new codes in place of all older ones; they are shown once. Raises Conflict without a factor."""
    user = get_self(work)
    if not factors_of(work.session, user.id).is_on:
        raise Conflict("Set up an app or a passkey first.", code="no_second_factor")
    codes = _make_codes(work, user)
    tell(work, user, "factor_added")
    return codes


def _make_codes(work: Work, user: User) -> Sequence[str]:
    codes = [b32encode(secrets.token_bytes(10)).decode() for _ in range(CODES)]
    work.session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    work.session.add_all(
        RecoveryCode(user_id=user.id, code_hash=recovery_hash(code), created_at=work.now) for code in codes
    )
    work.session.flush()
    record(work, "user.make_recovery_codes", user.id, actor_id=user.id)
    return ["-".join(code[start : start + 4] for start in range(0, len(code), 4)) for code in codes]


# --- by others ------------------------------------------------------------------------------


def take_off_second_factors(work: Work, user_id: UUID) -> User:
    """Take all second factors off a person who has lost theirs; every session ends. Admins only."""
    user = get_user(work, user_id, lock=True)
    if user.id == work.actor.id:
        raise Denied("Change your own second factor on your security page.", code="own_account")
    if not factors_of(work.session, user.id).is_on:
        raise Conflict("This person has no second factor.", code="no_second_factor")
    for model in (AuthenticatorApp, Passkey, RecoveryCode):
        work.session.execute(delete(model).where(model.user_id == user.id))
    end_all_sessions(work, user)
    record(work, "user.remove_second_factors", user.id)
    tell(work, user, "factor_removed")
    return user


def take_off_by_name(work: Work, identifier: str) -> User:
    """The same for whoever owns the machine and knows the person's username or e-mail address."""
    require(work.actor, work.actor.is_admin)
    user = find_by_identifier(work.session, identifier)
    if user is None:
        raise NotFound("User not found")
    return take_off_second_factors(work, user.id)


@when_changed("require_second_factor")
def demand_second_factor(work: Work) -> None:
    """Sign out everybody who must have a second factor now and has none, so that they set one up.

    Raises Invalid where that would be the admin who demands it.
    """
    demanded = get_setting(work.session, "require_second_factor")
    if demanded == "off":
        return
    if work.actor.id is not None and not factors_of(work.session, work.actor.id).is_on:
        words = "Set up a second factor of your own first, on your security page."
        raise Invalid([FieldError("/require_second_factor", words, "no_second_factor")])
    concerned = select(User.id).where(~has_second_factor())
    if demanded == "admins":
        concerned = concerned.where(User.role == Role.ADMIN)
    live = update(UserSession).where(UserSession.user_id.in_(concerned), UserSession.revoked_at.is_(None))
    work.session.execute(live.values(revoked_at=work.now).execution_options(synchronize_session=False))
