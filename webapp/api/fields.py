"""Marshmallow fields and a base schema whose errors carry plain words and a stable code."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import marshmallow as ma
from flask import current_app
from marshmallow import fields, validate
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import RequestEntityTooLarge

from webapp.kernel.clock import parse_rfc3339, rfc3339
from webapp.kernel.db import is_storable
from webapp.kernel.errors import FieldError


class Coded(str):
    """An error message that knows its code."""

    code: str

    def __new__(cls, text: str, code: str) -> Coded:
        message = super().__new__(cls, text)
        message.code = code
        return message

    def __deepcopy__(self, memo: object) -> Coded:
        return self

    def format(self, *args: object, **kwargs: object) -> Coded:
        return Coded(str.format(self, *args, **kwargs), self.code)


REQUIRED = Coded("This field is required.", "required")
UNKNOWN = Coded("This field is not known.", "unknown_field")
NULL = Coded("This field may not be null.", "null")
NOT_TEXT = Coded("Must be text.", "invalid_type")
NOT_BOOLEAN = Coded("Must be true or false.", "invalid_type")
NOT_INTEGER = Coded("Must be a whole number.", "invalid_type")
NOT_MOMENT = Coded("Must be a time with its offset from UTC, as RFC 3339 has it.", "invalid_time")
NOT_A_FILE = Coded("Must be a file.", "invalid_type")
EMPTY_FILE = Coded("The file is empty.", "too_short")
NOT_OBJECT = Coded("Must be an object.", "invalid_type")

ma.fields.Field.default_error_messages = {"required": REQUIRED, "null": NULL, "validator_failed": "Invalid."}


class Schema(ma.Schema):
    """Base of every schema: unknown fields are errors, order is the order of declaration."""

    error_messages = {"unknown": UNKNOWN, "type": NOT_OBJECT}

    class Meta:
        unknown = ma.RAISE


class Answer(Schema):
    """Base of what the API answers: every member is always there."""

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        field_obj.required = True


class CheckedSchema(Schema):
    """A body that the domain checks too; what it finds is shown together with the schema's own errors."""

    def errors_of(self, data: dict[str, Any]) -> Iterable[FieldError]:
        """The domain's findings for ``data`` as it was sent."""
        raise NotImplementedError

    @ma.validates_schema(pass_original=True, skip_on_field_errors=False)
    def check(self, data: dict[str, Any], original: Any, **_: Any) -> None:
        errors = self.errors_of(original) if isinstance(original, dict) else ()
        if messages := nested_messages(errors):
            raise ma.ValidationError(messages)


def nested_messages(errors: Iterable[FieldError]) -> dict[str, Any]:
    """Field errors as marshmallow nests them: keys along the pointer, messages at its end.

    They stand under ``_schema`` there, since deeper errors may stand beside them.
    """
    tree: dict[str, Any] = {}
    for error in errors:
        node = tree
        for step in error.pointer.split("/")[1:]:
            node = node.setdefault(step.replace("~1", "/").replace("~0", "~"), {})
        node.setdefault("_schema", []).append(Coded(error.detail, error.code))
    return tree


class Unread:
    """A field that is documented but read as it is: the domain checks it, and names all errors at once."""

    def deserialize(self, value: Any, *_: Any, **__: Any) -> Any:
        return value


class Text(fields.String):
    """Text that both databases can store, trimmed, of ``minimum`` to ``maximum`` characters."""

    default_error_messages = {"invalid": NOT_TEXT, "invalid_utf8": NOT_TEXT}

    def __init__(self, maximum: int, *, minimum: int = 0, strip: bool = True, **kwargs: Any) -> None:
        self.strip = strip
        too_long = validate.Length(max=maximum)
        too_long.message_max = Coded("Must have at most {max} characters.", "too_long")
        validators = [too_long]
        if minimum:
            too_short = validate.Length(min=minimum)
            too_short.message_min = (
                REQUIRED if minimum == 1 else Coded("Must have at least {min} characters.", "too_short")
            )
            validators.append(too_short)
        super().__init__(validate=validators, **kwargs)

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        if not is_storable(text):
            raise ma.ValidationError(
                Coded("Contains characters that cannot be stored.", "invalid_characters")
            )
        return text.strip() if self.strip else text


class Flag(fields.Boolean):
    """JSON's true or false and nothing that merely resembles them."""

    default_error_messages = {"invalid": NOT_BOOLEAN}

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


class Choice(fields.String):
    """One of a few words."""

    default_error_messages = {"invalid": NOT_TEXT}

    def __init__(self, choices: tuple[str, ...], **kwargs: Any) -> None:
        one_of = validate.OneOf(
            choices, error=Coded(f"Must be one of: {', '.join(choices)}.", "invalid_choice")
        )
        super().__init__(validate=one_of, **kwargs)


class Moment(fields.Field[datetime]):
    """A time as RFC 3339 in UTC with a ``Z``."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(dump_only=True, metadata={"type": "string", "format": "date-time"}, **kwargs)

    def _serialize(self, value: datetime | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else rfc3339(value)


class QueryInteger(fields.Integer):
    """A whole number in a query string: ASCII digits only, ``minimum`` to ``maximum``, never clamped."""

    default_error_messages = {"invalid": NOT_INTEGER}
    DIGITS = re.compile(r"-?[0-9]{1,18}", re.ASCII)

    def __init__(self, minimum: int, maximum: int, **kwargs: Any) -> None:
        message = Coded(f"Must be from {minimum} to {maximum}.", "out_of_range")
        super().__init__(validate=validate.Range(min=minimum, max=maximum, error=message), **kwargs)

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> int:
        if not isinstance(value, str) or not self.DIGITS.fullmatch(value):
            raise self.make_error("invalid", input=value)
        return int(value)


class QueryFlag(fields.Boolean):
    """``true`` or ``false`` in a query string."""

    default_error_messages = {"invalid": NOT_BOOLEAN}

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> bool:
        if value not in ("true", "false"):
            raise self.make_error("invalid", input=value)
        return bool(value == "true")


class QueryMoment(fields.Field[datetime]):
    """A time with its offset from UTC in a query string, as RFC 3339 has it."""

    default_error_messages = {"invalid": NOT_MOMENT}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(metadata={"type": "string", "format": "date-time"}, **kwargs)

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> datetime:
        try:
            return parse_rfc3339(value)
        except ValueError as error:
            raise self.make_error("invalid", input=value) from error


class File(fields.Field[FileStorage]):
    """A file in a multipart form, of 1 to ``MAX_FILE_SIZE`` bytes."""

    default_error_messages = {"invalid": NOT_A_FILE, "empty": EMPTY_FILE}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(metadata={"type": "string", "format": "binary"}, **kwargs)

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> FileStorage:
        if not isinstance(value, FileStorage):
            raise self.make_error("invalid", input=value)
        size = value.stream.seek(0, os.SEEK_END)
        value.stream.seek(0)
        if size > current_app.config["MAX_FILE_SIZE"]:
            raise RequestEntityTooLarge
        if size == 0:
            raise self.make_error("empty")
        return value


class SentenceSchema(Answer):
    """STARTER's answer of an endpoint that only has something to say."""

    message = fields.String(dump_only=True)


class MessageSchema(Answer):
    """The answer of an endpoint that only has something to say."""

    message = fields.String(dump_only=True)
    success = fields.Boolean(dump_only=True)
