"""Which designs the list shows: facets, status and order, as the address has them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from flask import request

from webapp.console.addresses import requested_page, requested_search
from webapp.domain.gallery.filters import ALL, SORTS, DesignFilters
from webapp.domain.gallery.models import FACETS
from webapp.domain.gallery.views import STATUSES
from webapp.kernel.paging import PageRequest

PAGE_SIZE = 24
HEX = re.compile(r"#[0-9a-fA-F]{6}")


@dataclass(frozen=True, slots=True)
class Listing:
    """What the address asks for; what it cannot ask for is as if it were not there."""

    filters: DesignFilters
    part: PageRequest

    @classmethod
    def from_request(cls) -> Listing:
        args, color = request.args, request.args.get("near_colour", "")
        words = {name: text for name in FACETS if (text := requested_search(name))}
        filters = DesignFilters(
            q=requested_search(),
            words=words,
            featured={"true": True, "false": False}.get(args.get("featured", "")),
            status=args["status"] if args.get("status") in STATUSES else ALL,
            near_colour=color if HEX.fullmatch(color) else None,
            sort=args["sort"] if args.get("sort") in SORTS else None,
        )
        return cls(filters, requested_page(PAGE_SIZE))

    @property
    def is_filtered(self) -> bool:
        return replace(self.filters, sort=None) != DesignFilters(status=ALL)
