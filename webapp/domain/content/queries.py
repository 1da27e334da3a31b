"""Finding entries, as everybody or as an editor sees them."""

from __future__ import annotations

import operator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    and_,
    bindparam,
    exists,
    func,
    or_,
    select,
    tuple_,
)
from sqlalchemy.orm import aliased

from webapp.domain.content.conditions import Condition, condition_values, document_holds
from webapp.domain.content.content_types import KEY_MAX, ContentType
from webapp.domain.content.lifecycle import Status
from webapp.domain.content.models import Edition, EditionTag, Entry, Tag
from webapp.domain.content.policy import require_reader
from webapp.domain.content.rows import dialect_of, fetch, is_live, is_shown, present, with_columns
from webapp.domain.content.views import EntryView
from webapp.kernel.compiled import CompiledStatement
from webapp.kernel.db import INT_MAX, is_storable
from webapp.kernel.errors import NotFound
from webapp.kernel.paging import LIMIT_MAX, Page, PageRequest, SortKey, cut, ordered, windowed
from webapp.kernel.text import fold, like_pattern
from webapp.kernel.work import Work

Key = int | str

_CREATED = SortKey(Edition.entry_id, lambda row: row.entry_id)
_TAGGED = SortKey(EditionTag.entry_id, lambda row: row.entry_id)
_UPDATED = SortKey(Edition.updated_at, lambda row: row.updated_at)
_HEADLINE = SortKey(Edition.headline, lambda row: row.headline)

SORTS: dict[str, tuple[bool, tuple[SortKey, ...]]] = {
    "created_at": (False, (_CREATED,)),
    "-created_at": (True, (_CREATED,)),
    "updated_at": (False, (_UPDATED, _CREATED)),
    "-updated_at": (True, (_UPDATED, _CREATED)),
    "title": (False, (_HEADLINE, _CREATED)),
    "-title": (True, (_HEADLINE, _CREATED)),
}
"""The orders of a list: descending?, and by which values. Ids follow the order of creation."""


@dataclass(frozen=True, slots=True)
class Filters:
    """Which entries of a type a list holds, and in which order.

    With ``draft`` the latest state of every entry is listed, for editors; otherwise what is published.
    ``status`` and ``is_scheduled`` go with ``draft``. ``q`` is a phrase. Times span from ``after`` to just
    before ``before``. ``conditions`` are values inside the document. ``owner_id`` is for items, which know
    ``q`` besides.
    """

    draft: bool = False
    tag: str | None = None
    status: Status | None = None
    is_scheduled: bool = False
    q: str | None = None
    created_after: datetime | None = None
    created_before: datetime | None = None
    updated_after: datetime | None = None
    updated_before: datetime | None = None
    sort: str = "created_at"
    conditions: tuple[Condition, ...] = ()
    owner_id: UUID | None = None


def list_entries(
    work: Work, content_type: ContentType, request: PageRequest, filters: Filters = Filters()
) -> Page[EntryView]:
    """Entries of a type. Raises Denied for drafts."""
    require_reader(work, content_type, draft=filters.draft)
    shape = _Shape.of(filters, dialect_of(work), is_after=request.after is not None)
    values = _values(work, content_type, filters, request)
    rows = _page(shape, request.counted, values["skip"] > 0).rows(work.session, values)
    total = 0
    if request.counted and rows:
        total = rows[0].total
    elif request.counted and (request.skip or request.after):  # behind the end there is nobody to tell it
        total = _total(shape).rows(work.session, values)[0][0]
    page = cut(rows, total, request, shape.keys)
    return replace(page, data=present(work, page.data, draft=filters.draft))


