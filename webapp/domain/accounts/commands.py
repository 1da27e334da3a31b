"""What is done with accounts: register, change, delete."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from webapp.domain.accounts.addresses import ask_for_proof, must_prove, tell_old_address
from webapp.domain.accounts.changes import PROFILE_FIELDS, record_change, state_of
from webapp.domain.accounts.departures import settle_departure
from webapp.domain.accounts.fields import (
    NEEDS_A_NAME,
    password_errors,
    profile_errors,
    registration_errors,
)
from webapp.domain.accounts.models import Status, User, UserSession
from webapp.domain.accounts.notices import announce, tell, tell_of_status
from webapp.domain.accounts.passwords import hash_password, problem_with_password, verify_password
from webapp.domain.accounts.policy import is_demotion, may_administer_people
from webapp.domain.accounts.queries import get_self, get_user, has_admin, other_admins
from webapp.domain.accounts.second_factor import lacks_demanded_factor
from webapp.domain.audit.events import record
from webapp.domain.jobs.commands import enqueue
from webapp.domain.mail.commands import forget_mails
from webapp.domain.media.commands import forget_pictures
from webapp.domain.settings.queries import get_setting
from webapp.kernel.db import lock, looking_ahead, unless_taken
from webapp.kernel.errors import Conflict, Denied, FieldError, Invalid, Malformed, Stale, refuse
from webapp.kernel.text import fold
from webapp.kernel.work import SYSTEM, Role, Work, check_unchanged, require
from webapp.ports import Site

ADMINS_STAY = "Super users are not allowed to delete themselves"


def register(work: Work, *, password: str, can_verify: bool, **profile: str | None) -> User:
    """Create an account for whoever asks; the settings decide what it waits for.

    ``can_verify`` says whether mails reach people, without which no address is verified. Raises Denied
    when registration is closed, Invalid for bad fields, Conflict for a name that is taken. Nobody's write
    waits while the password is hashed.
    """
    with looking_ahead(work.session) as ahead:
        if get_setting(ahead, "registration_policy") == "closed":
            raise Denied("Registration is closed.", code="registration_closed")
        profile = _checked(ahead, password, profile)
    password_hash = hash_password(password)
    must_verify = can_verify and get_setting(work.session, "require_verification")
    if not must_verify:
        status = first_status(work)
    else:  # without an address there is nothing to verify, and somebody has to look
        status = Status.UNVERIFIED if profile.get("email") else Status.PENDING
    user = add_user(work, password_hash, profile, status=status)
    announce(work, user)
    record(work, "user.register", user.id, {"status": (None, str(status))})
    return user


def first_status(work: Work) -> Status:
    """Where the registration policy puts a person of whom nothing is to be verified (any more)."""
    policy = get_setting(work.session, "registration_policy")
    return Status.APPROVED if policy == "open" else Status.PENDING


def create_user(
    work: Work,
    *,
    password: str,
    password_hash: str | None = None,
    role: Role = Role.MEMBER,
    is_active: bool = True,
    **profile: str | None,
) -> User:
    """Create an account that is approved, or suspended from the start. Admins only.

    The person is told how to choose a password of their own, where an admin made the account. Who has begun
    to write already gives ``password_hash`` along, made before.
    """
    require(work.actor, may_administer_people(work.actor))
    status = Status.APPROVED if is_active else Status.SUSPENDED
    with looking_ahead(work.session) as ahead:
        profile = _checked(ahead, password, profile)
    password_hash = password_hash or hash_password(password)
    user = add_user(work, password_hash, profile, status=status, role=role)
    user.reviewed_at, user.reviewed_by = work.now, work.actor.id
    record(work, "user.create", user.id, {"role": (None, str(role)), "status": (None, str(status))})
    if work.actor.id is not None and user.email and is_active:
        enqueue(work, "accounts.send_invitation", {"user_id": str(user.id)})
    return user


def create_first_admin(work: Work, *, password: str, **profile: str | None) -> User:
    """Create the first admin of a fresh installation. Raises Conflict when there is one already."""
    with looking_ahead(work.session) as ahead:
        _check_there_is_no_admin(ahead)
        _checked(ahead, password, profile)
    password_hash = hash_password(password)
    lock(work.session, "first admin")
    _check_there_is_no_admin(work.session)
    system = replace(work, actor=SYSTEM)
    return create_user(
        system, password=password, password_hash=password_hash, role=Role.ADMIN, is_active=True, **profile
    )


def _check_there_is_no_admin(session: Session) -> None:
    if has_admin(session):
        raise Conflict("There is an admin already.", code="admin_exists")


def update_profile(
    work: Work,
    changes: Mapping[str, str | None],
    *,
    expected: Container[str] | None = None,
    site: Site | None = None,
) -> User:
    """Change one's own names and picture.

    Where mails reach people, whose ``site`` is given then, and addresses are verified, another address takes
    effect when a link is opened that is mailed to it.
    """
    user = get_self(work)
    check_unchanged(user.tag, expected)
    before, email = state_of(user), changes.get("email")
    if email and site is not None and must_prove(work, user, email, site):
        _check_profile(work, user, changes)
        ask_for_proof(work, user, email, site)
        record(work, "user.ask_for_email", user.id, {"email": None})
        changes = {field: value for field, value in changes.items() if field != "email"}
    _set_profile(work, user, changes)
    record_change(work, "user.update", user, before)
    tell_old_address(work, user, before["email"])
    return user


def take_address(work: Work, user: User, email: str) -> None:
    """Give a person an address that has proved to be theirs. Raises Conflict when somebody has it by now."""
    before = state_of(user)
    _set_profile(work, user, {"email": email})
    record_change(work, "user.change_email", user, before)
    tell_old_address(work, user, before["email"])


def update_user(
    work: Work,
    user_id: UUID,
    changes: Mapping[str, Any],
    *,
    expected: Container[str] | None = None,
) -> User:
    """Change a person's names, password, ``role``, ``status``, ``is_premium`` or its end. Admins only.

    The booleans of older systems (``is_admin``, ``is_superuser``, ``is_approved``, ``is_active``) are
    translated to ``role`` and ``status``. Raises Conflict when the last admin would be lost. A loss of
    rights or another password ends every session.
    """
    require(work.actor, may_administer_people(work.actor))
    password_hash = _hash_of_new(changes)
    user = get_user(work, user_id)
    check_unchanged(user.tag, expected)
    before = state_of(user)
    role, status = _role_and_status(user, changes)
    if user.id == work.actor.id and (role, status) != (user.role, user.status):
        raise Denied("You cannot change your own role or status.", code="own_account")
    if user.is_admin and user.is_approved and (role, status) != (Role.ADMIN, Status.APPROVED):
        _keep_an_admin(work, user)
    _set_profile(work, user, {k: v for k, v in changes.items() if k in PROFILE_FIELDS})
    if password_hash is not None:
        user.password_hash = password_hash
        end_all_sessions(work, user)
        tell(work, user, "password_changed")
    _set_premium(work, user, changes)
    must_prove_more = role != user.role and lacks_demanded_factor(work.session, user, role)
    if (user.is_approved and status != Status.APPROVED) or is_demotion(user.role, role) or must_prove_more:
        end_all_sessions(work, user)
    if status != user.status:
        former, user.status = user.status, status
        user.reviewed_at, user.reviewed_by = work.now, work.actor.id
        user.rejection_reason = None
        tell_of_status(work, user, former)
    user.role = role
    user.updated_at = work.now
    work.session.flush()
    record_change(work, "user.update", user, before)
    tell_old_address(work, user, before["email"])
    return user


def delete_user(work: Work, user_id: UUID, *, expected: Container[str] | None = None) -> None:
    """Delete a person and all that is theirs alone. Admins only, and never oneself or the last admin."""
    user = get_user(work, user_id)
    check_unchanged(user.tag, expected)
    if user.id == work.actor.id:
        raise Denied(ADMINS_STAY, code="own_account")
    if user.is_admin and user.is_approved:
        _keep_an_admin(work, user)
    _delete(work, user)


def delete_own_account(work: Work, *, expected: Container[str] | None = None) -> None:
    """Delete oneself with all that is one's own. Admins are not allowed to."""
    user = get_self(work)
    check_unchanged(user.tag, expected)
    if work.actor.is_admin:
        raise Denied(ADMINS_STAY, code="own_account")
    _delete(work, user)


