"""What is done with accounts: register, review, change, delete."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import select, update

from webapp.domain.accounts.models import (
    REASON_MAX,
    USERNAME_MAX,
    USERNAME_MIN,
    Status,
    User,
    UserSession,
)
from webapp.domain.accounts.passwords import hash_password, problem_with_password, verify_password
from webapp.domain.accounts.policy import is_demotion, may_administer_people, may_review
from webapp.domain.accounts.queries import get_self, get_user, has_admin, other_admins
from webapp.domain.settings.queries import get_setting
from webapp.kernel.db import lock
from webapp.kernel.errors import Conflict, Denied, DomainError, FieldError, Invalid, Malformed
from webapp.kernel.text import KEY_MAX, fold
from webapp.kernel.work import SYSTEM, Role, Work, check_unchanged, require

NEEDS_A_NAME = FieldError("/username", "A username or an e-mail address is required.", "required")
ADMINS_STAY = "Super users are not allowed to delete themselves"
PROFILE_FIELDS = ("email", "username", "full_name", "first_name", "last_name", "profile_image_url")


def register(work: Work, *, password: str, **profile: str | None) -> User:
    """Create an account for whoever asks; the registration policy decides whether it waits for an admin.

    Raises Denied when registration is closed, Invalid for bad fields, Conflict for a name that is taken.
    """
    policy = get_setting(work.session, "registration_policy")
    if policy == "closed":
        raise Denied("Registration is closed.", code="registration_closed")
    status = Status.APPROVED if policy == "open" else Status.PENDING
    return _add_user(work, password, profile, status=status)


def create_user(work: Work, *, password: str, role: Role = Role.MEMBER, **profile: str | None) -> User:
    """Create an approved account. Admins only."""
    require(work.actor, may_administer_people(work.actor))
    user = _add_user(work, password, profile, status=Status.APPROVED, role=role)
    user.reviewed_at, user.reviewed_by = work.now, work.actor.id
    return user


def create_first_admin(work: Work, *, password: str, **profile: str | None) -> User:
    """Create the first admin of a fresh installation. Raises Conflict when there is one already."""
    lock(work.session, "first admin")
    if has_admin(work.session):
        raise Conflict("There is an admin already.", code="admin_exists")
    return create_user(Work(work.session, SYSTEM, work.now), password=password, role=Role.ADMIN, **profile)


def update_profile(
    work: Work, changes: Mapping[str, str | None], *, expected: Container[str] | None = None
) -> User:
    """Change one's own names and picture."""
    user = get_self(work)
    check_unchanged(user.tag, expected)
    _set_profile(work, user, changes)
    return user


def update_user(
    work: Work,
    user_id: UUID,
    changes: Mapping[str, Any],
    *,
    expected: Container[str] | None = None,
) -> User:
    """Change a person's names, password, ``role``, ``status`` or premium state. Admins only.

    The booleans of older systems (``is_admin``, ``is_superuser``, ``is_approved``, ``is_active``) are
    translated to ``role`` and ``status``. Raises Conflict when the last admin would be lost. A loss of
    rights or another password ends every session.
    """
    user = get_user(work, user_id)
    check_unchanged(user.tag, expected)
    role, status = _role_and_status(user, changes)
    if user.id == work.actor.id and (role, status) != (user.role, user.status):
        raise Denied("You cannot change your own role or status.", code="own_account")
    if user.is_admin and user.is_approved and (role, status) != (Role.ADMIN, Status.APPROVED):
        _keep_an_admin(work, user)
    _set_profile(work, user, {k: v for k, v in changes.items() if k in PROFILE_FIELDS})
    if (password := changes.get("password")) is not None:
        if errors := password_errors(changes):
            raise Invalid(errors)
        user.password_hash = hash_password(password)
        end_all_sessions(work, user)
    if "is_premium" in changes:
        user.is_premium = changes["is_premium"]
    if (user.is_approved and status != Status.APPROVED) or is_demotion(user.role, role):
        end_all_sessions(work, user)
    if status != user.status:
        user.status, user.reviewed_at, user.reviewed_by = status, work.now, work.actor.id
        user.rejection_reason = None
    user.role = role
    user.updated_at = work.now
    work.session.flush()
    return user


