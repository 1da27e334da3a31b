"""What is done with images once they are there."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from webapp.domain.audit.events import named, record
from webapp.domain.jobs.commands import enqueue
from webapp.domain.media.keys import AVATARS, PERSONAL, incoming_key
from webapp.domain.media.models import ALT_TEXT_MAX, TAG_MAX, TAGS_MAX, Media, MediaState
from webapp.domain.media.queries import get_media
from webapp.domain.media.uses import uses_of
from webapp.kernel.errors import Conflict, DomainError, FieldError, Invalid, refuse
from webapp.kernel.text import fold
from webapp.kernel.work import Work, check_unchanged


def update_media(
    work: Work, object_key: str, changes: Mapping[str, Any], *, expected: Container[str] | None = None
) -> Media:
    """Change an image's ``alt_text``, ``tags`` or focal point (``focal_x``, ``focal_y``: 0 to 1).

    Raises NotFound, Stale, Invalid.
    """
    media = get_media(work, object_key, lock=True)
    check_unchanged(media.tag, expected)
    for name, value in read_said(changes).items():
        setattr(media, name, value)
    media.updated_at = work.now
    work.session.flush()
    record(work, "media.update", media.id, named(changes))
    return media


def read_said(changes: Mapping[str, Any]) -> dict[str, Any]:
    """What is said of an image, by the columns that keep it. Raises Invalid."""
    errors = [
        FieldError(f"/{name}", "Must be from 0 to 1.", "out_of_range")
        for name in ("focal_x", "focal_y")
        if not 0 <= changes.get(name, 0) <= 1
    ]
    if len(changes.get("alt_text", "")) > ALT_TEXT_MAX:
        errors.append(FieldError("/alt_text", f"Must have at most {ALT_TEXT_MAX} characters.", "too_long"))
    refuse([*errors, *_tag_errors(changes.get("tags", []))])
    values: dict[str, Any] = {}
    if "tags" in changes:
        values["tags"] = sorted({fold(name) for name in changes["tags"]})
    if "alt_text" in changes:
        values["alt_text"] = changes["alt_text"].strip()
    return values | {name: round(changes[name], 3) for name in ("focal_x", "focal_y") if name in changes}


def _tag_errors(names: list[str]) -> list[FieldError]:
    errors = [
        FieldError(f"/tags/{number}", f"Must have 1 to {TAG_MAX} characters.", "out_of_range")
        for number, name in enumerate(names)
        if not 0 < len(fold(name)) <= TAG_MAX
    ]
    if len(names) > TAGS_MAX:
        errors.append(FieldError("/tags", f"Must have at most {TAGS_MAX} entries.", "too_long"))
    return errors


USES_TOLD = 20
"""How many of the things that an image is in are named."""


@dataclass(frozen=True, slots=True)
class MediaResult:
    """What became of one of many images; ``error`` is None where the action was done."""

    object_key: str
    error: DomainError | None = None


def act_on_media(
    work: Work, action: str, object_keys: Sequence[str], tags: Sequence[str] = ()
) -> list[MediaResult]:
    """``tag``, ``untag`` or ``delete`` many images; what fails is told by image. Raises Invalid."""
    if action in ("tag", "untag") and (errors := _tag_errors(list(tags))):
        raise Invalid(errors)
    return [_act(work, action, key, {fold(name) for name in tags}) for key in sorted(set(object_keys))]


def _act(work: Work, action: str, key: str, tags: set[str]) -> MediaResult:
    try:
        with work.session.begin_nested():
            if action == "delete":
                delete_media(work, key)
            else:
                there = set(get_media(work, key, lock=True).tags)
                update_media(work, key, {"tags": list(there | tags if action == "tag" else there - tags)})
    except DomainError as error:
        return MediaResult(key, error)
    return MediaResult(key)


def delete_media(
    work: Work, object_key: str, *, expected: Container[str] | None = None, even_if_used: bool = True
) -> None:
    """Delete an image for good; its files go after the commit.

    Raises NotFound, Stale; Conflict (``image_in_use``) with what it is in unless ``even_if_used``.
    """
    media = get_media(work, object_key, lock=True)
    check_unchanged(media.tag, expected)
    if not even_if_used:
        _check_unused(work, media)
    remove(work, media)


def _check_unused(work: Work, media: Media) -> None:
    """What is in the trash, or the person's own picture, holds nothing fast. Only editors are told names."""
    me = ("user", str(work.actor.id))
    found = uses_of(work.session, media.object_key)
    found = [use for use in found if not use.in_trash and (use.kind, use.id) != me]
    if not found:
        return
    errors = [
        FieldError("/path/object_key", f"{use.kind} {use.id}: {use.label}", "in_use")
        for use in found[:USES_TOLD]
    ]
    detail = f"The image is in use, by {len(found)} in all: {', '.join(sorted({use.kind for use in found}))}."
    raise Conflict(detail, code="image_in_use", errors=errors if work.actor.is_editor else ())


def replace_avatars(work: Work, owner_id: UUID, kept: Media | None) -> None:
    """Delete the pictures of themselves that a person had before ``kept``, or all of them."""
    theirs = select(Media).where(Media.owner_id == owner_id, Media.category == AVATARS)
    for media in work.session.scalars(theirs).all():
        if kept is None or media.id != kept.id:
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
