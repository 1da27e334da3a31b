"""Finding images."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp.domain.media.models import Media, MediaState
from webapp.domain.media.policy import may_browse, may_change
from webapp.kernel.errors import NotFound
from webapp.kernel.paging import Page, PageRequest, SortKey, fetch_page
from webapp.kernel.text import like_pattern
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


def list_media(
    work: Work,
    request: PageRequest,
    *,
    category: str | None = None,
    q: str | None = None,
    missing_alt_text: bool | None = None,
) -> Page[Media]:
    """One's own images, or all for editors, newest first; ``q`` is part of a name or an alt text."""
    require(work.actor, may_browse(work.actor))
    statement = select(Media).where(Media.state == MediaState.READY)
    if not work.actor.is_editor:
        statement = statement.where(Media.owner_id == work.actor.id)
    if category:
        statement = statement.where(Media.category == category)
    if q:
        pattern = like_pattern(q)
        statement = statement.where(
            Media.filename.ilike(pattern, escape="\\") | Media.alt_text.ilike(pattern, escape="\\")
        )
    if missing_alt_text is not None:
        statement = statement.where((Media.alt_text == "") == missing_alt_text)
    return fetch_page(work.session, statement, request, _NEWEST, descending=True)


def find_duplicate(session: Session, owner_id: UUID | None, category: str, content_hash: str) -> Media | None:
    """The image that its owner has sent before for the same purpose."""
    return session.scalar(
        select(Media)
        .where(
            Media.owner_id == owner_id,
            Media.category == category,
            Media.content_hash == content_hash,
            Media.state == MediaState.READY,
        )
        .limit(1)
    )


def used_bytes(session: Session, owner_id: UUID | None) -> int:
    """The bytes of a person's images, those on the way included."""
    statement = select(func.coalesce(func.sum(Media.size), 0)).where(Media.owner_id == owner_id)
    return int(session.scalar(statement) or 0)
