"""Taking images in, through this server or straight to storage.

An upload is announced in the database first (``pending``, counted against the quota), then its file is
stored, then it is ``ready``: whatever dies in between leaves a row by which the rest is found and removed.
Nothing slow happens while the database is held, so commands are given ``go_on``, which commits what was
done so far and answers fresh work.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import PurePosixPath

from webapp.domain.audit.events import record
from webapp.domain.jobs.commands import enqueue
from webapp.domain.media.colors import points_of
from webapp.domain.media.keys import ENDINGS, incoming_key, kept_ending, object_key
from webapp.domain.media.models import NAME_MAX, Media, MediaState
from webapp.domain.media.policy import has_quota, may_upload
from webapp.domain.media.queries import find_duplicate, get_media, used_bytes
from webapp.kernel.db import is_storable, lock, new_uuid
from webapp.kernel.errors import Conflict, DomainError, FieldError, Invalid, NotFound, Unsupported
from webapp.kernel.work import Work, require
from webapp.ports import DirectUpload, Picture, Ports

EXPIRES_IN = 900
"""Seconds in which a file must be sent that was agreed on."""

LATE = timedelta(hours=1)
"""After this, no storage still finishes a call that we have given up."""

GoOn = Callable[[], Work]


@dataclass(frozen=True, slots=True)
class UploadLimits:
    """Bytes: of one file, and of all that one person may keep."""

    file_size: int
    quota: int


@dataclass(frozen=True, slots=True)
class Announced:
    """What people say of an image before it is looked at."""

    category: str
    filename: str = ""
    alt_text: str = ""


def upload_image(
    work: Work, go_on: GoOn, ports: Ports, file: Iterable[bytes], announced: Announced, limits: UploadLimits
) -> tuple[Media, bool]:
    """Keep an image; answers it and whether it is new, since the same image is kept once.

    Raises Invalid for what is no image, Conflict (``quota_exceeded``), Unavailable.
    """
    require(work.actor, may_upload(work.actor, announced.category))
    return keep_picture(work, go_on, ports, ports.images.keep(file), announced, limits)


def keep_picture(
    work: Work, go_on: GoOn, ports: Ports, picture: Picture, announced: Announced, limits: UploadLimits
) -> tuple[Media, bool]:
    """Keep a picture that was looked at, or that we drew. Answers and raises as ``upload_image``."""
    require(work.actor, may_upload(work.actor, announced.category))
    media, is_new = _reserve(work, announced, picture, limits)
    if not is_new:
        return media, False
    key = media.object_key
    work = go_on()
    with _undone((DomainError,), lambda: _take_back(work, key)):
        ports.storage.put(key, io.BytesIO(picture.data))
    return finish_upload(work, get_media(work, key, lock=True)), True


@dataclass(frozen=True, slots=True)
class UploadOutcome:
    """What became of one of several files; ``error`` is None when it is kept."""

    filename: str
    object_key: str | None = None
    error: DomainError | None = None


def upload_images(
    work: Work,
    go_on: GoOn,
    ports: Ports,
    files: Iterable[tuple[str, Iterable[bytes]]],
    announced: Announced,
    limits: UploadLimits,
) -> list[UploadOutcome]:
    """Keep several images, each by its own name; each stands for itself, and errors come back by file."""
    outcomes = []
    for filename, file in files:
        name = plain_name(filename)
        try:
            one = replace(announced, filename=name)
            media, _ = upload_image(work, go_on, ports, file, one, limits)
            outcomes.append(UploadOutcome(name, media.object_key))
        except DomainError as error:
            outcomes.append(UploadOutcome(name, error=error))
        work = go_on()
    return outcomes


def agree_on_upload(
    work: Work, ports: Ports, announced: Announced, sent: tuple[str, int, str], limits: UploadLimits
) -> tuple[Media, DirectUpload]:
    """Let a file of one media type and size be ``sent`` straight to storage by ``PUT`` or ``POST``.

    It is looked at when :func:`confirm_upload` is told of it. Raises Invalid, Conflict.
    """
    require(work.actor, may_upload(work.actor, announced.category))
    content_type, size, method = sent
    errors = []
    if content_type not in ENDINGS:
        errors.append(FieldError("/query/content_type", f"One of {', '.join(ENDINGS)}.", "invalid_choice"))
    if not 0 < size <= limits.file_size:
        errors.append(FieldError("/query/size", f"From 1 to {limits.file_size} bytes.", "out_of_range"))
    if errors:
        raise Invalid(errors)
    media = _new_media(work, announced, content_type, kept_ending(content_type), size)
    _add_within_quota(work, media, limits)
    presign = ports.storage.presigned_post if method == "POST" else ports.storage.presigned_put
    return media, presign(incoming_key(media.id, content_type), size, EXPIRES_IN)


def confirm_upload(work: Work, go_on: GoOn, ports: Ports, key: str, limits: UploadLimits) -> Media:
    """Look at what has arrived for a pending image and keep it. Confirming again changes nothing.

    Raises Conflict (``upload_missing``) while nothing has arrived; Invalid for anything else than was
    agreed on and Conflict (``quota_exceeded``) where it is kept in too many bytes, and forgets it then.
    """
    media = get_media(work, key)
    if media.is_ready:
        return media
    incoming, agreed_type, agreed_size = (
        incoming_key(media.id, media.source_type),
        media.source_type,
        media.size,
    )
    work = go_on()
    with _undone((Invalid, Unsupported), lambda: _take_back(work, key)):
        picture = _look_at(ports, incoming, agreed_type, agreed_size)
        ports.storage.put(key, io.BytesIO(picture.data))
    media = get_media(work, key, lock=True)
    if not media.is_ready:
        with _undone((Conflict,), lambda: _take_back(work, key)):
            _check_quota(work, len(picture.data) - media.size, limits)
        _describe(media, picture)
        finish_upload(work, media)
    enqueue(work, "media.remove", {"keys": [incoming]}, key=f"media.remove {incoming}")
    return media


# --- the parts ------------------------------------------------------------------------------


def _reserve(work: Work, announced: Announced, picture: Picture, limits: UploadLimits) -> tuple[Media, bool]:
    lock(work.session, f"media of {work.actor.id}")
    same = find_duplicate(work.session, work.actor.id, announced.category, picture.content_hash)
    if same is not None:
        return same, False
    media = _new_media(work, announced, picture.source_type, picture.ending, len(picture.data))
    _describe(media, picture)
    _add_within_quota(work, media, limits)
    return media, True


def _new_media(work: Work, announced: Announced, source_type: str, ending: str, size: int) -> Media:
    media_id = new_uuid()
    return Media(
        id=media_id,
        object_key=object_key(announced.category, ending, media_id, work.now),
        owner_id=work.actor.id,
        category=announced.category,
        filename=plain_name(announced.filename),
        alt_text=announced.alt_text.strip(),
        source_type=source_type,
        size=size,
        created_at=work.now,
        updated_at=work.now,
    )


def _add_within_quota(work: Work, media: Media, limits: UploadLimits) -> None:
    """Add a row for an image. One at a time for each person, so that many at once cannot exceed the quota."""
    _check_quota(work, media.size, limits)
    work.session.add(media)
    work.session.flush()
    record(work, "media.announce", media.id, {"object_key": (None, media.object_key)})


def _check_quota(work: Work, more: int, limits: UploadLimits) -> None:
    """Raise Conflict unless a person may keep so many ``more`` bytes of files as we write them."""
    lock(work.session, f"media of {work.actor.id}")
    if has_quota(work.actor) and used_bytes(work.session, work.actor.id) + more > limits.quota:
        detail = f"This would be more than the {limits.quota} bytes that you may keep."
        raise Conflict(detail, code="quota_exceeded")


def _describe(media: Media, picture: Picture) -> None:
    media.content_hash, media.size = picture.content_hash, len(picture.data)
    media.width, media.height = picture.width, picture.height
    media.placeholder, media.colors = picture.placeholder, picture.colors
    media.color_points = points_of(picture.colors)


def finish_upload(work: Work, media: Media) -> Media:
    """An image whose file is kept is there from now on; its variants are made by a job."""
    media.state = MediaState.READY
    media.updated_at = work.now
    work.session.flush()
    record(work, "media.create", media.id, {"object_key": (None, media.object_key)})
    enqueue(work, "media.make_variants", {"key": media.object_key}, key=f"media.make_variants {media.id}")
    return media


def _look_at(ports: Ports, incoming: str, agreed_type: str, agreed_size: int) -> Picture:
    try:
        arrived = ports.storage.stat(incoming)
    except NotFound as error:
        raise Conflict("The file has not arrived yet.", code="upload_missing") from error
    if arrived.size != agreed_size:
        raise Invalid([FieldError("/object_key", "Another size was agreed on.", "out_of_range")])
    picture = ports.images.keep(ports.storage.get(incoming))
    if picture.source_type != agreed_type:
        raise Invalid([FieldError("/object_key", f"The file is no {agreed_type}.", "wrong_type")])
    return picture


@contextmanager
def _undone(kinds: tuple[type[DomainError], ...], undo: Callable[[], None]) -> Iterator[None]:
    """Take the announcement back, and keep that, when the file cannot be kept."""
    try:
        yield
    except kinds as error:
        undo()
        error.keeps_work = True
        raise


def _take_back(work: Work, key: str) -> None:
    """Forget a pending image, and whatever has come of its file by then."""
    media = get_media(work, key, lock=True)
    if media.is_ready:
        return
    keys = [key, incoming_key(media.id, media.source_type)]
    work.session.delete(media)
    record(work, "media.abandon", media.id)
    enqueue(work, "media.remove", {"keys": keys}, run_at=work.now + LATE)
    enqueue(work, "media.remove", {"keys": keys})


def plain_name(filename: str) -> str:
    """The last part of a name as people may read it: no folders, no invisible signs."""
    name = PurePosixPath(filename.replace("\\", "/")).name
    return "".join(sign for sign in name if sign.isprintable() and is_storable(sign))[:NAME_MAX].strip()
