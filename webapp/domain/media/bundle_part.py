"""Images in a bundle: which files belong to it, what was said of them, and the files where it has them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID

from sqlalchemy import select

from webapp.domain.bundles.records import Item
from webapp.domain.bundles.registry import Part, add_part
from webapp.domain.media.colors import points_of
from webapp.domain.media.commands import update_media
from webapp.domain.media.keys import ENDINGS, PERSONAL
from webapp.domain.media.models import Media, MediaState
from webapp.domain.media.queries import find_ready
from webapp.domain.media.uploads import finish_upload, plain_name
from webapp.domain.media.uses import KEY
from webapp.kernel.clock import parse_rfc3339, rfc3339
from webapp.kernel.db import is_storable
from webapp.kernel.errors import FieldError, Invalid
from webapp.kernel.work import Work
from webapp.ports import Picture, Ports

FILE = ("category", "filename", "source_type", "size", "width", "height", "content_hash")
SAID = ("alt_text", "tags", "focal_x", "focal_y")


def _item(media: Media) -> Item:
    record = {name: getattr(media, name) for name in (*FILE, *SAID)}
    return Item(media.object_key, {**record, "created_at": rfc3339(media.created_at)}, media.updated_at)


def dump(work: Work) -> Iterator[Item]:
    """All images but those of people."""
    ready = select(Media).where(Media.state == MediaState.READY, Media.category.not_in(PERSONAL))
    return (_item(media) for media in work.session.scalars(ready.order_by(Media.object_key)).all())


def find(work: Work, key: str) -> Item | None:
    media = find_ready(work.session, key) if is_storable(key) else None
    return None if media is None else _item(media)


def save(work: Work, item: Item) -> None:
    """What was said of an image whose file is here."""
    update_media(work, item.key, {name: item.record[name] for name in SAID if name in item.record})


class ImageFiles:
    """The files of images: kept byte by byte, once they were read as what they say they are."""

    def look_at(self, ports: Ports, item: Item, data: bytes) -> Picture:
        if not KEY.fullmatch(item.key) or item.key.split("/")[0] in PERSONAL:
            raise _wrong("Not the key of an image.")
        picture = replace(ports.images.keep([data]), data=b"")
        is_like = (item.record.get("width"), item.record.get("height")) == (picture.width, picture.height)
        if not is_like or item.record.get("size") != len(data) or _ending(picture) != item.key[-4:]:
            raise _wrong("Its file is another image.")
        return picture

    def make(self, work: Work, item: Item, found: Picture) -> None:
        record = item.record
        if record["source_type"] not in ENDINGS or record["category"] != item.key.split("/")[0]:
            raise _wrong("Its file is another image.")
        media = Media(
            id=UUID(item.key.rpartition("_")[2].partition(".")[0]),
            object_key=item.key,
            owner_id=work.actor.id,
            category=record["category"],
            filename=plain_name(record["filename"]),
            source_type=record["source_type"],
            content_hash=record["content_hash"],
            size=record["size"],
            width=found.width,
            height=found.height,
            placeholder=found.placeholder,
            colors=found.colors,
            color_points=points_of(found.colors),
            created_at=parse_rfc3339(record["created_at"]),
            updated_at=work.now,
        )
        work.session.add(media)
        finish_upload(work, media)
        save(work, item)


def _ending(picture: Picture) -> str:
    return f".{picture.ending}"[-4:]


def _wrong(detail: str) -> Invalid:
    return Invalid([FieldError("/file", detail, "invalid")])


add_part(15, Part("media", "Images", dump, find, save, creates=False, files=ImageFiles()))
