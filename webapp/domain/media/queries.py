"""Finding images."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, func, select, type_coerce
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from webapp.domain.media.colors import images_near
from webapp.domain.media.models import Media, MediaState
from webapp.domain.media.policy import may_browse, may_change
from webapp.domain.media.uses import used_keys
from webapp.kernel.errors import NotFound
from webapp.kernel.paging import Page, PageRequest, SortKey, fetch_page
from webapp.kernel.text import fold, like_pattern
from webapp.kernel.work import Work, require

_NEWEST = (SortKey(Media.created_at, lambda row: row.created_at), SortKey(Media.id, lambda row: row.id))


def find_ready(session: Session, object_key: str) -> Media | None:
    """The image under ``object_key`` if its file is there."""
    return session.scalar(
        select(Media).where(Media.object_key == object_key, Media.state == MediaState.READY)
    )


def get_media(work: Work, object_key: str, *, lock: bool = False) -> Media:
    """An image of one's own, or for editors anybody's. Raises NotFound."""
    require(work.actor, may_browse(work.actor))
    statement = select(Media).where(Media.object_key == object_key)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    media = work.session.scalar(statement)
    if media is None or not may_change(work.actor, media):
        raise NotFound("Image not found")
    return media


def list_by_keys(session: Session, object_keys: list[str]) -> list[Media]:
    """The images under these keys, in this order."""
    found = {m.object_key: m for m in session.scalars(select(Media).where(Media.object_key.in_(object_keys)))}
    return [found[key] for key in object_keys if key in found]


@dataclass(frozen=True, slots=True)
class MediaFilters:
    """Which images. ``q`` is part of a name or an alt text; ``near_colour`` is ``#rrggbb``; times span from
    ``created_after`` to just before ``created_before``; ``unused`` looks through all that may hold one."""

    category: str | None = None
    q: str | None = None
    tag: str | None = None
    near_colour: str | None = None
    created_after: datetime | None = None
    created_before: datetime | None = None
    missing_alt_text: bool | None = None
    unused: bool = False


ALL = MediaFilters()


def list_media(work: Work, request: PageRequest, filters: MediaFilters = ALL) -> Page[Media]:
    """One's own images, or all for editors, newest first."""
    statement = _filtered(work, filters)
    return fetch_page(work.session, statement, request, _NEWEST, descending=True)


def list_media_keys(work: Work, filters: MediaFilters, limit: int) -> list[str]:
    """The keys of the first ``limit`` images of a list."""
    page = list_media(work, PageRequest(limit, counted=False), filters)
    return [media.object_key for media in page.data]


def count_missing_alt_texts(work: Work) -> int:
    """How many images say nothing to people who do not see them."""
    statement = _filtered(work, MediaFilters(missing_alt_text=True))
    return work.session.scalar(select(func.count()).select_from(statement.subquery())) or 0


def list_tags(work: Work) -> list[str]:
    """The tags of images, by name."""
    found = work.session.scalars(_filtered(work, MediaFilters()).with_only_columns(Media.tags))
    return sorted({name for names in found for name in names})


def _filtered(work: Work, filters: MediaFilters) -> Select[Any]:
    require(work.actor, may_browse(work.actor))
    statement = select(Media).where(Media.state == MediaState.READY)
    if not work.actor.is_editor:
        statement = statement.where(Media.owner_id == work.actor.id)
    if filters.category:
        statement = statement.where(Media.category == filters.category)
    if filters.q:
        pattern = like_pattern(filters.q)
        statement = statement.where(
            Media.filename.ilike(pattern, escape="\\") | Media.alt_text.ilike(pattern, escape="\\")
        )
    if filters.tag:
        statement = statement.where(_has_tag(work, fold(filters.tag)))
    if filters.near_colour:
        near = images_near(filters.near_colour).subquery()
        statement = statement.where(Media.id.in_(select(near.c.media_id)))
    if filters.created_after:
        statement = statement.where(Media.created_at >= filters.created_after)
    if filters.created_before:
        statement = statement.where(Media.created_at < filters.created_before)
    if filters.missing_alt_text is not None:
        statement = statement.where((Media.alt_text == "") == filters.missing_alt_text)
    if filters.unused:
        used = used_keys(work.session).cte("used").prefix_with("MATERIALIZED")
        statement = statement.where(Media.object_key.not_in(select(used)))
    return statement


def _has_tag(work: Work, name: str) -> ColumnElement[bool]:
    if work.session.get_bind().dialect.name == "postgresql":
        return type_coerce(Media.tags, JSONB).contains([name])
    each = func.json_each(Media.tags).table_valued("value")
    return exists().where(each.c.value == name)


def find_duplicate(session: Session, owner_id: UUID | None, category: str, content_hash: str) -> Media | None:
    """The image that its owner has sent first for the same purpose."""
    return session.scalar(
        select(Media)
        .where(
            Media.owner_id.is_not_distinct_from(owner_id),
            Media.category == category,
            Media.content_hash == content_hash,
            Media.state == MediaState.READY,
        )
        .order_by(Media.created_at, Media.id)
        .limit(1)
    )


def duplicate_of(work: Work, media: Media) -> Media | None:
    """The image that is the same as one of an owner's, if that was sent before it."""
    first = find_duplicate(work.session, media.owner_id, media.category, media.content_hash or "")
    return None if first is media else first


def used_bytes(session: Session, owner_id: UUID | None) -> int:
    """The bytes of a person's images, those on the way included."""
    statement = select(func.coalesce(func.sum(Media.size), 0)).where(Media.owner_id == owner_id)
    return int(session.scalar(statement) or 0)
