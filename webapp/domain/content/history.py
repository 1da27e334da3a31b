"""The revisions of an entry: list, read, compare, restore."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import defer

from webapp.domain.accounts.queries import display_names
from webapp.domain.content.commands import save_state
from webapp.domain.content.content_types import ContentType
from webapp.domain.content.diff import FieldChange, diff
from webapp.domain.content.editing import check_expected, find_revision, key_of, locked_entry
from webapp.domain.content.models import ContentRevision, Entry, ItemRevision
from webapp.domain.content.policy import may_edit, may_see_drafts
from webapp.domain.content.queries import Key, get_entry, is_entry, not_found
from webapp.domain.content.views import EntryView
from webapp.kernel.paging import Page, PageRequest, SortKey, fetch_page
from webapp.kernel.work import Work, require

BY_NUMBER = SortKey(ContentRevision.number, lambda revision: revision.number)


@dataclass(frozen=True, slots=True)
class RevisionView:
    """One revision in the history of an entry, and what it is there."""

    number: int
    message: str | None
    author_id: UUID | None
    author: str | None
    restored_from: int | None
    created_at: datetime
    is_latest: bool
    is_live: bool


@dataclass(frozen=True, slots=True)
class RevisionState:
    """A revision with what it holds."""

    revision: RevisionView
    document: dict[str, Any]
    tags: list[str]


def list_revisions(
    work: Work, content_type: ContentType, key: Key, request: PageRequest
) -> Page[RevisionView]:
    """The revisions of an entry, newest first. Raises NotFound."""
    entry = _entry(work, content_type, key)
    statement = select(ContentRevision).where(ContentRevision.entry_id == entry.id)
    statement = statement.options(defer(ContentRevision.document), defer(ContentRevision.tags))
    page = fetch_page(work.session, statement, request, (BY_NUMBER,), descending=True)
    return replace(page, data=_views(work, entry, page.data))


def get_revision(work: Work, content_type: ContentType, key: Key, number: int) -> RevisionState:
    """One revision with its document. Raises NotFound."""
    entry = _entry(work, content_type, key)
    revision = find_revision(work, entry, number)
    return RevisionState(_views(work, entry, [revision])[0], revision.document, revision.tags)


def diff_revisions(
    work: Work, content_type: ContentType, key: Key, number: int, against: int | None = None
) -> list[FieldChange]:
    """What changed by field from revision ``against`` (default: the one before) to ``number``."""
    entry = _entry(work, content_type, key)
    after = find_revision(work, entry, number)
    if against is None and number == 1:
        return []
    return _changes(find_revision(work, entry, number - 1 if against is None else against), after)


def diffs_of_revisions(
    work: Work, content_type: ContentType, key: Key, numbers: Sequence[int]
) -> dict[int, list[FieldChange]]:
    """What changed by field in each of some revisions, from the one before it. Raises NotFound."""
    entry = _entry(work, content_type, key)
    wanted = {number - step for number in numbers for step in (0, 1)}
    statement = select(ContentRevision).where(
        ContentRevision.entry_id == entry.id, ContentRevision.number.in_(wanted)
    )
    found = {revision.number: revision for revision in work.session.scalars(statement)}
    return {number: [] if number == 1 else _changes(found[number - 1], found[number]) for number in numbers}


def _changes(before: ContentRevision, after: ContentRevision) -> list[FieldChange]:
    return list(diff({**before.document, "tags": before.tags}, {**after.document, "tags": after.tags}))


def restore_revision(
    work: Work,
    content_type: ContentType,
    key: Key,
    number: int,
    *,
    draft: bool = False,
    message: str | None = None,
    expected: Container[str] | None = None,
) -> EntryView:
    """Make a new revision of an older one; it is published at once, unless it is a ``draft``."""
    require(work.actor, may_edit(work.actor))
    entry = locked_entry(work, content_type, key)
    check_expected(work, entry, expected)
    older = find_revision(work, entry, number)
    save_state(work, entry, older.document, older.tags, draft=draft, message=message, restored_from=number)
    return get_entry(work, content_type, key_of(entry), draft=True)


def _entry(work: Work, content_type: ContentType, key: Key) -> Entry:
    require(work.actor, may_see_drafts(work.actor))
    entry = work.session.scalar(select(Entry).where(is_entry(content_type, key)))
    if entry is None:
        raise not_found(content_type)
    return entry


def _views(work: Work, entry: Entry, revisions: Sequence[ContentRevision]) -> list[RevisionView]:
    standing = entry.standing.settled(work.now)
    return revision_views(work, revisions, standing.latest, standing.live)


def revision_views(
    work: Work, revisions: Sequence[ContentRevision | ItemRevision], latest: int, live: int | None
) -> list[RevisionView]:
    """Revisions as they are told of; ``latest`` and ``live`` are the numbers of those that count."""
    authors = display_names(work.session, [revision.author_id for revision in revisions])
    return [
        RevisionView(
            number=revision.number,
            message=revision.message,
            author_id=revision.author_id,
            author=authors.get(revision.author_id) if revision.author_id else None,
            restored_from=revision.restored_from,
            created_at=revision.created_at,
            is_latest=revision.number == latest,
            is_live=revision.number == live,
        )
        for revision in revisions
    ]
