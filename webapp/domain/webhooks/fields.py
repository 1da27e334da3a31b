"""What a webhook's fields may hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from webapp.domain.webhooks.models import NAME_MAX, URL_MAX
from webapp.domain.webhooks.topics import TOPICS
from webapp.kernel.db import is_storable
from webapp.kernel.errors import FieldError
from webapp.kernel.text import is_visible

FIELDS = ("name", "url", "events", "is_active")


def webhook_errors(sent: Mapping[str, Any], *, partial: bool = False) -> list[FieldError]:
    """Everything that is wrong with the fields of a webhook as they were sent."""
    checks = {"name": _name_errors, "url": _url_errors, "events": _events_errors}
    errors = [
        error
        for name, check in checks.items()
        if name in sent or not partial
        for error in check(sent.get(name))
    ]
    if not isinstance(sent.get("is_active", True), bool):
        errors.append(FieldError("/is_active", "Must be true or false.", "invalid_type"))
    unknown = sent.keys() - set(FIELDS)
    return errors + [
        FieldError(f"/{n}", "This field is not known.", "unknown_field") for n in sorted(unknown)
    ]


def _name_errors(value: Any) -> list[FieldError]:
    if value is None:
        return [FieldError("/name", "This field is required.", "required")]
    if not isinstance(value, str):
        return [FieldError("/name", "Must be text.", "invalid_type")]
    if not is_visible(value):
        return [FieldError("/name", "This field is required.", "required")]
    if len(value.strip()) > NAME_MAX:
        return [FieldError("/name", f"Must have at most {NAME_MAX} characters.", "too_long")]
    if not is_storable(value) or not value.strip().isprintable():
        return [FieldError("/name", "Contains characters that cannot be stored.", "invalid_characters")]
    return []


def _url_errors(value: Any) -> list[FieldError]:
    if value is None or value == "":
        return [FieldError("/url", "This field is required.", "required")]
    if not isinstance(value, str):
        return [FieldError("/url", "Must be text.", "invalid_type")]
    if len(value) > URL_MAX:
        return [FieldError("/url", f"Must have at most {URL_MAX} characters.", "too_long")]
    return [] if _is_address(value) else [
        FieldError("/url", "Must be an address such as https://example.org/hook.", "invalid_url")
    ]  # fmt: skip


def _is_address(text: str) -> bool:
    """An absolute HTTP address without a name, a password, a fragment, spaces or control characters."""
    if not text.isprintable() or any(sign.isspace() for sign in text) or "\\" in text:
        return False
    try:
        parts = urlsplit(text)
        host, _ = (parts.hostname or "").encode("idna"), parts.port
        (parts.path + parts.query).encode("ascii")
    except ValueError:
        return False
    is_plain = parts.username is None and parts.password is None and not parts.fragment
    return parts.scheme in ("http", "https") and bool(host) and is_plain


def _events_errors(value: Any) -> list[FieldError]:
    if value is None or value == []:
        return [FieldError("/events", "This field is required.", "required")]
    if not isinstance(value, list):
        return [FieldError("/events", "Must be a list.", "invalid_type")]
    allowed = f"Must be one of: {', '.join(TOPICS)}."
    return [
        FieldError(f"/events/{position}", allowed, "invalid_choice")
        for position, name in enumerate(value)
        if not isinstance(name, str) or name not in TOPICS
    ]
