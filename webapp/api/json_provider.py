"""JSON answers by orjson, for speed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import orjson
from flask.json.provider import JSONProvider

from webapp.kernel.clock import rfc3339


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
