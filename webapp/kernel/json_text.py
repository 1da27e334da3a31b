"""Reading JSON that people and clients wrote: what has more than one meaning, or none, is refused."""

from __future__ import annotations

import json
from typing import Any, NoReturn

import orjson

from webapp.kernel.errors import Malformed

DEPTH_MAX = 64
INT64 = range(-(2**63), 2**63)


class MalformedJson(Malformed):
    """Text that is no JSON we take. ``line`` and ``column`` count from 1; None where it is the whole."""

    code = "malformed_json"
    detail = "The body is not valid JSON."

    def __init__(
        self, reason: str, line: int | None = None, column: int | None = None, *, detail: str | None = None
    ) -> None:
        self.reason, self.line, self.column = reason, line, column
        super().__init__(detail)


def read_json(body: bytes) -> Any:
    """Parse JSON text. Raises MalformedJson.

    orjson goes first: it refuses NaN, lone surrogates, bad UTF-8 and bottomless nesting (RFC 8259).
    It keeps the last of two equal keys and rounds integers beyond 64 bits, so the standard library
    reads the text again with hooks that refuse both.
    """
    try:
        orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise MalformedJson(error.msg.capitalize(), error.lineno, error.colno) from error
    try:
        document = json.loads(
            body, object_pairs_hook=_object, parse_int=_integer, parse_constant=_refuse_constant
        )
    except RecursionError:
        _refuse("The body is nested too deeply.")
    _check_depth(document)
    return document


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        _refuse("The body names the same key twice.")
    return members


def _integer(text: str) -> int:
    if len(text) > 20 or int(text) not in INT64:
        _refuse("The body holds an integer of more than 64 bits.")
    return int(text)


def _refuse_constant(text: str) -> NoReturn:
    _refuse(f"{text} is not JSON.")


def _refuse(detail: str) -> NoReturn:
    raise MalformedJson(detail.replace("The body", "It"), detail=detail)


def _check_depth(document: Any) -> None:
    level, depth = [document], 0
    while level:
        depth += 1
        if depth > DEPTH_MAX:
            _refuse("The body is nested too deeply.")
        level = [
            child
            for value in level
            if isinstance(value, dict | list)
            for child in (value.values() if isinstance(value, dict) else value)
        ]


def load_stored(value: Any) -> Any:
    """The JSON of a column; SQLite hands bare numbers over as such (numeric affinity)."""
    return orjson.loads(value) if isinstance(value, str | bytes) else value