def approve_user(work: Work, user_id: UUID, *, expected: Container[str] | None = None) -> User:
    """Let a person in who waits or was rejected. Raises Conflict for any other status."""
    allowed_from = (Status.PENDING, Status.REJECTED, Status.UNVERIFIED)
    return _review(work, user_id, Status.APPROVED, allowed_from, expected=expected)


def reject_user(
    work: Work, user_id: UUID, reason: str | None = None, *, expected: Container[str] | None = None
) -> User:
    """Turn a waiting person away, with a reason they will be told."""
    if reason is not None and len(reason) > REASON_MAX:
        raise Invalid([FieldError("/reason", f"Must have at most {REASON_MAX} characters.", "too_long")])
    allowed_from = (Status.PENDING, Status.UNVERIFIED)
    return _review(work, user_id, Status.REJECTED, allowed_from, reason, expected=expected)


@dataclass(frozen=True, slots=True)
class ReviewOutcome:
    """What became of one person in a bulk review; ``error`` is None when it went through."""

    user_id: UUID
    error: DomainError | None = None


def review_users(
    work: Work, user_ids: Iterable[UUID], *, approve: bool, reason: str | None = None
) -> list[ReviewOutcome]:
    """Approve or reject several people; each stands for itself, and errors come back by person."""
    require(work.actor, may_administer_people(work.actor))
    outcomes = []
    for user_id in user_ids:
        try:
            with work.session.begin_nested():
                approve_user(work, user_id) if approve else reject_user(work, user_id, reason)
            outcomes.append(ReviewOutcome(user_id))
        except DomainError as error:
            outcomes.append(ReviewOutcome(user_id, error))
    return outcomes


def delete_user(work: Work, user_id: UUID, *, expected: Container[str] | None = None) -> None:
    """Delete a person and all that is theirs alone. Admins only, and never oneself or the last admin."""
    user = get_user(work, user_id)
    check_unchanged(user.tag, expected)
    if user.id == work.actor.id:
        raise Denied(ADMINS_STAY, code="own_account")
    if user.is_admin and user.is_approved:
        _keep_an_admin(work, user)
    work.session.delete(user)
    work.session.flush()


def delete_own_account(work: Work, *, expected: Container[str] | None = None) -> None:
    """Delete oneself with all that is one's own. Admins are not allowed to."""
    user = get_self(work)
    check_unchanged(user.tag, expected)
    if work.actor.is_admin:
        raise Denied(ADMINS_STAY, code="own_account")
    work.session.delete(user)
    work.session.flush()


def change_password(work: Work, *, current_password: str, new_password: str) -> User:
    """Change one's own password; every session and token ends, this one included.

    Raises Malformed for a wrong current password and for the same one again, Invalid for a weak one.
    """
    user = get_self(work)
    right, _ = verify_password(current_password, user.password_hash)
    if not right:
        raise _wrong_password("/current_password", "Incorrect password", "incorrect_password")
    if new_password == current_password:
        words = "New password cannot be the same as the current one"
        raise _wrong_password("/new_password", words, "same_password")
    if problem := problem_with_password(new_password):
        raise Invalid([FieldError("/new_password", *problem)])
    user.password_hash = hash_password(new_password)
    end_all_sessions(work, user)
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


def _wrong_password(pointer: str, detail: str, code: str) -> Malformed:
    """400, as STARTER has it."""
    return Malformed(detail, code=code, errors=[FieldError(pointer, detail, code)])


def _add_user(
    work: Work,
    password: str,
    profile: Mapping[str, str | None],
    *,
    status: Status,
    role: Role = Role.MEMBER,
) -> User:
    profile = {field: value or None for field, value in profile.items()}
    if errors := registration_errors({**profile, "password": password}):
        raise Invalid(errors)
    _check_free(work, profile)
    user = User(
        **profile,
        password_hash=hash_password(password),
        role=role,
        status=status,
        created_at=work.now,
        updated_at=work.now,
    )
    user.refresh_keys()
    work.session.add(user)
    work.session.flush()
    return user


