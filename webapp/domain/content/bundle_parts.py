"""Content in a bundle: kinds, tags, and the entries of each type."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from webapp.domain.bundles.records import Item
from webapp.domain.bundles.registry import Part, add_part
from webapp.domain.content.bundle_entries import Entries
from webapp.domain.content.bundle_tags import Tags
from webapp.domain.content.content_types import KIND_MAX, TYPES
from webapp.domain.content.kinds import create_kind, update_kind
from webapp.domain.content.models import Kind
from webapp.kernel.db import is_storable
from webapp.kernel.work import Work


def _kind(kind: Kind) -> Item:
    return Item(kind.name, {"label": kind.label, "schema": kind.schema}, kind.updated_at)


def dump_kinds(work: Work) -> Iterator[Item]:
    return (_kind(kind) for kind in work.session.scalars(select(Kind).order_by(Kind.name)).all())


def find_kind(work: Work, key: str) -> Item | None:
    kind = work.session.get(Kind, key) if len(key) <= KIND_MAX and is_storable(key) else None
    return None if kind is None else _kind(kind)


def save_kind(work: Work, item: Item) -> None:
    if find_kind(work, item.key) is None:
        create_kind(work, {"name": item.key, **item.record})
    else:
        update_kind(work, item.key, item.record)


add_part(30, Part("kinds", "Kinds", dump_kinds, find_kind, save_kind))
add_part(31, Tags())
for _order, _type in enumerate(TYPES.values(), 32):
    add_part(_order, Entries(_type))
