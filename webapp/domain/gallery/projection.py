"""Keeping the rows by which designs are listed in step with their editions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select, update

from webapp.domain.content.content_types import DESIGN, LINE_MAX
from webapp.domain.content.models import Edition, Entry
from webapp.domain.content.projections import keep_projection
from webapp.domain.gallery.models import FACETS, Design, DesignEdition
from webapp.domain.media.models import Media
from webapp.kernel.cache_groups import FACETS_OF_DESIGNS
from webapp.kernel.text import fold
from webapp.kernel.work import Work


class DesignRows:
    """The projection of designs."""

    def add(self, work: Work, entry: Entry, edition: Edition, document: Mapping[str, Any]) -> None:
        design = work.session.get(Design, entry.id, populate_existing=True)
        if design is None:
            design = Design(id=entry.id, view_count=0, like_count=0, position=0)
            work.session.add(design)
            work.session.flush()
        key = document["r2_object_key"]
        row = DesignEdition(
            edition_id=edition.id,
            design_id=entry.id,
            **_window(edition),
            is_archived=bool(document.get("archived")),
            headline=edition.headline,
            media_id=work.session.scalar(select(Media.id).where(Media.object_key == key)),
            **{name: word(document.get(name)) for name in FACETS},
            rank=max(design.position, 1) if document.get("featured") else 0,
            view_count=design.view_count,
            like_count=design.like_count,
        )
        work.session.add(row)
        work.session.flush()
        work.outdate(FACETS_OF_DESIGNS)

    def show(self, work: Work, edition: Edition) -> None:
        row = update(DesignEdition).where(DesignEdition.edition_id == edition.id)
        work.session.execute(row.values(**_window(edition)))
        work.outdate(FACETS_OF_DESIGNS)

    def remove(self, work: Work, edition: Edition) -> None:
        work.outdate(FACETS_OF_DESIGNS)


def word(text: str | None) -> str | None:
    """A word as it is filtered by: spellings that differ by case are one. None for no word."""
    return fold(text or "")[:LINE_MAX] or None


def _window(edition: Edition) -> dict[str, Any]:
    return {
        "is_latest": edition.is_latest,
        "live_from": edition.live_from,
        "live_until": edition.live_until,
    }


keep_projection(DESIGN.name, DesignRows())
