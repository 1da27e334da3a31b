"""Finding entries, as everybody or as an editor sees them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, exists, or_, select
from sqlalchemy.orm import aliased

from webapp.domain.content.content_types import EXPERIENCE, PROJECT, TYPES, ContentType
from webapp.domain.content.lifecycle import Standing, Status
from webapp.domain.content.models import ContentRevision, Edition, EditionTag, Entry, Tag
from webapp.domain.content.policy import may_see_drafts
from webapp.domain.content.views import EntryView, TagName
from webapp.kernel.db import INT_MAX
from webapp.kernel.errors import NotFound
from webapp.kernel.paging import Page, PageRequest, SortKey, count, cut, window
from webapp.kernel.text import fold, like_pattern
from webapp.kernel.work import Work, require

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

_COLUMNS = (
    Edition.id.label("edition_id"),
    Edition.entry_id,
    Edition.number,
    Edition.headline,
    Edition.updated_at,
    Edition.live_from,
    Entry.type,
    Entry.key,
    Entry.created_at,
    Entry.version,
    Entry.latest_number,
    Entry.live_number,
    Entry.live_since,
    Entry.scheduled_number,
    Entry.publish_at,
    Entry.unpublish_at,
    Entry.time_zone,
    ContentRevision.document,
)


@dataclass(frozen=True, slots=True)
class Filters:
    """Which entries of a type a list holds, and in which order.

    With ``draft`` the latest state of every entry is listed, for editors; otherwise what is published.
    ``status`` goes with ``draft``. ``q`` is a phrase. Times span from ``after`` to just before ``before``.
    """

    draft: bool = False
    tag: str | None = None
    status: Status | None = None
    q: str | None = None
    created_after: datetime | None = None
    created_before: datetime | None = None
    updated_after: datetime | None = None
    updated_before: datetime | None = None
    sort: str = "created_at"


def list_entries(
    work: Work, content_type: ContentType, request: PageRequest, filters: Filters = Filters()
) -> Page[EntryView]:
    """Entries of a type. Raises Denied for drafts."""
    if filters.draft:
        require(work.actor, may_see_drafts(work.actor))
    descending, keys = SORTS[filters.sort]
    if filters.tag is not None:
        keys = tuple(_TAGGED if key is _CREATED else key for key in keys)
    found = _filtered(work, content_type, filters)
    rows = work.session.execute(window(with_columns(found), request, keys, descending=descending)).all()
    page = cut(rows, count(work.session, found, request), request, keys)
    return replace(page, data=present(work, page.data, draft=filters.draft))


def get_entry(work: Work, content_type: ContentType, key: Key, *, draft: bool = False) -> EntryView:
    """One entry as it is published, or its latest state for editors. Raises NotFound."""
    if draft:
        require(work.actor, may_see_drafts(work.actor))
    statement = with_columns(select(Edition.id).where(is_shown(work.now, draft=draft)))
    row = work.session.execute(statement.where(is_entry(content_type, key))).first()
    if row is None:
        raise not_found(content_type)
    return present(work, [row], draft=draft)[0]


def not_found(content_type: ContentType) -> NotFound:
    return NotFound(f"{content_type.label} not found")


# --- the parts ------------------------------------------------------------------------------


def is_entry(content_type: ContentType, key: Key) -> ColumnElement[bool]:
    """The condition that finds an entry by the id that clients use. Raises NotFound for what is no id."""
    if content_type.has_own_keys:
        return and_(Entry.type == content_type.name, Entry.key == str(key), Entry.deleted_at.is_(None))
    text = str(key)
    if not (text.isascii() and text.isdigit() and int(text[:12]) <= INT_MAX):
        raise not_found(content_type)
    return and_(Entry.id == int(text), Entry.type == content_type.name, Entry.deleted_at.is_(None))


def is_shown(now: datetime, *, draft: bool) -> ColumnElement[bool]:
    """Editions that editors (``draft``) or all readers see at ``now``."""
    return Edition.is_latest.is_(True) if draft else _is_live(Edition, now)


def _is_live(edition: Any, now: datetime) -> ColumnElement[bool]:
    return and_(edition.live_from <= now, or_(edition.live_until.is_(None), edition.live_until > now))


def with_columns(editions: Select[Any]) -> Select[Any]:
    """What :func:`present` needs of the chosen editions, with their entries and documents."""
    revision = and_(ContentRevision.entry_id == Edition.entry_id, ContentRevision.number == Edition.number)
    return (
        editions.with_only_columns(*_COLUMNS)
        .join(Entry, Entry.id == Edition.entry_id)
        .join(ContentRevision, revision)
    )


def _filtered(work: Work, content_type: ContentType, filters: Filters) -> Select[Any]:
    statement = select(Edition.id).where(
        Edition.type == content_type.name, is_shown(work.now, draft=filters.draft)
    )
    if filters.tag is not None:
        statement = (
            statement.join(EditionTag, EditionTag.edition_id == Edition.id)
            .join(Tag, Tag.id == EditionTag.tag_id)
            .where(Tag.name_key == fold(filters.tag))
        )
    if filters.status is not None:
        statement = statement.where(_has_status(filters.status, work.now))
    if filters.q and (wanted := fold(filters.q)):
        statement = statement.where(Edition.search_text.like(like_pattern(wanted), escape="\\"))
    entry = aliased(Entry)
    if created := _between(entry.created_at, filters.created_after, filters.created_before):
        statement = statement.where(exists().where(entry.id == Edition.entry_id, *created))
    return statement.where(*_between(Edition.updated_at, filters.updated_after, filters.updated_before))


def _between(column: Any, after: datetime | None, before: datetime | None) -> list[ColumnElement[bool]]:
    bounds = [] if after is None else [column >= after]
    return bounds if before is None else [*bounds, column < before]


def _has_status(status: Status, now: datetime) -> ColumnElement[bool]:
    """The latest editions of entries that have ``status`` at ``now``."""
    other = aliased(Edition)
    other_is_live = exists().where(
        other.entry_id == Edition.entry_id, other.id != Edition.id, _is_live(other, now)
    )
    if status is Status.PUBLISHED:
        return _is_live(Edition, now)
    latest_is_hidden = or_(Edition.live_from.is_(None), ~_is_live(Edition, now))
    return and_(latest_is_hidden, other_is_live if status is Status.CHANGED else ~other_is_live)


def present(work: Work, rows: Sequence[Row[Any]], *, draft: bool) -> list[EntryView]:
    """The rows of :func:`with_columns` as views, with their tags: one statement more, two for experiences."""
    views = [_view(row, work.now) for row in rows]
    tags = tags_of(work, [row.edition_id for row in rows])
    for view, row in zip(views, rows, strict=True):
        view.tags = tags.get(row.edition_id, [])
    _note_missing_projects(work, views, draft=draft)
    return views


def _view(row: Row[Any], now: datetime) -> EntryView:
    content_type = TYPES[row.type]
    standing = Standing(
        row.latest_number,
        row.live_number,
        row.live_since,
        row.scheduled_number,
        row.publish_at,
        row.unpublish_at,
    )
    settled = standing.settled(now)
    has_schedule = settled.publish_at is not None or settled.unpublish_at is not None
    return EntryView(
        type=content_type,
        entry_id=row.entry_id,
        key=row.key if content_type.has_own_keys else row.entry_id,
        revision=row.number,
        document=row.document,
        created_at=row.created_at,
        updated_at=row.updated_at,
        published_at=row.live_from if row.live_from is not None and row.live_from <= now else None,
        version=row.version,
        status=settled.status(now),
        publish_at=settled.publish_at,
        unpublish_at=settled.unpublish_at,
        time_zone=row.time_zone if has_schedule else None,
    )


def tags_of(work: Work, edition_ids: Collection[int]) -> dict[int, list[TagName]]:
    """The tags of editions, by edition, in the order in which they were sent."""
    if not edition_ids:
        return {}
    statement = (
        select(EditionTag.edition_id, Tag.id, Tag.name)
        .join(Tag, Tag.id == EditionTag.tag_id)
        .where(EditionTag.edition_id.in_(edition_ids))
        .order_by(EditionTag.edition_id, EditionTag.position)
    )
    found: dict[int, list[TagName]] = {}
    for edition_id, tag_id, name in work.session.execute(statement):
        found.setdefault(edition_id, []).append(TagName(tag_id, name))
    return found


def _note_missing_projects(work: Work, views: Iterable[EntryView], *, draft: bool) -> None:
    experiences = [view for view in views if view.type is EXPERIENCE]
    named = {key for view in experiences for key in view.document["projects"]}
    if not named:
        return
    statement = (
        select(Entry.key)
        .join(Edition, Edition.entry_id == Entry.id)
        .where(
            Entry.type == PROJECT.name,
            Entry.key.in_(named),
            Entry.deleted_at.is_(None),
            is_shown(work.now, draft=draft),
        )
    )
    there = set(work.session.scalars(statement))
    for view in experiences:
        view.missing_projects = [key for key in view.document["projects"] if key not in there]
