"""Publishing and unpublishing, at once or at a time."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import case, or_, select

from webapp.domain.content.content_types import ContentType
from webapp.domain.content.editing import arrange, check_expected, find_revision, key_of, locked_entry
from webapp.domain.content.lifecycle import Standing
from webapp.domain.content.models import Edition, Entry
from webapp.domain.content.policy import may_edit, may_see_drafts
from webapp.domain.content.queries import Key, get_entry, is_due_later
from webapp.domain.content.records import new_values, record_entry
from webapp.domain.content.rows import dialect_of, fetch, present, with_columns
from webapp.domain.content.schedules import read_schedule
from webapp.domain.content.views import EntryView
from webapp.kernel.errors import Conflict
from webapp.kernel.work import Work, require

SCHEDULED_MAX = 100


def publish_entry(
    work: Work,
    content_type: ContentType,
    key: Key,
    *,
    number: int | None = None,
    expected: Container[str] | None = None,
) -> EntryView:
    """Show revision ``number`` (default: the latest) from now on. Raises NotFound, Stale."""
    entry, standing = _taken(work, content_type, key, expected)
    number = standing.latest if number is None else find_revision(work, entry, number).number
    record_entry(work, "publish", entry, new_values(revision=number))
    return _arranged(work, content_type, entry, standing.published(number, work.now))


def unpublish_entry(
    work: Work, content_type: ContentType, key: Key, *, expected: Container[str] | None = None
) -> EntryView:
    """Show nothing of an entry any more, and forget what was scheduled. Raises NotFound, Stale."""
    entry, standing = _taken(work, content_type, key, expected)
    record_entry(work, "unpublish", entry)
    return _arranged(work, content_type, entry, standing.unpublished())


def schedule_entry(
    work: Work,
    content_type: ContentType,
    key: Key,
    sent: Mapping[str, Any],
    *,
    expected: Container[str] | None = None,
) -> EntryView:
    """Show a revision from a time on, or nothing; takes the place of the schedule there was.

    What is scheduled is that revision, whatever is saved after it. Raises NotFound, Stale, Invalid, Conflict
    if the revision is shown already or there is nothing to hide.
    """
    require(work.actor, may_edit(work.actor))
    schedule = read_schedule(sent, work.now)
    entry, standing = _taken(work, content_type, key, expected)
    number = None
    if schedule.publish_at is not None:
        number = find_revision(work, entry, schedule.number).number if schedule.number else standing.latest
        if number == standing.live:
            raise Conflict("This revision is published already.", code="already_published")
    elif standing.live is None:
        raise Conflict("Nothing is published that could be hidden.", code="not_published")
    standing = replace(
        standing, scheduled=number, publish_at=schedule.publish_at, unpublish_at=schedule.unpublish_at
    )
    entry.time_zone = schedule.time_zone
    times = new_values(revision=number, publish_at=schedule.publish_at, unpublish_at=schedule.unpublish_at)
    record_entry(work, "schedule", entry, times)
    return _arranged(work, content_type, entry, standing)


def cancel_schedule(
    work: Work, content_type: ContentType, key: Key, *, expected: Container[str] | None = None
) -> EntryView:
    """Leave an entry as it is shown now. Raises NotFound, Stale."""
    entry, standing = _taken(work, content_type, key, expected)
    standing = replace(standing, scheduled=None, publish_at=None, unpublish_at=None)
    record_entry(work, "cancel_schedule", entry)
    return _arranged(work, content_type, entry, standing)


def list_scheduled(work: Work) -> list[EntryView]:
    """The latest states of entries for which something is scheduled, what comes first being first.

    No more than ``SCHEDULED_MAX``; a list to keep an eye on, not to page through.
    """
    require(work.actor, may_see_drafts(work.actor))
    comes_next = case((Entry.publish_at > work.now, Entry.publish_at), else_=Entry.unpublish_at)
    latest = select(Edition.id).where(Edition.is_latest.is_(True), is_due_later(work.now))
    statement = with_columns(latest, draft=True, dialect=dialect_of(work))
    rows = fetch(work, statement.order_by(comes_next, Entry.id).limit(SCHEDULED_MAX))
    return present(work, rows, draft=True)


def settle_due(work: Work, limit: int = SCHEDULED_MAX) -> int:
    """Write down what schedules have already brought about; answers for how many entries.

    Readers do not wait for this: they compare times. It keeps the tables small, and is safe to repeat.
    """
    is_due = or_(Entry.publish_at <= work.now, Entry.unpublish_at <= work.now)
    statement = select(Entry).where(is_due, Entry.deleted_at.is_(None)).order_by(Entry.id).limit(limit)
    entries = work.session.scalars(statement.with_for_update(skip_locked=True)).all()
    for entry in entries:
        arrange(work, entry, entry.standing.settled(work.now))
        record_entry(work, "settle_schedule", entry)
    return len(entries)


def _taken(
    work: Work, content_type: ContentType, key: Key, expected: Container[str] | None
) -> tuple[Entry, Standing]:
    require(work.actor, may_edit(work.actor))
    entry = locked_entry(work, content_type, key)
    check_expected(work, entry, expected)
    return entry, entry.standing.settled(work.now)


def _arranged(work: Work, content_type: ContentType, entry: Entry, standing: Standing) -> EntryView:
    arrange(work, entry, standing)
    return get_entry(work, content_type, key_of(entry), draft=True)
