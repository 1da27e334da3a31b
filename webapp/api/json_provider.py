"""JSON: orjson for speed, and a strict reader for what clients send."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, NoReturn

import orjson
from flask.json.provider import JSONProvider

from webapp.kernel.clock import rfc3339
from webapp.kernel.errors import Malformed

DEPTH_MAX = 64
INT64 = range(-(2**63), 2**63)


class OrjsonProvider(JSONProvider):
    """Flask's JSON by orjson: UTF-8, keys in their order, times in RFC 3339 with a ``Z``."""

    def dumps(self, obj: Any, **kwargs: Any) -> str:
        return orjson.dumps(obj, default=_plain, option=orjson.OPT_PASSTHROUGH_DATETIME).decode()

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        return orjson.loads(s)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return rfc3339(value)
    if hasattr(value, "__html__"):
        return str(value.__html__())
    raise TypeError(f"{type(value).__name__} has no JSON form")


def read_json(body: bytes) -> Any:
    """Parse a request body. Raises Malformed for what has more than one meaning or none.

    orjson goes first: it refuses NaN, lone surrogates, bad UTF-8 and bottomless nesting (RFC 8259).
    It keeps the last of two equal keys and rounds integers beyond 64 bits, so the standard library
    reads the text again with hooks that refuse both.
    """
    try:
        orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Malformed("The body is not valid JSON.", code="malformed_json") from error
    try:
        document = json.loads(
            body, object_pairs_hook=_object, parse_int=_integer, parse_constant=_refuse_constant
        )
    except RecursionError as error:
        raise Malformed("The body is nested too deeply.", code="malformed_json") from error
    _check_depth(document)
    return document


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise Malformed("The body names the same key twice.", code="malformed_json")
    return members


def _integer(text: str) -> int:
    if len(text) > 20 or int(text) not in INT64:
        raise Malformed("The body holds an integer of more than 64 bits.", code="malformed_json")
    return int(text)


def _refuse_constant(text: str) -> NoReturn:
    raise Malformed(f"{text} is not JSON.", code="malformed_json")


def _check_depth(document: Any) -> None:
    level, depth = [document], 0
    while level:
        depth += 1
        if depth > DEPTH_MAX:
            raise Malformed("The body is nested too deeply.", code="malformed_json")
        level = [
            child
            for value in level
            if isinstance(value, dict | list)
            for child in (value.values() if isinstance(value, dict) else value)
        ]
