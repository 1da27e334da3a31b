"""Paging of lists over HTTP: ``skip``+``limit``, ``page``+``per_page`` or ``cursor``+``limit``."""

from __future__ import annotations

import hmac
import uuid
from datetime import date, datetime
from functools import lru_cache
from typing import Any

import marshmallow as ma
import orjson
from flask import current_app, request
from itsdangerous import BadSignature, URLSafeSerializer
from marshmallow import fields

from webapp.api.fields import Answer, QueryFlag, QueryInteger, Schema
from webapp.kernel.clock import rfc3339
from webapp.kernel.db import INT_MAX
from webapp.kernel.errors import FieldError, Invalid
from webapp.kernel.paging import DEFAULT_LIMIT, LIMIT_MAX, Page, PageRequest


class PagingQuery(Schema):
    """The query parameters of a list; ``default_limit`` applies when none is sent."""

    default_limit = DEFAULT_LIMIT

    class Meta:
        unknown = ma.EXCLUDE

    skip = QueryInteger(0, INT_MAX, metadata={"description": "How many rows to pass over."})
    limit = QueryInteger(1, LIMIT_MAX, metadata={"description": "How many rows to answer."})
    page = QueryInteger(1, INT_MAX, metadata={"description": "Which page, from 1."})
    per_page = QueryInteger(1, LIMIT_MAX, metadata={"description": "Rows on a page."})
    cursor = fields.String(metadata={"description": "`next_cursor` of the page before."})
    total = QueryFlag(metadata={"description": "`false` answers faster, without counting the list."})

    @ma.post_load
    def to_request(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Put a PageRequest under ``paging`` and leave the list's own filters beside it."""
        names = ("skip", "limit", "page", "per_page", "cursor", "total")
        sent = {name: data.pop(name) for name in names if name in data}
        limit = sent.get("limit") or sent.get("per_page") or self.default_limit
        after = decode_cursor(sent["cursor"]) if "cursor" in sent else None
        skip = min(sent.get("skip", (sent.get("page", 1) - 1) * limit), INT_MAX)
        return {**data, "paging": PageRequest(limit, skip, after, counted=sent.get("total", True))}


class PagingQuery100(PagingQuery):
    """The same with the page size of THEMES, PORTFOLIO and STARTER."""

    default_limit = 100


def list_schema(item: Schema, name: str, *, count: bool = False) -> Schema:
    """The envelope of a page of ``item``, as a schema called ``name``."""
    members: dict[str, fields.Field[Any]] = {
        "data": fields.List(fields.Nested(item)),
        "total": fields.Integer(allow_none=True),
        "page": fields.Integer(),
        "page_size": fields.Integer(),
        "total_pages": fields.Integer(allow_none=True),
        "next_cursor": fields.String(allow_none=True),
    }
    if count:
        members["count"] = fields.Integer(allow_none=True)
    return Answer.from_dict(members, name=name)()  # type: ignore[return-value]


def envelope(page: Page[Any]) -> dict[str, Any]:
    """The members of a page's answer; the totals are None where they were not wanted."""
    is_counted = page.request.counted
    return {
        "data": page.data,
        "total": page.total if is_counted else None,
        "count": page.total if is_counted else None,
        "page": page.page,
        "page_size": page.page_size,
        "total_pages": page.total_pages if is_counted else None,
        "next_cursor": encode_cursor(page.next_after),
    }


def encode_cursor(after: tuple[Any, ...] | None) -> str | None:
    """An opaque, signed text for the position behind a row; None where the list ends."""
    if after is None:
        return None
    signed = _serializer().dumps([_to_json(value) for value in after])
    return signed if isinstance(signed, str) else signed.decode()


def decode_cursor(text: str) -> tuple[Any, ...]:
    """The position that :func:`encode_cursor` wrote. Raises Invalid for any other text."""
    try:
        values = _serializer().loads(text)
    except BadSignature as error:
        raise Invalid(
            [FieldError("/query/cursor", "Not a cursor of this list.", "invalid_cursor")]
        ) from error
    return tuple(_from_json(value) for value in values)


def _serializer() -> URLSafeSerializer:
    """A cursor holds for one list in one order: the values it carries are those of that order's columns."""
    salt = f"cursor of {request.endpoint} by {request.args.get('sort')}"
    return _serializer_of(current_app.config["SECRET_KEY"], salt)


@lru_cache(maxsize=256)
def _serializer_of(secret_key: str, salt: str) -> URLSafeSerializer:
    """Its key is derived here, once, and not again for each cursor."""
    key = hmac.digest(secret_key.encode(), salt.encode(), "sha256")
    return URLSafeSerializer(key, salt=salt, serializer=orjson, signer_kwargs={"key_derivation": "none"})


def _to_json(value: Any) -> Any:
    if isinstance(value, datetime):
        return {"time": rfc3339(value)}
    if isinstance(value, uuid.UUID):
        return {"uuid": value.hex}
    if isinstance(value, date):
        return {"date": value.isoformat()}
    return value


def _from_json(value: Any) -> Any:
    match value:
        case {"time": text}:
            return datetime.fromisoformat(text)
        case {"date": text}:
            return date.fromisoformat(text)
        case {"uuid": text}:
            return uuid.UUID(text)
    return value
