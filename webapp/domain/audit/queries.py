"""Reading the audit log."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, or_, select

from webapp.domain.audit.models import AuditEvent
from webapp.kernel.errors import FieldError, Invalid
from webapp.kernel.paging import Page, PageRequest, SortKey, fetch_page
from webapp.kernel.text import like_pattern
from webapp.kernel.work import Work, require

BY_ID = SortKey(AuditEvent.id, lambda event: event.id)
EXPORT_MAX = 20_000
"""Events of one export; a longer list is exported by periods."""


@dataclass(frozen=True, slots=True)
class EventFilter:
    """Which events: None means all. ``until`` is the first moment that is not meant any more."""

    actor_id: UUID | None = None
    action: str | None = None
    """An action, or the type before its dot for all of them."""
    subject_type: str | None = None
    subject_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    q: str | None = None
    """A piece of an action, an id or an address."""
    people: Collection[UUID] = ()
    """People whose names ``q`` finds; what they did and what was done to them is meant too."""


def list_events(work: Work, request: PageRequest, wanted: EventFilter) -> Page[AuditEvent]:
    """Events, the latest first. Admins only."""
    require(work.actor, work.actor.is_admin)
    return fetch_page(work.session, _matching(wanted), request, (BY_ID,), descending=True)


def export_events(work: Work, wanted: EventFilter) -> Iterator[AuditEvent]:
    """All events that match, the latest first. Admins only; Invalid for more than ``EXPORT_MAX``."""
    require(work.actor, work.actor.is_admin)
    statement = _matching(wanted).order_by(AuditEvent.id.desc()).limit(EXPORT_MAX + 1)
    events = work.session.scalars(statement).all()
    if len(events) > EXPORT_MAX:
        words = f"More than {EXPORT_MAX} events match. Choose a shorter period."
        raise Invalid([FieldError("/query/since", words, "out_of_range")], words)
    return iter(events)


def list_actions(work: Work) -> list[str]:
    """The actions that are in the log, for a choice. Admins only."""
    require(work.actor, work.actor.is_admin)
    return list(work.session.scalars(select(AuditEvent.action).distinct().order_by(AuditEvent.action)))


def _matching(wanted: EventFilter) -> Select[Any]:
    statement = select(AuditEvent)
    for column, value in (
        (AuditEvent.actor_id, wanted.actor_id),
        (AuditEvent.subject_type, wanted.subject_type),
        (AuditEvent.subject_id, wanted.subject_id),
    ):
        if value is not None:
            statement = statement.where(column == value)
    if wanted.action is not None:
        column = AuditEvent.action if "." in wanted.action else AuditEvent.subject_type
        statement = statement.where(column == wanted.action)
    if wanted.since is not None:
        statement = statement.where(AuditEvent.at >= wanted.since)
    if wanted.until is not None:
        statement = statement.where(AuditEvent.at < wanted.until)
    return _searched(statement, wanted) if wanted.q else statement


def _searched(statement: Select[Any], wanted: EventFilter) -> Select[Any]:
    text = (wanted.q or "").strip()
    ids = [str(user_id) for user_id in wanted.people]
    return statement.where(
        or_(
            AuditEvent.action.like(like_pattern(text.lower()), escape="\\"),
            AuditEvent.subject_id == text,
            AuditEvent.address == text,
            AuditEvent.actor_id.in_(wanted.people),
            AuditEvent.subject_id.in_(ids),
        )
    )
