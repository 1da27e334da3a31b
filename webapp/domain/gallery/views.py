"""A design as one reader is shown it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select

from webapp.domain.content.lifecycle import Status
from webapp.domain.content.views import EntryView
from webapp.domain.gallery.models import Design, Favorite
from webapp.domain.media.models import Media, MediaState
from webapp.kernel.work import Work

PUBLISHED, DRAFT, ARCHIVED = "published", "draft", "archived"
STATUSES = (PUBLISHED, DRAFT, ARCHIVED)


@dataclass(frozen=True, slots=True)
class DesignView:
    """An entry with its image and its numbers; ``image`` is None where there is none under its key."""

    entry: EntryView
    view_count: int
    like_count: int
    image: Media | None
    is_favorited: bool

    @property
    def status(self) -> str:
        return status_of(self.entry)

    @property
    def tag(self) -> str:
        """The entity tag of its state; the counters are no part of it, the reader's favourite is."""
        return f"{self.entry.tag}.favorite" if self.is_favorited else self.entry.tag


def status_of(entry: EntryView) -> str:
    """GALLERY's word for how an entry stands."""
    if entry.status is not Status.DRAFT:
        return PUBLISHED
    return ARCHIVED if entry.document.get("archived") else DRAFT


def design_views(work: Work, entries: Iterable[EntryView]) -> list[DesignView]:
    """Entries with all that is shown of designs; three statements, however many there are."""
    entries = list(entries)
    ids = [entry.entry_id for entry in entries]
    keys = {entry.document["r2_object_key"] for entry in entries}
    numbers = {row.id: row for row in work.session.execute(select(*COUNTED).where(Design.id.in_(ids)))}
    ready = select(Media).where(Media.object_key.in_(keys), Media.state == MediaState.READY)
    images = {media.object_key: media for media in work.session.scalars(ready)}
    own = select(Favorite.design_id).where(Favorite.user_id == work.actor.id, Favorite.design_id.in_(ids))
    favorites = set(work.session.scalars(own)) if work.actor.id else set()
    return [
        DesignView(
            entry=entry,
            view_count=numbers[entry.entry_id].view_count,
            like_count=numbers[entry.entry_id].like_count,
            image=images.get(entry.document["r2_object_key"]),
            is_favorited=entry.entry_id in favorites,
        )
        for entry in entries
    ]


COUNTED = (Design.id, Design.view_count, Design.like_count)
