"""The audit log with the names of the people in it, for admins to read and to take away."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from webapp.domain.accounts.queries import display_names, list_user_ids
from webapp.domain.audit import queries
from webapp.domain.audit.models import AuditEvent
from webapp.domain.audit.queries import EventFilter
from webapp.kernel.clock import rfc3339
from webapp.kernel.csv_text import csv_text
from webapp.kernel.paging import Page, PageRequest
from webapp.kernel.pieces import pieces
from webapp.kernel.work import Work

NAMES_AT_ONCE = 500
CSV_HEADER = (
    *("id", "at", "actor_kind", "actor_id", "actor", "action", "subject_type", "subject_id", "subject"),
    *("changes", "address", "request_id"),
)


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of an event; ``is_told`` is False where only its name is in the log."""

    field: str
    before: Any = None
    after: Any = None
    is_told: bool = True


@dataclass(frozen=True, slots=True)
class Activity:
    """An event, and the present names of the people in it; None for those who are no longer there."""

    event: AuditEvent
    actor: str | None
    subject: str | None

    @property
    def changes(self) -> list[FieldChange]:
        return [
            FieldChange(field, *pair) if pair else FieldChange(field, is_told=False)
            for field, pair in self.event.changes.items()
        ]


def list_activity(work: Work, request: PageRequest, wanted: EventFilter) -> Page[Activity]:
    """Events, the latest first; ``q`` also finds people by their names. Admins only."""
    page = queries.list_events(work, request, _with_people(work, wanted))
    return Page(_named(work, page.data), page.total, request, page.next_after)


def export_activity(work: Work, wanted: EventFilter) -> str:
    """The same as CSV, all of it. Raises Invalid when it is too much for one file."""
    events = queries.export_events(work, _with_people(work, wanted))
    return csv_text(CSV_HEADER, (_csv_row(found) for found in _named(work, list(events))))


def _with_people(work: Work, wanted: EventFilter) -> EventFilter:
    return replace(wanted, people=list_user_ids(work, q=wanted.q)) if wanted.q else wanted


def _named(work: Work, events: Iterable[AuditEvent]) -> list[Activity]:
    events = list(events)
    ids = dict.fromkeys(found for event in events for found in _people_of(event))
    names: dict[UUID, str] = {}
    for piece in pieces(ids, NAMES_AT_ONCE):
        names |= display_names(work.session, piece)
    return [
        Activity(event, names.get(event.actor_id) if event.actor_id else None, _subject(event, names))
        for event in events
    ]


def _people_of(event: AuditEvent) -> list[UUID]:
    found = [event.actor_id] if event.actor_id else []
    if event.subject_type == "user":
        with suppress(ValueError):
            found.append(UUID(event.subject_id))
    return found


def _subject(event: AuditEvent, names: dict[UUID, str]) -> str | None:
    if event.subject_type != "user":
        return None
    with suppress(ValueError):
        return names.get(UUID(event.subject_id))
    return None


def _csv_row(found: Activity) -> list[object]:
    event = found.event
    changes = "; ".join(
        f"{change.field}: {change.before} → {change.after}" if change.is_told else change.field
        for change in found.changes
    )
    return [
        *(event.id, rfc3339(event.at), event.actor_kind, event.actor_id, found.actor, event.action),
        *(event.subject_type, event.subject_id, found.subject, changes, event.address, event.request_id),
    ]
