"""Strong entity tags and conditional requests (RFC 9110, section 13)."""

from __future__ import annotations

from flask import Response, request

WEAKENED = (":br", ":gzip", ":zstd")
"""Suffixes that compressing proxies put behind a tag; the resource is the same."""


def conditional(response: Response, tag: str) -> Response:
    """Give ``response`` its entity tag, and turn it into a 304 when the caller has that state already."""
    response.set_etag(tag)
    if request.method in ("GET", "HEAD") and response.status_code == 200:
        response.headers.setdefault("Cache-Control", "no-cache")
        response.make_conditional(request)
    return response


def expected_tags() -> frozenset[str] | None:
    """The tags that ``If-Match`` allows; None when the caller did not send it or sent ``*``."""
    sent = request.if_match
    if not sent or sent.star_tag:
        return None
    return frozenset(_normal(tag) for tag in sent.as_set())


def _normal(tag: str) -> str:
    for suffix in WEAKENED:
        tag = tag.removesuffix(suffix)
    return tag
