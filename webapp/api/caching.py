"""Lists that are kept ready: the first page of what everyone sees alike."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
from flask import Response, jsonify

from webapp.api.fields import Schema
from webapp.api.paging import envelope
from webapp.kernel.cache_groups import CacheGroup
from webapp.kernel.paging import Page, PageRequest
from webapp.web import current_ports, rollback


def first_page(
    group: CacheGroup, name: str, paging: PageRequest, schema: Schema, find: Callable[[], Page[Any]]
) -> Response:
    """The answer of a list; its first page comes from the cache, where ``name`` tells it from the group's
    others.

    Further pages are always found, so that no caller fills the cache with pages that nobody reads.
    """

    def make() -> dict[str, Any]:
        answer: dict[str, Any] = schema.dump(envelope(find()))
        return answer

    if paging.skip or paging.after or not paging.counted:
        return jsonify(make())

    def find_anew() -> bytes:
        rollback()  # what this request has begun to read may be older than the last drop
        return orjson.dumps(make())

    body = current_ports().cache.fetch(group, f"{name}:{paging.limit}", find_anew)
    return Response(body, content_type="application/json")