def list_keys(
    work: Work, content_type: ContentType, filters: Filters = Filters(), limit: int = LIMIT_MAX
) -> list[Key]:
    """The ids that clients use of the first ``limit`` entries of a list. Raises Denied for drafts."""
    require_reader(work, content_type, draft=filters.draft)
    shape = _Shape.of(filters, dialect_of(work), is_after=False)
    descending, _ = SORTS[filters.sort]
    key = Entry.key if content_type.has_own_keys else Entry.id
    statement = _filtered(shape).join(Entry, Entry.id == Edition.entry_id).with_only_columns(key)
    statement = ordered(statement, shape.keys, None, descending=descending).limit(limit)
    values = _values(work, content_type, filters, PageRequest())
    return [row[0] for row in fetch(work, statement, values)]


def get_entry(work: Work, content_type: ContentType, key: Key, *, draft: bool = False) -> EntryView:
    """One entry as it is published, or its latest state for editors. Raises NotFound."""
    require_reader(work, content_type, draft=draft)
    values = {"now": work.now, "key": read_key(content_type, key), "type": content_type.name}
    rows = _one(content_type.has_own_keys, draft, dialect_of(work)).rows(work.session, values)
    if not rows:
        raise not_found(content_type)
    return present(work, rows, draft=draft)[0]


def not_found(content_type: ContentType) -> NotFound:
    return NotFound(f"{content_type.label} not found")


def is_entry(content_type: ContentType, key: Key) -> ColumnElement[bool]:
    """The condition that finds an entry by the id that clients use. Raises NotFound for what is no id."""
    column = Entry.key if content_type.has_own_keys else Entry.id
    return and_(
        Entry.type == content_type.name,
        column == read_key(content_type, key),
        Entry.deleted_at.is_(None),
    )


def read_key(content_type: ContentType, key: Key) -> Key:
    """An id that an entry of this type can have. Raises NotFound for anything else."""
    text = str(key)
    if content_type.has_own_keys:
        if len(text) <= KEY_MAX and is_storable(text):
            return text
    elif text.isascii() and text.isdigit() and len(text) <= 10 and int(text) <= INT_MAX:
        return int(text)
    raise not_found(content_type)


# --- statements -----------------------------------------------------------------------------
# Building and compiling a statement takes longer than running it, so both are done once for each shape.


@dataclass(frozen=True, slots=True)
class _Shape:
    """What a list's statement depends on, apart from values."""

    dialect: str
    draft: bool
    sort: str
    status: Status | None
    is_scheduled: bool
    is_tagged: bool
    has_phrase: bool
    bounds: tuple[str, ...]
    conditions: int
    is_after: bool

    @classmethod
    def of(cls, filters: Filters, dialect: str, *, is_after: bool) -> _Shape:
        return cls(
            dialect=dialect,
            draft=filters.draft,
            sort=filters.sort,
            status=filters.status,
            is_scheduled=filters.is_scheduled,
            is_tagged=filters.tag is not None,
            has_phrase=bool(filters.q and fold(filters.q)),
            bounds=tuple(name for name in _BOUNDS if getattr(filters, name) is not None),
            conditions=len(filters.conditions),
            is_after=is_after,
        )

    @property
    def keys(self) -> tuple[SortKey, ...]:
        _, keys = SORTS[self.sort]
        return tuple(_TAGGED if key is _CREATED else key for key in keys) if self.is_tagged else keys


_OWN = aliased(Entry)
_BOUNDS = {
    "created_after": (_OWN.created_at, operator.ge),
    "created_before": (_OWN.created_at, operator.lt),
    "updated_after": (Edition.updated_at, operator.ge),
    "updated_before": (Edition.updated_at, operator.lt),
}


def _values(work: Work, content_type: ContentType, filters: Filters, request: PageRequest) -> dict[str, Any]:
    """The values that go into a statement of any shape."""
    after = request.after or ()
    return {
        "now": work.now,
        "type": content_type.name,
        "tag": fold(filters.tag or ""),
        "phrase": like_pattern(fold(filters.q or "")),
        **{name: getattr(filters, name) for name in _BOUNDS},
        **condition_values(filters.conditions, dialect_of(work)),
        **{f"after_{position}": value for position, value in enumerate(after)},
        "skip": 0 if after else request.skip,
        "limit": request.limit + 1,
    }


