"""Which part of the people a list shows: filters, order and page, as the address has them."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import request

from webapp.console.addresses import requested_page, requested_search
from webapp.console.sign_in import local_path
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
    def filters(self) -> dict[str, str | None]:
        """Whom the list is about, as the queries of the domain take it."""
        return {"status": self.status, "role": self.role, "q": self.q}

    def fetch(self, work: Work) -> Page[User]:
        return queries.list_users(work, self.part, **self.filters, sort=SORTS[self.sort])


def last_page_url(page: Page[User]) -> str | None:
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
