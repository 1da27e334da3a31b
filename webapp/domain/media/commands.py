"""What is done with images once they are there."""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select

from webapp.domain.audit.events import named, record
from webapp.domain.jobs.commands import enqueue
from webapp.domain.media.keys import PERSONAL, incoming_key
from webapp.domain.media.models import ALT_TEXT_MAX, Media, MediaState
from webapp.domain.media.queries import get_media
from webapp.kernel.errors import FieldError, Invalid
from webapp.kernel.work import Work, check_unchanged


def update_media(
    work: Work, object_key: str, changes: Mapping[str, Any], *, expected: Container[str] | None = None
) -> Media:
    """Change the ``alt_text`` or the focal point (``focal_x``, ``focal_y``: 0 to 1) of an image.

    Raises NotFound, Stale, Invalid.
    """
    media = get_media(work, object_key, lock=True)
    check_unchanged(media.tag, expected)
    errors = [
        FieldError(f"/{name}", "Must be from 0 to 1.", "out_of_range")
        for name in ("focal_x", "focal_y")
        if not 0 <= changes.get(name, 0) <= 1
    ]
    if len(changes.get("alt_text", "")) > ALT_TEXT_MAX:
        errors.append(FieldError("/alt_text", f"Must have at most {ALT_TEXT_MAX} characters.", "too_long"))
    if errors:
        raise Invalid(errors)
    if "alt_text" in changes:
        media.alt_text = changes["alt_text"].strip()
    for name in ("focal_x", "focal_y"):
        if name in changes:
            setattr(media, name, round(changes[name], 3))
    media.updated_at = work.now
    work.session.flush()
    record(work, "media.update", media.id, named(changes))
    return media


def delete_media(work: Work, object_key: str, *, expected: Container[str] | None = None) -> None:
    """Delete an image for good; its files go after the commit. Raises NotFound, Stale."""
    media = get_media(work, object_key, lock=True)
    check_unchanged(media.tag, expected)
    remove(work, media)


def replace_avatars(work: Work, owner_id: UUID, kept: Media) -> None:
    """Delete the pictures of themselves that a person had before ``kept``."""
    earlier = select(Media).where(
        Media.owner_id == owner_id, Media.category == kept.category, Media.id != kept.id
    )
    for media in work.session.scalars(earlier):
        remove(work, media)


def forget_pictures(work: Work, owner_id: UUID) -> None:
    """Delete the images that go with a person: those of themselves, of their cards, and unfinished ones."""
    theirs = select(Media).where(
        Media.owner_id == owner_id, Media.category.in_(PERSONAL) | (Media.state == MediaState.PENDING)
    )
    for media in work.session.scalars(theirs).all():
        remove(work, media)


def remove(work: Work, media: Media) -> None:
    """Forget an image, and have its files removed."""
    keys = [media.object_key, incoming_key(media.id, media.source_type)]
    work.session.delete(media)
    work.session.flush()
    record(work, "media.delete", media.id, {"object_key": (media.object_key, None)})
    enqueue(work, "media.remove", {"keys": keys})