def _set_profile(work: Work, user: User, changes: Mapping[str, str | None]) -> None:
    changes = {field: value or None for field, value in changes.items()}
    errors = profile_errors(changes)
    if not changes.get("email", user.email) and not changes.get("username", user.username):
        errors.append(NEEDS_A_NAME)
    if errors:
        raise Invalid(errors)
    _check_free(work, changes, user)
    for field, value in changes.items():
        setattr(user, field, value)
    user.refresh_keys()
    user.updated_at = work.now
    work.session.flush()


def registration_errors(fields: Mapping[str, Any]) -> list[FieldError]:
    """What is wrong with the names and the password of a new account, before anybody is asked for."""
    errors = profile_errors(fields)
    if not fields.get("email") and not fields.get("username"):
        errors.append(NEEDS_A_NAME)
    return errors + password_errors(fields)


def password_errors(fields: Mapping[str, Any]) -> list[FieldError]:
    """What is wrong with a new ``password``, if there is one."""
    password = fields.get("password")
    problem = problem_with_password(password) if isinstance(password, str) else None
    return [FieldError("/password", *problem)] if problem else []


def profile_errors(profile: Mapping[str, Any]) -> list[FieldError]:
    """What is wrong with the names in ``profile``; values that are no text are for the schema to refuse."""
    texts = {field: value for field, value in profile.items() if isinstance(value, str)}
    errors = []
    if email := texts.get("email"):
        try:
            validate_email(email.strip(), check_deliverability=False)
        except EmailNotValidError:
            errors.append(FieldError("/email", "Not a valid e-mail address.", "invalid_email"))
    if username := texts.get("username"):
        if len(username.strip()) < USERNAME_MIN:
            errors.append(
                FieldError("/username", f"Must have at least {USERNAME_MIN} characters.", "too_short")
            )
        key = fold(username[:USERNAME_MAX])
        if len(key) > KEY_MAX:  # some signs stand for eighteen others
            errors.append(FieldError("/username", "Is too long when it is spelled out.", "too_long"))
        if "@" in key or not username.strip().isprintable():
            errors.append(
                FieldError("/username", "Must not contain @ or invisible characters.", "invalid_characters")
            )
    for field in ("full_name", "first_name", "last_name", "profile_image_url"):
        if not texts.get(field, "").strip().isprintable():
            errors.append(FieldError(f"/{field}", "Must be a single line of text.", "invalid_characters"))
    return errors


def _check_free(work: Work, profile: Mapping[str, str | None], user: User | None = None) -> None:
    errors = []
    for field, column, words in (
        ("email", User.email_key, "User with this email already exists"),
        ("username", User.username_key, "User with this username already exists"),
    ):
        value = profile.get(field)
        if not value:
            continue
        taken = work.session.scalar(select(User.id).where(column == fold(value)))
        if taken is not None and (user is None or taken != user.id):
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


def _review(
    work: Work,
    user_id: UUID,
    verdict: Status,
    allowed_from: tuple[Status, ...],
    reason: str | None = None,
    *,
    expected: Container[str] | None = None,
) -> User:
    user = get_user(work, user_id, lock=True)
    check_unchanged(user.tag, expected)
    if not may_review(work.actor, user):
        raise Denied("You cannot review your own account.", code="own_account")
    if user.status not in allowed_from:
        raise Conflict(f"This person is {user.status} already.", code="already_reviewed")
    user.status = verdict
    user.rejection_reason = reason or None
    user.reviewed_at, user.reviewed_by = work.now, work.actor.id
    user.updated_at = work.now
    work.session.flush()
    return user


def _keep_an_admin(work: Work, user: User) -> None:
    if other_admins(work.session, user) == 0:
        raise Conflict("The last admin cannot be removed, demoted or suspended.", code="last_admin")
