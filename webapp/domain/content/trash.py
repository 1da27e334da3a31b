"""The trash: entries that were deleted, kept for 30 days."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, delete, select

from webapp.domain.audit.events import record
from webapp.domain.content.content_types import TYPES
from webapp.domain.content.editing import arrange, check_expected, check_key_is_free, key_of
from webapp.domain.content.models import Edition, Entry
from webapp.domain.content.policy import may_edit, may_see_drafts
from webapp.domain.content.queries import get_entry
from webapp.domain.content.records import record_entry
from webapp.domain.content.rows import dialect_of, fetch, present, with_columns
from webapp.domain.content.views import EntryView
from webapp.kernel.errors import NotFound
from webapp.kernel.paging import Page, PageRequest, SortKey, count, cut, window
from webapp.kernel.work import Work, require

KEPT_FOR = timedelta(days=30)
NOT_THERE = "This is not in the trash."

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
    rows = fetch(work, window(_latest(work, found), request, _DELETED, descending=True))
    page = cut(rows, count(work.session, found, request), request, _DELETED)
    return replace(page, data=_present(work, page.data))


def get_trashed(work: Work, entry_id: int) -> TrashedEntry:
    """One entry in the trash. Raises NotFound."""
    require(work.actor, may_see_drafts(work.actor))
    found = select(Entry.id).where(Entry.id == entry_id, Entry.deleted_at > work.now - KEPT_FOR)
    rows = fetch(work, _latest(work, found))
    if not rows:
        raise NotFound(NOT_THERE)
    return _present(work, rows)[0]


def restore_entry(work: Work, entry_id: int, *, expected: Container[str] | None = None) -> EntryView:
    """Take an entry out of the trash, shown again as it was. Raises NotFound, Stale, Conflict."""
    require(work.actor, may_edit(work.actor))
    entry = _locked(work, entry_id)
    check_expected(work, entry, expected)
    content_type = TYPES[entry.type]
    if entry.key is not None:
        check_key_is_free(work, content_type, entry.key)
    entry.deleted_at = entry.deleted_by = None
    record_entry(work, "take_back", entry)
    arrange(work, entry, entry.standing.settled(work.now))
    return get_entry(work, content_type, key_of(entry), draft=True)


def delete_for_good(work: Work, entry_id: int, *, expected: Container[str] | None = None) -> None:
    """Delete an entry that is in the trash, with its history. Raises NotFound, Stale."""
    require(work.actor, may_edit(work.actor))
    entry = _locked(work, entry_id)
    check_expected(work, entry, expected)
    record_entry(work, "delete", entry)
    work.session.delete(entry)
    work.session.flush()


def empty_expired(work: Work) -> int:
    """Delete what has been in the trash for longer than it is kept; answers how many entries."""
    expired = delete(Entry).where(Entry.deleted_at <= work.now - KEPT_FOR)
    statement = expired.returning(Entry.type, Entry.id, Entry.key)
    gone = work.session.execute(statement, execution_options={"synchronize_session": False}).all()
    for type_name, entry_id, key in gone:
        record(work, f"{type_name}.delete", entry_id if key is None else key)
    return len(gone)


def _latest(work: Work, found: Select[Any]) -> Select[Any]:
    """The latest states of the entries that were found, with what the trash knows of them."""
    latest = select(Edition.id).where(Edition.number == Entry.latest_number, Entry.id.in_(found))
    columns = with_columns(latest, draft=True, dialect=dialect_of(work))
    return columns.add_columns(Entry.deleted_at, Entry.deleted_by)


def _present(work: Work, rows: Sequence[Row[Any]]) -> list[TrashedEntry]:
    views = present(work, rows, draft=True)
    return [
        TrashedEntry(view, row.deleted_at, row.deleted_by, row.deleted_at + KEPT_FOR)
        for view, row in zip(views, rows, strict=True)
    ]


def _locked(work: Work, entry_id: int) -> Entry:
    statement = select(Entry).where(Entry.id == entry_id, Entry.deleted_at > work.now - KEPT_FOR)
    entry = work.session.scalar(statement.with_for_update().execution_options(populate_existing=True))
    if entry is None:
        raise NotFound(NOT_THERE)
    return entry
