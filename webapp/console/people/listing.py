"""Which part of the people a list shows: filters, order and page, as the address has them."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass

from flask import request

from webapp.console.addresses import requested_page, requested_search
from webapp.domain.accounts import queries
from webapp.domain.accounts.models import User
from webapp.kernel.paging import Page, PageRequest
from webapp.kernel.work import Role, Work

PAGE_SIZE = 25
SORTS = {"email": "email", "-email": "-email", "joined": "oldest", "-joined": "newest"}
"""The orders of the lists, by their name in the address."""


@dataclass(frozen=True, slots=True)
class Listing:
    """What the address asks for; what it cannot ask for is as if it were not there."""

    status: str | None
    role: str | None
    q: str | None
    sort: str
    part: PageRequest

    @classmethod
    def from_request(cls, statuses: Container[str], *, status: str | None = None, sort: str) -> Listing:
        """Read the present address; ``status`` and ``sort`` stand where it names none."""
        args = request.args
        return cls(
            status=args["status"] if args.get("status") in statuses else status,
            role=args["role"] if args.get("role") in set(Role) else None,
            q=requested_search(),
            sort=args["sort"] if args.get("sort") in SORTS else sort,
            part=requested_page(PAGE_SIZE),
        )

    @property
    def is_filtered(self) -> bool:
        """Whether it is not simply everybody in the usual order."""
        return bool(self.status or self.role or self.q or request.args.get("sort"))

    @property
    def filters(self) -> dict[str, str | None]:
        """Whom the list is about, as the queries of the domain take it."""
        return {"status": self.status, "role": self.role, "q": self.q}

    def fetch(self, work: Work) -> Page[User]:
        return queries.list_users(work, self.part, **self.filters, sort=SORTS[self.sort])
