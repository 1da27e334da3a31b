"""JSON Schema (draft 2020-12) as kinds use it: what a schema may be, and what is wrong with content."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError
from referencing import Registry
from referencing.exceptions import Unresolvable

from webapp.domain.content.fields import escape
from webapp.kernel.errors import FieldError

ERRORS_MAX = 50
DETAIL_MAX = 300
SCALARS = ("string", "number", "integer", "boolean")

_NOWHERE: Registry[Any] = Registry()
"""Nothing outside the schema is ever looked up, least of all by network."""


def schema_errors(schema: Any) -> list[FieldError]:
    """What is wrong with the schema of a kind."""
    if not isinstance(schema, dict) or schema.get("type") != "object":
        return [FieldError("/schema", 'Must be a JSON Schema with "type": "object".', "invalid_schema")]
    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as error:
        return [_error("/schema", error, "invalid_schema")]
    if foreign := next((ref for ref in _references(schema) if not ref.startswith("#")), None):
        detail = f"“{foreign[:100]}” is outside the schema."
        return [FieldError("/schema", detail, "invalid_schema")]
    return []


def content_errors(schema: Mapping[str, Any], content: Any) -> list[FieldError]:
    """What is wrong with content by the schema of its kind; no more than ``ERRORS_MAX``."""
    validator = Draft202012Validator(schema, registry=_NOWHERE)
    try:
        found = list(islice(validator.iter_errors(content), ERRORS_MAX))
    except (Unresolvable, RecursionError):
        return [
            FieldError(
                "/kind", "The schema of this kind refers to something that is missing.", "invalid_schema"
            )
        ]
    return [_error("/content", error, "schema") for error in found]


def type_at(schema: Mapping[str, Any], path: tuple[str, ...]) -> str | None:
    """The type of a scalar member that a schema declares; None where it declares none."""
    here: Any = schema
    for step in path:
        here = here.get("properties", {}).get(step) if isinstance(here, dict) else None
    found = here.get("type") if isinstance(here, dict) else None
    return found if found in SCALARS else None


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for name, each in value.items():
            if name in ("$ref", "$dynamicRef") and isinstance(each, str):
                yield each
            else:
                yield from _references(each)
    elif isinstance(value, list):
        for each in value:
            yield from _references(each)


def _error(root: str, error: Any, code: str) -> FieldError:
    pointer = root + "".join(f"/{escape(str(step))}" for step in error.absolute_path)
    return FieldError(pointer, error.message[:DETAIL_MAX], code)
