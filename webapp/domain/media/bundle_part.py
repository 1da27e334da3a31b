"""The list of images in a bundle: which files belong to it, and what was said of them, without files."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from webapp.domain.bundles.registry import Item, Part, add_part
from webapp.domain.media.commands import update_media
from webapp.domain.media.keys import PERSONAL
from webapp.domain.media.models import Media, MediaState
from webapp.domain.media.queries import find_ready
from webapp.kernel.db import is_storable
from webapp.kernel.work import Work

FILE = ("category", "size", "width", "height", "content_hash")
SAID = ("alt_text", "focal_x", "focal_y")


def _item(media: Media) -> Item:
    return Item(media.object_key, {name: getattr(media, name) for name in (*FILE, *SAID)}, media.updated_at)


def dump(work: Work) -> Iterator[Item]:
    """All images but those of people."""
    ready = select(Media).where(Media.state == MediaState.READY, Media.category.not_in(PERSONAL))
    return (_item(media) for media in work.session.scalars(ready.order_by(Media.object_key)).all())


def find(work: Work, key: str) -> Item | None:
    media = find_ready(work.session, key) if is_storable(key) else None
    return None if media is None else _item(media)


def save(work: Work, item: Item) -> None:
    """What was said of an image whose file is here."""
    update_media(work, item.key, {name: item.record[name] for name in SAID})


add_part(15, Part("media", "Images", dump, find, save, creates=False))