@lru_cache(maxsize=256)
def _page(shape: _Shape, is_counted: bool, skips: bool) -> CompiledStatement:
    """The rows of a page, each with the total of the list beside it: one statement costs less than two."""
    descending, keys = SORTS[shape.sort][0], shape.keys
    after = None
    if shape.is_after:
        after = tuple_(*(bindparam(f"after_{n}", type_=key.column.type) for n, key in enumerate(keys)))
    chosen = _filtered(shape)
    if shape.dialect == "postgresql":  # which else may read all entries that stand before a page
        page = windowed(ordered(chosen, keys, after, descending=descending), skips=skips).subquery()
        chosen = select(Edition.id).join(page, page.c.id == Edition.id)
        keys, after = SORTS[shape.sort][1], None
    statement = with_columns(chosen, draft=shape.draft, dialect=shape.dialect)
    if is_counted:
        statement = statement.add_columns(_count(shape).scalar_subquery().label("total"))
    statement = ordered(statement, keys, after, descending=descending)
    return CompiledStatement(statement if shape.dialect == "postgresql" else windowed(statement, skips=skips))


@lru_cache(maxsize=256)
def _total(shape: _Shape) -> CompiledStatement:
    return CompiledStatement(_count(shape))


def _count(shape: _Shape) -> Select[Any]:
    return select(func.count()).select_from(_filtered(shape).subquery())


@lru_cache
def _one(has_own_keys: bool, draft: bool, dialect: str) -> CompiledStatement:
    column = Entry.key if has_own_keys else Entry.id
    editions = select(Edition.id).where(
        Entry.type == bindparam("type"),
        column == bindparam("key"),
        Entry.deleted_at.is_(None),
        is_shown(bindparam("now"), draft=draft),
    )
    return CompiledStatement(with_columns(editions, draft=draft, dialect=dialect))


def _filtered(shape: _Shape) -> Select[Any]:
    now: BindParameter[datetime] = bindparam("now")
    statement = select(Edition.id).where(Edition.type == bindparam("type"), is_shown(now, draft=shape.draft))
    if shape.is_tagged:
        tag_id = select(Tag.id).where(Tag.name_key == bindparam("tag")).scalar_subquery()
        statement = statement.join(EditionTag, EditionTag.edition_id == Edition.id)
        statement = statement.where(EditionTag.tag_id == tag_id)
    if shape.status is not None:
        statement = statement.where(_has_status(shape.status, now))
    if shape.is_scheduled:
        statement = statement.where(exists().where(_OWN.id == Edition.entry_id, is_due_later(now, _OWN)))
    if shape.has_phrase:
        statement = statement.where(Edition.search_text.like(bindparam("phrase"), escape="\\"))
    if shape.conditions:
        statement = statement.where(document_holds(shape.conditions, shape.dialect))
    bounds = {name: _BOUNDS[name][1](_BOUNDS[name][0], bindparam(name)) for name in shape.bounds}
    if created := [bound for name, bound in bounds.items() if name.startswith("created")]:
        statement = statement.where(exists().where(_OWN.id == Edition.entry_id, *created))
    return statement.where(*(bound for name, bound in bounds.items() if name.startswith("updated")))


def is_due_later(now: Any, entry: Any = Entry) -> ColumnElement[bool]:
    """Entries for which something is scheduled after ``now``."""
    return or_(entry.publish_at > now, entry.unpublish_at > now)


def _has_status(status: Status, now: Any) -> ColumnElement[bool]:
    """The latest editions of entries that have ``status`` at ``now``."""
    if status is Status.PUBLISHED:
        return is_live(now)
    other = aliased(Edition)
    other_is_live = exists().where(
        other.entry_id == Edition.entry_id, other.id != Edition.id, is_live(now, other)
    )
    latest_is_hidden = or_(Edition.live_from.is_(None), ~is_live(now))
    return and_(latest_is_hidden, other_is_live if status is Status.CHANGED else ~other_is_live)
