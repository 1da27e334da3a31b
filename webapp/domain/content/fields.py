"""The kinds of field that content is made of, and how their values are checked."""

from __future__ import annotations

import math
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from webapp.kernel.db import is_storable
from webapp.kernel.errors import FieldError
from webapp.ports import is_public_key


class FieldKind(Protocol):
    """Knows which values a field takes."""

    def read(self, value: Any, pointer: str) -> tuple[Any, list[FieldError]]:
        """The value as it is kept, and everything that is wrong with it."""
        ...


@dataclass(frozen=True, slots=True)
class Text:
    """Text as it was written, or on a single line and trimmed."""

    maximum: int
    minimum: int = 0
    is_line: bool = False

    def read(self, value: Any, pointer: str) -> tuple[Any, list[FieldError]]:
        if not isinstance(value, str):
            return None, [FieldError(pointer, "Must be text.", "invalid_type")]
        text = value.strip() if self.is_line else value
        if not is_storable(text) or (self.is_line and not text.isprintable()):
            detail = "Must be a single line of text." if self.is_line else "Cannot be stored."
            return None, [FieldError(pointer, detail, "invalid_characters")]
        if len(text) < self.minimum:
            return None, [FieldError(pointer, "This field is required.", "required")]
        if len(text) > self.maximum:
            return None, [FieldError(pointer, f"Must have at most {self.maximum} characters.", "too_long")]
        return text, []


@dataclass(frozen=True, slots=True)
class TextList:
    """A list of texts, in the order that was sent."""

    entry: Text
    maximum: int

    def read(self, value: Any, pointer: str) -> tuple[Any, list[FieldError]]:
        if not isinstance(value, list):
            return None, [FieldError(pointer, "Must be a list.", "invalid_type")]
        if len(value) > self.maximum:
            return None, [FieldError(pointer, f"Must have at most {self.maximum} entries.", "too_long")]
        read = [self.entry.read(each, f"{pointer}/{position}") for position, each in enumerate(value)]
        return [text for text, _ in read], [error for _, errors in read for error in errors]


@dataclass(frozen=True, slots=True)
class Flag:
    """True or false."""

    def read(self, value: Any, pointer: str) -> tuple[Any, list[FieldError]]:
        if not isinstance(value, bool):
            return None, [FieldError(pointer, "Must be true or false.", "invalid_type")]
        return value, []


@dataclass(frozen=True, slots=True)
class ImageKey:
    """The key of an image in storage, which everybody may read. Whether it is there, nobody asks."""

    def read(self, value: Any, pointer: str) -> tuple[Any, list[FieldError]]:
        if not isinstance(value, str):
            return None, [FieldError(pointer, "Must be text.", "invalid_type")]
        if not is_public_key(value):
            return None, [FieldError(pointer, "Must be the key of an image.", "invalid_key")]
        return value, []


@dataclass(frozen=True, slots=True)
class JsonObject:
    """Any JSON object, kept as it was sent."""

    def read(self, value: Any, pointer: str) -> tuple[Any, list[FieldError]]:
        if not isinstance(value, dict):
            return None, [FieldError(pointer, "Must be an object.", "invalid_type")]
        return value, list(_unstorable(value, pointer))


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a content type. A field that is not required may also be null."""

    name: str
    kind: FieldKind
    required: bool = True
    is_sparse: bool = False
    """Whether null is kept by leaving the field out, as in documents that are older than the field."""

    def read(self, value: Any) -> tuple[Any, list[FieldError]]:
        pointer = f"/{self.name}"
        if value is None and not self.required:
            return None, []
        if value is None:
            return None, [FieldError(pointer, "This field may not be null.", "null")]
        return self.kind.read(value, pointer)


def unknown_fields(sent: Mapping[str, Any], known: Container[str]) -> list[FieldError]:
    """One error for each member that there is no field for."""
    return [
        FieldError(f"/{escape(name)}", "This field is not known.", "unknown_field")
        for name in sent
        if name not in known
    ]


def _unstorable(value: Any, pointer: str) -> Iterator[FieldError]:
    """Texts and keys that not every database and tool can hold, and numbers that are not JSON."""
    if isinstance(value, str) and not is_storable(value):
        yield FieldError(pointer, "Contains characters that cannot be stored.", "invalid_characters")
    elif isinstance(value, float) and not math.isfinite(value):
        yield FieldError(pointer, "Must be a finite number.", "out_of_range")
    elif isinstance(value, list):
        for position, each in enumerate(value):
            yield from _unstorable(each, f"{pointer}/{position}")
    elif isinstance(value, dict):
        for key, each in value.items():
            if is_storable(key):
                yield from _unstorable(each, f"{pointer}/{escape(key)}")
            else:
                yield FieldError(
                    pointer, "A key holds characters that cannot be stored.", "invalid_characters"
                )


def escape(key: str) -> str:
    """A key as one step of a JSON Pointer (RFC 6901)."""
    return key.replace("~", "~0").replace("/", "~1")
