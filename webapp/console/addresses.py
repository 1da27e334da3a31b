"""What the address of a page asks for; what makes no sense in it is as if it were not there."""

from __future__ import annotations

from flask import request

from webapp.kernel.db import INT_MAX, is_storable
from webapp.kernel.errors import Malformed, NotFound
from webapp.kernel.paging import PageRequest

SEARCH_MAX = 200


def requested_page(size: int) -> PageRequest:
    """The page of ``size`` rows that ``?page=`` asks for; the first one for anything that is no page."""
    number = request.args.get("page", 1, type=int)
    return PageRequest(limit=size, skip=(min(max(number, 1), INT_MAX // size) - 1) * size)


def requested_search() -> str | None:
    """What ``?q=`` looks for. Raises Malformed for text that no database holds."""
    text = request.args.get("q", "").strip()[:SEARCH_MAX]
    if not is_storable(text):
        raise Malformed("The search holds characters that cannot be stored.")
    return text or None


def requested_revision(name: str, default: int) -> int:
    """The number of a revision under ``name``. Raises NotFound for one that no theme can have."""
    number = request.args.get(name, default, type=int)
    if not 0 < number <= INT_MAX:
        raise NotFound("Revision not found")
    return number
