"""The kinds of field that festivals, templates and cards have beside those of content, and reading a body."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from webapp.domain.content.fields import Field, Text, unknown_fields
from webapp.domain.content.fields import Flag as Flag
from webapp.domain.themes.color import parse as parse_color
from webapp.kernel.db import INT_MAX
from webapp.kernel.errors import FieldError

Read = tuple[Any, list[FieldError]]
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, slots=True)
class Number:
    """A whole number."""

    minimum: int = 0
    maximum: int = INT_MAX

    def read(self, value: Any, pointer: str) -> Read:
        if type(value) is not int:
            return None, [FieldError(pointer, "Must be a whole number.", "invalid_type")]
        if not self.minimum <= value <= self.maximum:
            detail = f"Must be from {self.minimum} to {self.maximum}."
            return None, [FieldError(pointer, detail, "out_of_range")]
        return value, []


@dataclass(frozen=True, slots=True)
class Day:
    """A date as RFC 3339 has it."""

    def read(self, value: Any, pointer: str) -> Read:
        try:
            if isinstance(value, str) and _DATE.fullmatch(value):
                return date.fromisoformat(value), []
        except ValueError:
            pass  # such as the 30th of February; answered below
        return None, [FieldError(pointer, "Must be a date such as 2026-11-08.", "invalid_date")]


@dataclass(frozen=True, slots=True)
class Reference:
    """The id of something else; whether that is there, its command finds out."""

    def read(self, value: Any, pointer: str) -> Read:
        try:
            found = UUID(value) if isinstance(value, str) else None
        except ValueError:
            found = None
        if found is None or str(found) != value.lower():
            return None, [FieldError(pointer, "Not a valid identifier.", "invalid_type")]
        return found, []


@dataclass(frozen=True, slots=True)
class Color:
    """A colour as CSS writes it, kept as it was written."""

    def read(self, value: Any, pointer: str) -> Read:
        text, errors = Text(100, minimum=1, is_line=True).read(value, pointer)
        if errors:
            return None, errors
        try:
            parse_color(text)
        except ValueError:
            return None, [FieldError(pointer, "Must be a CSS colour.", "invalid_color")]
        return text, []


@dataclass(frozen=True, slots=True)
class ImageAddress:
    """Where an image is: ``https://…``, or a path on this server."""

    maximum: int

    def read(self, value: Any, pointer: str) -> Read:
        text, errors = Text(self.maximum, minimum=1, is_line=True).read(value, pointer)
        if errors:
            return None, errors
        if not is_web_address(text) or any(character in text for character in "\"'()\\<> "):
            return None, [FieldError(pointer, "Must be the address of an image.", "invalid_url")]
        return text, []


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list of values of one kind."""

    kind: Any
    maximum: int

    def read(self, value: Any, pointer: str) -> Read:
        if not isinstance(value, list):
            return None, [FieldError(pointer, "Must be a list.", "invalid_type")]
        if len(value) > self.maximum:
            return None, [FieldError(pointer, f"Must have at most {self.maximum} entries.", "too_long")]
        read = [self.kind.read(each, f"{pointer}/{position}") for position, each in enumerate(value)]
        return [each for each, _ in read], [error for _, errors in read for error in errors]


def is_web_address(text: str) -> bool:
    """Whether ``text`` is an ``http(s)`` address with a host, or a path on this server."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    if not parts.scheme and not parts.netloc:
        return text.startswith("/") and not text.startswith("//")
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def read_fields(
    fields: Sequence[Field], sent: Mapping[str, Any], *, partial: bool, required: Sequence[str] = ()
) -> tuple[dict[str, Any], list[FieldError]]:
    """The fields that were sent, as they are kept, and everything that is wrong with them.

    ``required`` fields must be sent, unless ``partial``; fields of kind ``required=False`` may be null.
    """
    values, errors = {}, unknown_fields(sent, {field.name for field in fields})
    for field in fields:
        if field.name in sent:
            values[field.name], found = field.read(sent[field.name])
            errors += found
        elif field.name in required and not partial:
            errors.append(FieldError(f"/{field.name}", "This field is required.", "required"))
    return values, errors
