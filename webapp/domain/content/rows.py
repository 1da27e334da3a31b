"""Editions as rows with all that is shown of them, in one statement, and as views.

Plain rows and no objects of the mapper: lists of what is published are the hottest reads of all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ColumnElement, Row, ScalarSelect, Select, and_, func, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from webapp.domain.content.content_types import EXPERIENCE, PROJECT, TYPES, ContentType
from webapp.domain.content.lifecycle import Standing
from webapp.domain.content.models import OF_EDITION, ContentRevision, Edition, EditionTag, Entry, Tag
from webapp.domain.content.views import EntryView, TagName
from webapp.kernel.work import Work

_PUBLIC = (
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
    ContentRevision.document,
)
_DRAFT = (
    *_PUBLIC,
    Entry.latest_number,
    Entry.live_number,
    Entry.live_since,
    Entry.scheduled_number,
    Entry.publish_at,
    Entry.unpublish_at,
    Entry.time_zone,
)


def is_shown(now: Any, *, draft: bool, edition: Any = Edition) -> ColumnElement[bool]:
    """Editions that editors (``draft``) or all readers see at ``now``."""
    return edition.is_latest.is_(True) if draft else is_live(now, edition)


def is_live(now: Any, edition: Any = Edition) -> ColumnElement[bool]:
    """Editions that all readers see at ``now``."""
    return and_(edition.live_from <= now, or_(edition.live_until.is_(None), edition.live_until > now))


def with_columns(editions: Select[Any], *, draft: bool, dialect: str) -> Select[Any]:
    """The chosen editions with what :func:`present` needs of them, their entries, documents and tags."""
    return (
        editions.with_only_columns(*(_DRAFT if draft else _PUBLIC), _tags(dialect).label("tags"))
        .join(Entry, Entry.id == Edition.entry_id)
        .join(ContentRevision, OF_EDITION)
    )


def _tags(dialect: str) -> ScalarSelect[Any]:
    """The tags of an edition as ``[[id, name], …]``, in the order in which they were sent."""
    tags = (
        select(Tag.id, Tag.name)
        .join(EditionTag, EditionTag.tag_id == Tag.id)
        .where(EditionTag.edition_id == Edition.id)
        .correlate(Edition)
    )
    if dialect == "sqlite":
        ordered = tags.order_by(EditionTag.position).subquery()
        pairs = func.json_group_array(func.json_array(ordered.c.id, ordered.c.name), type_=JSON)
        return select(pairs).select_from(ordered).scalar_subquery()
    pair = func.json_build_array(Tag.id, Tag.name)
    pairs = func.json_agg(aggregate_order_by(pair, EditionTag.position), type_=JSON)
    return tags.with_only_columns(pairs).scalar_subquery()


def fetch(
    work: Work, statement: Select[*tuple[Any, ...]], values: dict[str, Any] | None = None
) -> Sequence[Row[*tuple[Any, ...]]]:
    """The rows of a statement, past the mapper."""
    return work.session.connection().execute(statement, values or {}).all()


def dialect_of(work: Work) -> str:
    """The name of the database that the work is done in."""
    return work.session.get_bind().dialect.name


def present(work: Work, rows: Sequence[Row[Any]], *, draft: bool) -> list[EntryView]:
    """The rows of :func:`with_columns` as views; one statement more for experiences."""
    view = _draft_view if draft else _public_view
    views = [view(row, work.now) for row in rows]
    note_missing_projects(work, views, draft=draft)
    return views


def _public_view(row: Row[Any], now: datetime) -> EntryView:
    content_type = TYPES[row.type]
    return EntryView(
        type=content_type,
        entry_id=row.entry_id,
        key=row.key if content_type.has_own_keys else row.entry_id,
        revision=row.number,
        document=row.document,
        created_at=row.created_at,
        updated_at=row.updated_at,
        published_at=row.live_from,
        version=row.version,
        tags=[TagName(*pair) for pair in row.tags or ()],
    )


def _draft_view(row: Row[Any], now: datetime) -> EntryView:
    standing = Standing.of(row).settled(now)
    view = _public_view(row, now)
    view.status = standing.status(now)
    view.publish_at, view.unpublish_at = standing.publish_at, standing.unpublish_at
    if standing.publish_at is not None or standing.unpublish_at is not None:
        view.time_zone = row.time_zone
    if row.live_from is not None and row.live_from > now:
        view.published_at = None
    return view


def view_of_new(
    work: Work,
    content_type: ContentType,
    entry_id: int,
    key: int | str,
    standing: Standing,
    document: Mapping[str, Any],
    tags: list[TagName],
) -> EntryView:
    """An entry that was just made, as editors are shown it; what is known need not be read."""
    view = EntryView(
        type=content_type,
        entry_id=entry_id,
        key=key,
        revision=1,
        document=document,
        created_at=work.now,
        updated_at=work.now,
        published_at=standing.live_since,
        version=1,
        tags=tags,
        status=standing.status(work.now),
    )
    note_missing_projects(work, [view], draft=True)
    return view


def note_missing_projects(work: Work, views: Iterable[EntryView], *, draft: bool) -> None:
    """Tell each experience which of its projects readers do not find."""
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