def change_password(work: Work, *, current_password: str, new_password: str) -> User:
    """Change one's own password; every session and token ends, this one included.

    Raises Malformed for a wrong current password and for the same one again, Invalid for a weak one, Stale
    when it was changed meanwhile. Nobody's write waits while passwords are hashed.
    """
    with looking_ahead(work.session) as ahead:
        former_hash = get_self(replace(work, session=ahead)).password_hash
    right, _ = verify_password(current_password, former_hash)
    if not right:
        raise _wrong_password("/current_password", "Incorrect password", "incorrect_password")
    if new_password == current_password:
        words = "New password cannot be the same as the current one"
        raise _wrong_password("/new_password", words, "same_password")
    if problem := problem_with_password(new_password):
        raise Invalid([FieldError("/new_password", *problem)])
    password_hash = hash_password(new_password)
    user = work.session.get_one(User, work.actor.id, populate_existing=True, with_for_update=True)
    if user.password_hash != former_hash:
        raise Stale("Your password was changed meanwhile.")
    user.password_hash = password_hash
    end_all_sessions(work, user)
    record(work, "user.change_password", user.id, {"password": None})
    tell(work, user, "password_changed")
    return user


def end_all_sessions(work: Work, user: User) -> None:
    """End every session and make every token of ``user`` worthless at once."""
    user.credentials_version += 1
    user.updated_at = work.now
    work.session.execute(
        update(UserSession)
        .where(UserSession.user_id == user.id, UserSession.revoked_at.is_(None))
        .values(revoked_at=work.now)
    )
    work.session.flush()


