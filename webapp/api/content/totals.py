"""The totals of published lists, kept in the process: in a long list they cost more than the page."""

from __future__ import annotations

from dataclasses import replace

from flask import current_app

from webapp.domain.content.content_types import ContentType
from webapp.domain.content.queries import Filters, list_entries
from webapp.domain.content.views import EntryView
from webapp.kernel.errors import Unavailable
from webapp.kernel.paging import Page, PageRequest
from webapp.kernel.work import Work
from webapp.ports import ChangeCounter
from webapp.web import rollback

TOTALS_MAX = 512
Key = tuple[str, Filters]


class KeptTotals:
    """How many published entries there are for some filters, until the next commit or scheduled moment."""

    def __init__(self, changes: ChangeCounter) -> None:
        self.changes = changes
        self._kept: tuple[int | None, dict[Key, int]] = (None, {})

    def list_entries(
        self, work: Work, content_type: ContentType, request: PageRequest, filters: Filters
    ) -> Page[EntryView]:
        """The same as the query, which counts only what is not known."""
        if filters.draft or filters.conditions or not request.counted:
            return list_entries(work, content_type, request, filters)
        rollback()  # what this request has begun to read may be older than the state it is kept under
        totals = self._current()
        key = (content_type.name, replace(filters, sort=""))
        if key in totals:
            page = list_entries(work, content_type, replace(request, counted=False), filters)
            return replace(page, total=totals[key], request=request)
        page = list_entries(work, content_type, request, filters)
        if len(totals) >= TOTALS_MAX:
            totals.clear()
        totals[key] = page.total
        return page

    def _current(self) -> dict[Key, int]:
        try:
            state = self.changes()
        except Unavailable:
            return {}
        kept = self._kept
        if state != kept[0]:
            kept = self._kept = (state, {})
        return kept[1]


def kept_totals() -> KeptTotals:
    """Those of the present application."""
    kept = current_app.extensions["kept_totals"]
    assert isinstance(kept, KeptTotals)
    return kept
