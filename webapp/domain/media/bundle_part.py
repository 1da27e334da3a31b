"""Images in a bundle: which files belong to it, what was said of them, and the files where it has them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select, update

from webapp.domain.audit.events import Happening, named, record_many
from webapp.domain.bundles.records import About, Action, Item, Plan
from webapp.domain.bundles.registry import add_part
from webapp.domain.jobs.commands import enqueue_many
from webapp.domain.media.colors import points_of
from webapp.domain.media.commands import read_said
from webapp.domain.media.keys import ENDINGS, PERSONAL
from webapp.domain.media.models import Media, MediaState
from webapp.domain.media.uploads import plain_name
from webapp.domain.media.uses import KEY
from webapp.kernel.clock import parse_rfc3339, rfc3339
from webapp.kernel.db import is_storable
from webapp.kernel.errors import Conflict, DomainError, FieldError, Invalid
from webapp.kernel.pieces import pieces
from webapp.kernel.work import Work
from webapp.ports import Picture, Ports

FILE = ("category", "filename", "source_type", "size", "width", "height", "content_hash")
SAID = ("alt_text", "tags", "focal_x", "focal_y")
SHA256 = re.compile("[0-9a-f]{64}")


@dataclass(slots=True)
class Write:
    """What is written of a record: a new image, or what is said of the one that is here."""

    new: Media | None = None
    said: dict[str, Any] = field(default_factory=dict)
    version: int | None = None
    """That of the image that is here."""


@dataclass(frozen=True, slots=True)
class Images:
    """The part of images, by the keys of their files: kept byte by byte, once they were read as what they say
    they are."""

    name: str = "media"
    label: str = "Images"

    def dump(self, work: Work) -> Iterator[Item]:
        """All images but those of people."""
        ready = select(Media).where(Media.state == MediaState.READY, Media.category.not_in(PERSONAL))
        return (_item(media) for media in work.session.scalars(ready.order_by(Media.object_key)).all())

    def look_at(self, ports: Ports, item: Item, data: bytes) -> Picture:
        if not KEY.fullmatch(item.key) or item.key.split("/")[0] in PERSONAL:
            raise _wrong("Not the key of an image.")
        picture = replace(ports.images.keep([data]), data=b"")
        is_like = (item.record.get("width"), item.record.get("height")) == (picture.width, picture.height)
        if not is_like or item.record.get("size") != len(data) or _ending(picture) != item.key[-4:]:
            raise _wrong("Its file is another image.")
        return picture

    def plan(self, work: Work, items: Iterable[Item], about: About) -> list[Plan]:
        plans, seen = [Plan(item) for item in items], set[str]()
        for piece in pieces(plans):
            here = _images(work, [plan.item.key for plan in piece])
            for plan in piece:
                with plan.refusing():
                    if plan.item.key in seen:
                        raise Conflict("It is in the bundle twice.")
                    seen.add(plan.item.key)
                    _plan(work, plan, here.get(plan.item.key), about)
        return plans

    def outdated(self, work: Work, plans: Sequence[Plan]) -> list[Plan]:
        versions: dict[str, int] = {}
        for keys in pieces(sorted(plan.item.key for plan in plans)):
            there = select(Media.object_key, Media.version).where(Media.object_key.in_(keys))
            there = there.order_by(Media.object_key).with_for_update()
            versions.update(work.session.execute(there).all())
        return [plan for plan in plans if versions.get(plan.item.key) != plan.state.version]

    def write(self, work: Work, plans: Sequence[Plan]) -> None:
        made: list[Media] = [plan.state.new for plan in plans if plan.action is Action.CREATE]
        work.session.add_all(made)
        work.session.flush()
        told = {media.id: {"object_key": (None, media.object_key)} for media in made}
        record_many(work, [Happening("media.create", media_id, key) for media_id, key in told.items()])
        enqueue_many(work, "media.make_variants", [{"key": media.object_key} for media in made])
        self._change(work, [plan.state.said for plan in plans if plan.action is Action.UPDATE])
        work.session.expire_all()

    def _change(self, work: Work, rows: Sequence[dict[str, Any]]) -> None:
        if not rows:
            return
        columns: dict[str, Any] = {name: bindparam(f"new_{name}") for name in SAID}
        columns |= {"version": Media.version + 1, "updated_at": work.now}
        changed = update(Media).where(Media.id == bindparam("image")).values(**columns)
        bound = [{"image": row["id"], **{f"new_{name}": row[name] for name in SAID}} for row in rows]
        work.session.connection().execute(changed, bound)
        record_many(work, [Happening("media.update", row["id"], named(SAID)) for row in rows])


def _item(media: Media) -> Item:
    record = {name: getattr(media, name) for name in (*FILE, *SAID)}
    return Item(media.object_key, {**record, "created_at": rfc3339(media.created_at)}, media.updated_at)


def _images(work: Work, keys: Iterable[str]) -> dict[str, Media]:
    """Images by their keys, also those whose files are on the way."""
    found = select(Media).where(Media.object_key.in_([key for key in keys if KEY.fullmatch(key)]))
    found = found.execution_options(populate_existing=True)
    return {media.object_key: media for media in work.session.scalars(found)}


def _plan(work: Work, plan: Plan, here: Media | None, about: About) -> None:
    record = plan.item.record
    if here is not None and not here.is_ready:
        raise Conflict("Here its file is still on the way.")
    plan.decide(None if here is None else _item(here), replace=about.replace)
    if here is None:
        found = about.files.get(plan.item.key)
        if found is None:
            plan.miss()
        elif isinstance(found, DomainError):
            raise found
        else:
            plan.state = Write(new=_new(work, plan.item, found))
    elif plan.is_written:
        kept = {name: getattr(here, name) for name in SAID}
        said = _said(record)
        plan.state = Write(said={"id": here.id, **kept, **said}, version=here.version)


def _new(work: Work, item: Item, found: Picture) -> Media:
    """An image whose file was looked at."""
    record = item.record
    if record["source_type"] not in ENDINGS or record["category"] != item.key.split("/")[0]:
        raise _wrong("Its file is another image.")
    if record["content_hash"] is not None and not SHA256.fullmatch(record["content_hash"]):
        raise _wrong("Its hash is none.")
    return Media(
        id=UUID(item.key.rpartition("_")[2].partition(".")[0]),
        object_key=item.key,
        owner_id=work.actor.id,
        category=record["category"],
        state=MediaState.READY,
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
        **_said(record),
    )


def _said(record: Mapping[str, Any]) -> dict[str, Any]:
    said = {name: record[name] for name in SAID if name in record}
    tags = said.get("tags", [])
    if not isinstance(tags, list) or not all(map(is_storable, (said.get("alt_text", ""), *tags))):
        raise ValueError("what is no text")
    return read_said(said)


def _ending(picture: Picture) -> str:
    return f".{picture.ending}"[-4:]


def _wrong(detail: str) -> Invalid:
    return Invalid([FieldError("/file", detail, "invalid")])


add_part(15, Images())
