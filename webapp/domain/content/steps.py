"""What many changes of entries have in common once the entries are written: revisions, editions, tags.

A few statements for hundreds of entries, past the mapper.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update

from webapp.domain.content.content_types import ContentType
from webapp.domain.content.lifecycle import Standing, Window
from webapp.domain.content.models import ContentRevision, Edition, EditionTag, Entry
from webapp.domain.content.projections import (
    Addition,
    Shown,
    add_to_projection,
    remove_from_projection,
    show_in_projection,
)
from webapp.kernel.db import reserve_ids
from webapp.kernel.text import fold
from webapp.kernel.work import Work


@dataclass(slots=True)
class NewRevision:
    """A state that is saved; ``search`` is what its edition is found by."""

    number: int
    document: Mapping[str, Any]
    tags: Sequence[str]
    search: Mapping[str, str]
    saved_at: datetime
    message: str | None = None


@dataclass(slots=True)
class Step:
    """One entry on its way: which of its revisions may be read from now on, and its new revisions. The others
    that may be read have editions already."""

    entry_id: int
    windows: Mapping[int, Window]
    revisions: Sequence[NewRevision] = ()
    is_new: bool = False


def take_steps(work: Work, content_type: ContentType, steps: Sequence[Step], tags: Mapping[str, int]) -> None:
    """Save the new revisions of entries that are written, and let be read what is to be. ``tags`` are the ids
    of all their tags by the folded names."""
    _add_revisions(work, steps)
    _arrange(work, content_type, [step for step in steps if not step.is_new])
    _add_editions(work, content_type, steps, tags)


def let_stand(work: Work, standings: Mapping[int, Standing], **values: Any) -> None:
    """Let entries that are there, by their numbers, stand as said from now on; each gets ``values`` too."""
    rows = [{"entry": entry_id, **standing.columns} for entry_id, standing in standings.items()]
    columns: dict[str, Any] = {name: bindparam(name) for name in rows[0] if name != "entry"}
    columns |= {"version": Entry.version + 1, "updated_at": work.now, **values}
    run(work, update(Entry).where(Entry.id == bindparam("entry")).values(**columns), rows)
    unscheduled = [id_ for id_, each in standings.items() if each.publish_at is each.unpublish_at is None]
    run(work, update(Entry).where(Entry.id.in_(unscheduled)).values(time_zone=None))


def _add_revisions(work: Work, steps: Iterable[Step]) -> None:
    rows = [
        {
            "entry_id": step.entry_id,
            "number": revision.number,
            "document": revision.document,
            "tags": revision.tags,
            "message": revision.message,
            "author_id": work.actor.id,
            "created_at": revision.saved_at,
        }
        for step in steps
        for revision in step.revisions
    ]
    if rows:
        run(work, insert(ContentRevision), rows)


def _arrange(work: Work, content_type: ContentType, steps: Sequence[Step]) -> None:
    """Let editions that stay be read as they are to be, and delete the others."""
    if not steps:
        return
    windows = {step.entry_id: step.windows for step in steps}
    statement = select(Edition.id, Edition.entry_id, Edition.number).where(Edition.entry_id.in_(windows))
    found = [(row.id, windows[row.entry_id].get(row.number)) for row in run(work, statement)]
    stay = [Shown(edition_id, window) for edition_id, window in found if window is not None]
    if stay:
        values: dict[str, Any] = {name: bindparam(name) for name in Shown.names}
        shown = update(Edition).where(Edition.id == bindparam("edition")).values(**values)
        run(work, shown, [{"edition": each.edition_id, **each.values} for each in stay])
        show_in_projection(work, content_type.name, stay)
    if gone := [edition_id for edition_id, window in found if window is None]:
        remove_from_projection(work, content_type.name, gone)
        run(work, delete(Edition).where(Edition.id.in_(gone)))


def _add_editions(
    work: Work, content_type: ContentType, steps: Iterable[Step], tags: Mapping[str, int]
) -> None:
    """An edition, with its tags, for each new revision that somebody may read."""
    new = [
        (step.entry_id, revision, window)
        for step in steps
        for revision in step.revisions
        if (window := step.windows.get(revision.number)) is not None
    ]
    if not new:
        return
    ids = reserve_ids(work.session, Edition, len(new))
    rows, additions, links = [], [], []
    for (entry_id, revision, window), edition_id in zip(new, ids, strict=True):
        own = {"id": edition_id, "entry_id": entry_id, "number": revision.number, "type": content_type.name}
        rows.append({**own, "updated_at": revision.saved_at, **revision.search, **window.columns})
        shown, headline = Shown(edition_id, window), revision.search["headline"]
        additions.append(Addition(shown, entry_id, headline, revision.document))
        names = dict.fromkeys(fold(name) for name in revision.tags)
        links += [
            {"edition_id": edition_id, "tag_id": tags[name], "entry_id": entry_id, "position": position}
            for position, name in enumerate(names)
        ]
    run(work, insert(Edition), rows)
    add_to_projection(work, content_type.name, additions)
    if links:
        run(work, insert(EditionTag), links)


def run(work: Work, statement: Any, rows: Any = None) -> Any:
    """Execute a statement, or one for each of some rows."""
    return work.session.connection().execute(statement, rows)
