"""Pages of lists: by offset (``skip``/``limit``, ``page``/``per_page``) and by cursor."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Integer, Select, bindparam, func, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

LIMIT_MAX = 100
DEFAULT_LIMIT = 20

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Which part of a list is wanted. ``after`` holds the sort values of the last row seen."""

    limit: int = DEFAULT_LIMIT
    skip: int = 0
    after: tuple[Any, ...] | None = None
    counted: bool = True
    """Whether the total is wanted; counting costs more than the page in a long list."""


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of a list. ``total`` counts the whole list, or is 0 where the request wants no count;
    ``next_after`` is None on the last page."""

    data: Sequence[T]
    total: int
    request: PageRequest
    next_after: tuple[Any, ...] | None = None

    @property
    def page(self) -> int:
        return self.request.skip // self.request.limit + 1

    @property
    def page_size(self) -> int:
        return self.request.limit

    @property
    def total_pages(self) -> int:
        return -(-self.total // self.request.limit)


@dataclass(frozen=True, slots=True)
class SortKey:
    """One column of a list's order, and how to read its value from a row of the list."""

    column: ColumnElement[Any] | InstrumentedAttribute[Any]
    value: Callable[[Any], Any]


def fetch_page(
    session: Session,
    statement: Select[Any],
    request: PageRequest,
    keys: Sequence[SortKey],
    *,
    descending: bool = False,
) -> Page[Any]:
    """Run ``statement`` (without order) for one page, in the order of ``keys``.

    The last key must be unique. With ``after`` the page starts behind those values (keyset paging),
    so it stays exact while rows are added; otherwise ``skip`` rows are passed over. Two queries.
    """
    total = count(session, statement, request)
    rows = session.scalars(window(statement, request, keys, descending=descending)).unique()
    return cut(list(rows), total, request, keys)


def count(session: Session, statement: Select[Any], request: PageRequest) -> int:
    """How many rows ``statement`` has in all, or 0 if that is not wanted."""
    if not request.counted:
        return 0
    return session.scalar(select(func.count()).select_from(statement.order_by(None).subquery())) or 0


def window(
    statement: Select[Any], request: PageRequest, keys: Sequence[SortKey], *, descending: bool = False
) -> Select[Any]:
    """``statement`` in the order of ``keys``, for the rows of one page and one more."""
    page = ordered(statement, keys, request.after, descending=descending)
    return page.offset(request.skip if request.after is None else 0).limit(request.limit + 1)


def ordered(
    statement: Select[Any], keys: Sequence[SortKey], after: Any | None, *, descending: bool = False
) -> Select[Any]:
    """``statement`` in the order of ``keys``, from behind the values ``after`` on if there are any."""
    columns = [key.column for key in keys]
    statement = statement.order_by(*(c.desc() if descending else c.asc() for c in columns))
    if after is None:
        return statement
    here = tuple_(*columns)
    return statement.where(here < after if descending else here > after)


def windowed(statement: Select[Any], *, skips: bool) -> Select[Any]:
    """A statement that is kept, for the values ``limit`` (one more than the page has) and ``skip``.

    The limit goes into its text: PostgreSQL plans once for all values, and reads a long list to its end
    where it does not know that few rows are wanted.
    """
    statement = statement.limit(bindparam("limit", type_=Integer, literal_execute=True))
    return statement.offset(bindparam("skip")) if skips else statement


def cut(rows: Sequence[Any], total: int, request: PageRequest, keys: Sequence[SortKey]) -> Page[Any]:
    """The page of ``rows``, which are one more than were asked for if the list goes on."""
    data, more = rows[: request.limit], len(rows) > request.limit
    next_after = tuple(key.value(data[-1]) for key in keys) if more else None
    return Page(data, total, request, next_after)
