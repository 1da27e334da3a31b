"""Which images the library shows, as the address has it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from flask import request

from webapp.console.addresses import requested_page, requested_search
from webapp.domain.media.keys import CATEGORIES
from webapp.domain.media.queries import MediaFilters
from webapp.kernel.clock import YEARS
from webapp.kernel.paging import PageRequest

PAGE_SIZE = 24
HEX = re.compile(r"#[0-9a-fA-F]{6}")
MISSING, UNUSED = "missing-alt-text", "unused"


@dataclass(frozen=True, slots=True)
class Listing:
    """What the address asks for; what it cannot ask for is as if it were not there."""

    filters: MediaFilters
    part: PageRequest
    is_list: bool

    @classmethod
    def from_request(cls) -> Listing:
        args, until = request.args, _day("until")
        show, color = args.get("show"), args.get("color", "")
        filters = MediaFilters(
            category=args["category"] if args.get("category") in CATEGORIES else None,
            q=requested_search(),
            tag=requested_search("tag"),
            near_colour=color if HEX.fullmatch(color) else None,
            created_after=_day("since"),
            created_before=until + timedelta(days=1) if until else None,
            missing_alt_text=True if show == MISSING else None,
            unused=show == UNUSED,
        )
        return cls(filters, requested_page(PAGE_SIZE), args.get("view") == "list")

    @property
    def is_filtered(self) -> bool:
        return self.filters != MediaFilters()


def _day(name: str) -> datetime | None:
    day = request.args.get(name, type=date.fromisoformat)
    return datetime(day.year, day.month, day.day, tzinfo=UTC) if day and day.year in YEARS else None
