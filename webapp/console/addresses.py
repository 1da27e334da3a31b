"""What the address of a page asks for; what makes no sense in it is as if it were not there."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from flask import request

from webapp.console.sign_in import local_path
from webapp.kernel.db import INT_MAX, is_storable
from webapp.kernel.errors import Malformed, NotFound
from webapp.kernel.paging import Page, PageRequest

SEARCH_MAX = 200


def requested_page(size: int) -> PageRequest:
    """The page of ``size`` rows that ``?page=`` asks for; the first one for anything that is no page."""
    number = request.args.get("page", 1, type=int)
    return PageRequest(limit=size, skip=(min(max(number, 1), INT_MAX // size) - 1) * size)


def requested_search(name: str = "q") -> str | None:
    """What ``?q=`` looks for, or another parameter. Raises Malformed for text that no database holds."""
    text = request.args.get(name, "").strip()[:SEARCH_MAX]
    if not is_storable(text):
        raise Malformed("The search holds characters that cannot be stored.")
    return text or None


def requested_id(name: str) -> UUID | None:
    """The id of a person, or of something else, under ``name``."""
    return request.args.get(name, type=UUID)


def requested_revision(name: str, default: int) -> int:
    """The number of a revision under ``name``. Raises NotFound for one that nothing can have."""
    number = request.args.get(name, default, type=int)
    if not 0 < number <= INT_MAX:
        raise NotFound("Revision not found")
    return number


def last_page_url(page: Page[Any]) -> str | None:
    """The last page's address where the present one lies behind it: rows leave a list when they are done."""
    if page.page <= max(page.total_pages, 1):
        return None
    kept = [(name, value) for name, value in request.args.items(multi=True) if name != "page"]
    return f"{request.path}?{urlencode([*kept, ('page', max(page.total_pages, 1))])}"


def here() -> str:
    """The present page with its filters, for a form that comes back to it."""
    return request.full_path if request.query_string else request.path


def back(default: str) -> str:
    """Where the page that sent this request wants to return to."""
    return local_path(request.values.get("next") or default)
