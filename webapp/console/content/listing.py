"""Which entries a list shows: filters and order, as the address has them."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request, url_for

from webapp.console.addresses import requested_id, requested_page, requested_search
from webapp.domain.content.content_types import TYPES
from webapp.domain.content.lifecycle import Status
from webapp.domain.content.queries import SORTS, Filters
from webapp.domain.content.subjects import ITEMS, Subject
from webapp.kernel.paging import PageRequest

PAGE_SIZE = 25
DEFAULT_SORT = "-updated_at"
SCHEDULED = "scheduled"
STATES = (*(status.value for status in Status), SCHEDULED)
"""What ``?status=`` may ask for: the statuses, and what will change by itself."""


@dataclass(frozen=True, slots=True)
class Listing:
    """What the address asks for; what it cannot ask for is as if it were not there."""

    filters: Filters
    part: PageRequest

    @classmethod
    def from_request(cls) -> Listing:
        status, sort = request.args.get("status"), request.args.get("sort")
        filters = Filters(
            draft=True,
            tag=requested_search("tag"),
            status=Status(status) if status in set(Status) else None,
            is_scheduled=status == SCHEDULED,
            q=requested_search(),
            sort=sort if sort in SORTS else DEFAULT_SORT,
            owner_id=requested_id("owner"),
        )
        return cls(filters, requested_page(PAGE_SIZE))

    @property
    def is_filtered(self) -> bool:
        asked = self.filters
        return bool(asked.q or asked.tag or asked.status or asked.is_scheduled)


def url_of_list(subject: Subject) -> str:
    """Where the records of a subject are listed."""
    if subject.name == ITEMS:
        return url_for("console.content.items")
    return url_for("console.content.entries", content_type=subject.name)


def requested_type() -> str | None:
    """The name of a content type in ``?type=``."""
    name = request.args.get("type")
    return name if name in TYPES else None
