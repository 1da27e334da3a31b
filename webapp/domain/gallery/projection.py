"""Keeping the rows by which designs are listed in step with their editions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, insert, select, update

from webapp.domain.content.content_types import DESIGN, LINE_MAX
from webapp.domain.content.projections import Addition, Shown, keep_projection
from webapp.domain.gallery.models import FACETS, Design, DesignEdition
from webapp.domain.media.models import Media
from webapp.kernel.cache_groups import FACETS_OF_DESIGNS
from webapp.kernel.text import fold
from webapp.kernel.work import Work


class DesignRows:
    """The projection of designs."""

    def add(self, work: Work, additions: Sequence[Addition]) -> None:
        work.session.flush()
        designs = _designs(work, {each.entry_id for each in additions})
        media = _media_ids(work, {each.document["r2_object_key"] for each in additions})
        rows = [
            {
                "edition_id": each.shown.edition_id,
                "design_id": each.entry_id,
                **each.shown.values,
                "is_archived": bool(each.document.get("archived")),
                "headline": each.headline,
                "media_id": media.get(each.document["r2_object_key"]),
                **{name: word(each.document.get(name)) for name in FACETS},
                "rank": max(designs[each.entry_id].position, 1) if each.document.get("featured") else 0,
                "view_count": designs[each.entry_id].view_count,
                "like_count": designs[each.entry_id].like_count,
            }
            for each in additions
        ]
        work.session.connection().execute(insert(DesignEdition), rows)
        work.outdate(FACETS_OF_DESIGNS)

    def show(self, work: Work, editions: Sequence[Shown]) -> None:
        names: dict[str, Any] = {name: bindparam(name) for name in Shown.names}
        row = update(DesignEdition).where(DesignEdition.edition_id == bindparam("edition")).values(**names)
        values = [{"edition": each.edition_id, **each.values} for each in editions]
        work.session.connection().execute(row, values)
        work.outdate(FACETS_OF_DESIGNS)

    def remove(self, work: Work, edition_ids: Sequence[int]) -> None:
        work.outdate(FACETS_OF_DESIGNS)


def _designs(work: Work, entry_ids: set[int]) -> dict[int, Design]:
    """The designs of some entries; those that are missing are made."""
    statement = select(Design).where(Design.id.in_(entry_ids)).execution_options(populate_existing=True)
    found = {design.id: design for design in work.session.scalars(statement)}
    for entry_id in sorted(entry_ids - found.keys()):
        found[entry_id] = Design(id=entry_id, view_count=0, like_count=0, position=0)
        work.session.add(found[entry_id])
    work.session.flush()
    return found


def _media_ids(work: Work, keys: Iterable[str]) -> dict[str, UUID]:
    statement = select(Media.object_key, Media.id).where(Media.object_key.in_(keys))
    return dict(work.session.execute(statement).all())


def word(text: str | None) -> str | None:
    """A word as it is filtered by: spellings that differ by case are one. None for no word."""
    return fold(text or "")[:LINE_MAX] or None


keep_projection(DESIGN.name, DesignRows())
