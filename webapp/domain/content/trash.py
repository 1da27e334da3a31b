"""The trash: entries that were deleted, kept for 30 days."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select

from webapp.domain.content.content_types import TYPES
from webapp.domain.content.editing import arrange, check_expected, check_key_is_free, key_of
from webapp.domain.content.models import Edition, Entry
from webapp.domain.content.policy import may_edit, may_see_drafts
from webapp.domain.content.queries import get_entry
from webapp.domain.content.rows import dialect_of, fetch, present, with_columns
from webapp.domain.content.views import EntryView
from webapp.kernel.errors import NotFound
from webapp.kernel.paging import Page, PageRequest, SortKey, count, cut, window
from webapp.kernel.work import Work, require

KEPT_FOR = timedelta(days=30)

_DELETED = (
    SortKey(Entry.deleted_at, lambda row: row.deleted_at),
    SortKey(Entry.id, lambda row: row.entry_id),
)


@dataclass(frozen=True, slots=True)
class TrashedEntry:
    """An entry in the trash, in its latest state, and until when it can be restored."""

    entry: EntryView
    deleted_at: datetime
    deleted_by: UUID | None
    kept_until: datetime


def list_trash(work: Work, request: PageRequest, *, type_name: str | None = None) -> Page[TrashedEntry]:
    """What can be restored, of one type or all, what was deleted last being first."""
    require(work.actor, may_see_drafts(work.actor))
    found = select(Entry.id).where(Entry.deleted_at > work.now - KEPT_FOR)
    if type_name is not None:
        found = found.where(Entry.type == type_name)
    latest = select(Edition.id).where(Edition.number == Entry.latest_number, Entry.id.in_(found))
    columns = with_columns(latest, draft=True, dialect=dialect_of(work))
    columns = columns.add_columns(Entry.deleted_at, Entry.deleted_by)
    rows = fetch(work, window(columns, request, _DELETED, descending=True))
    page = cut(rows, count(work.session, found, request), request, _DELETED)
    views = present(work, page.data, draft=True)
    data = [
        TrashedEntry(view, row.deleted_at, row.deleted_by, row.deleted_at + KEPT_FOR)
        for view, row in zip(views, page.data, strict=True)
    ]
    return replace(page, data=data)


def restore_entry(work: Work, entry_id: int, *, expected: Container[str] | None = None) -> EntryView:
    """Take an entry out of the trash, shown again as it was. Raises NotFound, Stale, Conflict."""
    require(work.actor, may_edit(work.actor))
    entry = _locked(work, entry_id)
    check_expected(work, entry, expected)
    content_type = TYPES[entry.type]
    if entry.key is not None:
        check_key_is_free(work, content_type, entry.key)
    entry.deleted_at = entry.deleted_by = None
    arrange(work, entry, entry.standing.settled(work.now))
    return get_entry(work, content_type, key_of(entry), draft=True)


def delete_for_good(work: Work, entry_id: int, *, expected: Container[str] | None = None) -> None:
    """Delete an entry that is in the trash, with its history. Raises NotFound, Stale."""
    require(work.actor, may_edit(work.actor))
    entry = _locked(work, entry_id)
    check_expected(work, entry, expected)
    work.session.delete(entry)
    work.session.flush()


def empty_expired(work: Work) -> int:
    """Delete what has been in the trash for longer than it is kept; answers how many entries."""
    statement = delete(Entry).where(Entry.deleted_at <= work.now - KEPT_FOR).returning(Entry.id)
    options = {"synchronize_session": False}
    return len(work.session.scalars(statement, execution_options=options).all())


def _locked(work: Work, entry_id: int) -> Entry:
    statement = select(Entry).where(Entry.id == entry_id, Entry.deleted_at > work.now - KEPT_FOR)
    entry = work.session.scalar(statement.with_for_update().execution_options(populate_existing=True))
    if entry is None:
        raise NotFound("This is not in the trash.")
    return entry
