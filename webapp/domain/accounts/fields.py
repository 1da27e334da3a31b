"""What is wrong with the names and the password that somebody asks for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from email_validator import EmailNotValidError, validate_email

from webapp.domain.accounts.models import USERNAME_MAX, USERNAME_MIN
from webapp.domain.accounts.passwords import problem_with_password
from webapp.kernel.errors import FieldError
from webapp.kernel.text import KEY_MAX, fold

NEEDS_A_NAME = FieldError("/username", "A username or an e-mail address is required.", "required")


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
