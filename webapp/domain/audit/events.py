"""Writing the audit log."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from webapp.domain.audit.models import ActorKind, AuditEvent
from webapp.kernel.compiled import CompiledStatement
from webapp.kernel.errors import Denied
from webapp.kernel.work import LOOKING_ONLY, Work

Changes = Mapping[str, tuple[Any, Any] | None]
"""By field the JSON values before and after; None for fields of which only the names are told."""


@dataclass(frozen=True, slots=True)
class Happening:
    """That ``action`` (``type.verb``) was done to something."""

    action: str
    subject_id: object
    changes: Changes | None = None


Listener = Callable[[Work, Sequence[Happening]], None]
_listeners: list[Listener] = []


def listens(listener: Listener) -> Listener:
    """Call the function with all that happens, in the transaction of the change, for what follows from it."""
    _listeners.append(listener)
    return listener


def record(
    work: Work,
    action: str,
    subject_id: object,
    changes: Changes | None = None,
    *,
    actor_id: UUID | None = None,
) -> None:
    """Write down, in the transaction of the change itself, that ``action`` (``type.verb``) was done.

    ``actor_id`` names a person who only becomes known by it, as at a sign-in. Raises Denied for an admin who
    only looks with somebody else's eyes: whatever is done leaves an event, so nothing is done by them.
    """
    happening = Happening(action, subject_id, changes)
    _INSERT_ONE.rows(work.session, _values(work, happening, actor_id or work.actor.id))
    _tell(work, [happening])


def record_many(work: Work, happenings: Sequence[Happening]) -> None:
    """The same of much that was done at once."""
    rows = [_values(work, happening, work.actor.id) for happening in happenings]
    if rows:
        work.session.connection().execute(_INSERT, rows)
        _tell(work, happenings)


_INSERT = insert(AuditEvent)
_INSERT_ONE = CompiledStatement(_INSERT)
"""Past the mapper: every write has an event, and nobody changes it afterwards."""


def _values(work: Work, happening: Happening, actor_id: UUID | None) -> dict[str, Any]:
    if work.actor.seen_by is not None:
        raise Denied(LOOKING_ONLY, code="looking_only")
    kind = ActorKind.SYSTEM if work.actor.is_approved else ActorKind.VISITOR
    return {
        "at": work.now,
        "actor_kind": kind if actor_id is None else ActorKind.PERSON,
        "actor_id": actor_id,
        "action": happening.action,
        "subject_type": happening.action.partition(".")[0],
        "subject_id": str(happening.subject_id),
        "changes": {field: pair and list(pair) for field, pair in (happening.changes or {}).items()},
        "address": work.address,
        "request_id": work.request_id,
    }


def _tell(work: Work, happenings: Sequence[Happening]) -> None:
    for listener in _listeners:
        listener(work, happenings)


def named(fields: Iterable[str]) -> Changes:
    """The fields that changed, without their values: for what is personal, or long."""
    return dict.fromkeys(sorted(fields))


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> Changes:
    """The values that are not the same any more, with both."""
    return {field: (before.get(field), value) for field, value in after.items() if before.get(field) != value}