# --- the parts ------------------------------------------------------------------------------


def _hash_of_new(changes: Mapping[str, Any]) -> str | None:
    """The hash of the ``password`` that is asked for, made before any row is touched. Raises Invalid."""
    if (password := changes.get("password")) is None:
        return None
    refuse(password_errors(changes))
    return hash_password(password)


def _delete(work: Work, user: User) -> None:
    record(work, "user.delete", user.id)
    forget_mails(work, user.id)
    forget_pictures(work, user.id)
    enqueue(work, "accounts.forget_exports", {"user_id": str(user.id)})
    settle_departure(work, user.id)
    work.session.delete(user)
    work.session.flush()


def _wrong_password(pointer: str, detail: str, code: str) -> Malformed:
    """400, as STARTER has it."""
    return Malformed(detail, code=code, errors=[FieldError(pointer, detail, code)])


Profile = Mapping[str, str | None]


def _checked(session: Session, password: str, profile: Profile) -> dict[str, str | None]:
    """The profile of a new person, None for what is empty. Raises Invalid, and Conflict for taken names."""
    profile = {field: value or None for field, value in profile.items()}
    if errors := registration_errors({**profile, "password": password}):
        raise Invalid(errors)
    _check_free(session, profile)
    return profile


def add_user(
    work: Work, password_hash: str | None, profile: Profile, *, status: Status, role: Role = Role.MEMBER
) -> User:
    """A new row for a ``profile`` that is checked. Raises Conflict for names that are taken."""
    user = User(
        **profile,
        password_hash=password_hash,
        role=role,
        status=status,
        created_at=work.now,
        updated_at=work.now,
    )
    user.refresh_keys()
    with unless_taken(work.session, lambda: _check_free(work.session, profile)):
        work.session.add(user)
    return user


def _check_profile(work: Work, user: User, changes: Profile) -> dict[str, str | None]:
    """The changes, None for what is empty. Raises Invalid, and Conflict for taken names."""
    changes = {field: value or None for field, value in changes.items()}
    errors = profile_errors(changes)
    if not changes.get("email", user.email) and not changes.get("username", user.username):
        errors.append(NEEDS_A_NAME)
    if errors:
        raise Invalid(errors)
    _check_free(work.session, changes, user.id)
    return changes


def _set_profile(work: Work, user: User, changes: Profile) -> None:
    changes = _check_profile(work, user, changes)
    with unless_taken(work.session, lambda: _check_free(work.session, changes, user.id)):
        for field, value in changes.items():
            setattr(user, field, value)
        user.refresh_keys()
        user.updated_at = work.now


def _check_free(session: Session, profile: Profile, user_id: UUID | None = None) -> None:
    errors = []
    for field, column, words in (
        ("email", User.email_key, "User with this email already exists"),
        ("username", User.username_key, "User with this username already exists"),
    ):
        value = profile.get(field)
        if not value:
            continue
        if session.scalar(select(User.id).where(column == fold(value))) not in (None, user_id):
            errors.append(FieldError(f"/{field}", words, "taken"))
    if errors:
        raise Conflict(errors[0].detail, code="taken", errors=errors)


def _role_and_status(user: User, changes: Mapping[str, Any]) -> tuple[str, str]:
    role = changes.get("role", user.role)
    for flag in ("is_admin", "is_superuser"):
        if flag in changes and "role" not in changes:
            role = Role.ADMIN if changes[flag] else (Role.MEMBER if role == Role.ADMIN else role)
    if "status" in changes:
        return role, changes["status"]
    status = user.status
    if "is_approved" in changes and changes["is_approved"] != user.is_approved:
        status = Status.APPROVED if changes["is_approved"] else Status.PENDING
    if "is_active" in changes and changes["is_active"] != user.is_active:
        back = Status.APPROVED if changes.get("is_approved", True) else Status.PENDING
        status = back if changes["is_active"] else Status.SUSPENDED
    return role, status


def _set_premium(work: Work, user: User, changes: Mapping[str, Any]) -> None:
    """Premium without a word about its end has none, where the old end is past."""
    if "subscription_expires_at" in changes:
        user.subscription_expires_at = changes["subscription_expires_at"]
    elif changes.get("is_premium") and not user.is_premium_at(work.now):
        user.subscription_expires_at = None
    user.is_premium = changes.get("is_premium", user.is_premium)


def _keep_an_admin(work: Work, user: User) -> None:
    if other_admins(work.session, user) == 0:
        raise Conflict("The last admin cannot be removed, demoted or suspended.", code="last_admin")
