"""One action on many entries of a type; what fails is told by row, and the rest is done."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from webapp.domain.audit.events import Happening, record, record_many
from webapp.domain.content.content_types import ContentType, tag_errors
from webapp.domain.content.editing import lock_entries
from webapp.domain.content.entry_plans import Found, find_entries, plan_entries
from webapp.domain.content.lifecycle import Standing, Status, Window
from webapp.domain.content.plans import Row
from webapp.domain.content.policy import may_edit
from webapp.domain.content.queries import Key, not_found, read_key
from webapp.domain.content.records import new_values
from webapp.domain.content.steps import Step, let_stand, take_steps
from webapp.domain.content.writing_many import write_entries
from webapp.domain.jobs.commands import enqueue
from webapp.domain.jobs.models import Job
from webapp.kernel.errors import DomainError, FieldError, Invalid, NotFound, refuse
from webapp.kernel.text import fold
from webapp.kernel.work import Work, require

BULK_MAX = 500
"""How many entries one request does something to."""
JOB_MAX = 100_000
"""How many a job does."""
KIND = "content.bulk"


@dataclass(frozen=True, slots=True)
class RowResult:
    """What became of one entry; ``error`` is None where the action was done."""

    row: int
    key: Key | UUID
    error: DomainError | None = None


Refused = dict[Key, DomainError]
Act = Callable[[Work, ContentType, Sequence[Found], Sequence[str]], Refused]
"""Does something to entries that are there and locked; answers to which it could not, and why."""


def _publish(work: Work, content_type: ContentType, entries: Sequence[Found], _: Sequence[str]) -> Refused:
    settled = [each.standing.settled(work.now) for each in entries]
    shown = [standing.published(standing.latest, work.now) for standing in settled]
    return _arrange(work, content_type, "publish", entries, shown)


def _unpublish(work: Work, content_type: ContentType, entries: Sequence[Found], _: Sequence[str]) -> Refused:
    hidden = [each.standing.settled(work.now).unpublished() for each in entries]
    return _arrange(work, content_type, "unpublish", entries, hidden)


def _trash(work: Work, content_type: ContentType, entries: Sequence[Found], _: Sequence[str]) -> Refused:
    settled = [each.standing.settled(work.now) for each in entries]
    trashed = {"deleted_at": work.now, "deleted_by": work.actor.id}
    return _arrange(work, content_type, "trash", entries, settled, **trashed)


def _arrange(
    work: Work,
    content_type: ContentType,
    verb: str,
    entries: Sequence[Found],
    standings: Sequence[Standing],
    **values: Any,
) -> Refused:
    """Let entries stand otherwise, and record what was done; in the trash nobody reads them."""
    pairs = list(zip(entries, standings, strict=True))
    let_stand(work, {each.id: standing for each, standing in pairs}, **values)
    steps = [Step(each.id, standing.windows()) for each, standing in pairs]
    if verb == "trash":
        steps = [Step(step.entry_id, dict.fromkeys(step.windows, Window())) for step in steps]
    take_steps(work, content_type, steps, {})
    changes = [new_values(revision=each.latest) if verb == "publish" else None for each in standings]
    keys = [each.key for each in entries]
    happened = [Happening(f"{content_type.name}.{verb}", *pair) for pair in zip(keys, changes, strict=True)]
    record_many(work, happened)
    return {}


def _tag(work: Work, content_type: ContentType, entries: Sequence[Found], tags: Sequence[str]) -> Refused:
    return _retag(work, content_type, entries, lambda names: [*names, *tags])


def _untag(work: Work, content_type: ContentType, entries: Sequence[Found], tags: Sequence[str]) -> Refused:
    gone = {fold(name) for name in tags}
    return _retag(
        work, content_type, entries, lambda names: [each for each in names if fold(each) not in gone]
    )


def _retag(
    work: Work, content_type: ContentType, entries: Sequence[Found], change: Callable[[list[str]], list[str]]
) -> Refused:
    """Change the tags of the latest states; each stays published where it is, and a draft where it is one."""
    refused: Refused = {}
    rows: dict[bool, list[Row]] = {True: [], False: []}
    for number, entry in enumerate(entries):
        _, before = entry.states[entry.standing.latest]
        names = list({fold(name): name for name in reversed(change(before))}.values())[::-1]
        if names != before:
            is_draft = entry.standing.status(work.now) is not Status.PUBLISHED
            rows[is_draft].append((number, {"id": entry.key, "tags": names}))
    for is_draft, some in rows.items():
        plans = plan_entries(content_type, work, some, is_draft)
        refused |= {plan.fields["id"]: Invalid(plan.errors) for plan in plans if plan.errors}
        write_entries(content_type, work, [plan for plan in plans if not plan.errors], is_draft)
    return refused


ACTIONS: dict[str, Act] = {
    "publish": _publish,
    "unpublish": _unpublish,
    "trash": _trash,
    "tag": _tag,
    "untag": _untag,
}


def act_on_entries(
    work: Work, content_type: ContentType, action: str, keys: Sequence[Key], tags: Sequence[str] = ()
) -> list[RowResult]:
    """Do one of ``ACTIONS`` to each entry, once to one that is named twice, in a few statements for all.
    Raises Invalid when the request itself is wrong."""
    require(work.actor, may_edit(work.actor))
    _check(action, keys, tags, BULK_MAX)
    lock_entries(work, content_type, keys)
    work.session.flush()
    found = find_entries(work, content_type, keys)
    refused = ACTIONS[action](work, content_type, list(found.values()), tags) if found else {}
    work.session.expire_all()
    return [_row(content_type, row, key, found, refused) for row, key in enumerate(keys)]


def request_action(
    work: Work, content_type: ContentType, action: str, keys: Sequence[Key], tags: Sequence[str] = ()
) -> Job:
    """Have a worker do the same to up to ``JOB_MAX`` entries, in pieces. Raises Invalid."""
    require(work.actor, may_edit(work.actor))
    _check(action, keys, tags, JOB_MAX)
    payload = {"type": content_type.name, "action": action, "ids": list(keys), "tags": list(tags)}
    job = enqueue(work, KIND, {**payload, "actor_id": str(work.actor.id)})
    record(work, "bulk.request", job.id, {"action": (None, action), "entries": (None, len(keys))})
    return job


def _check(action: str, keys: Sequence[Key], tags: Sequence[str], most: int) -> None:
    errors = tag_errors(list(tags))
    if action in ("tag", "untag") and not tags:
        errors.append(FieldError("/tags", "This field is required.", "required"))
    if not 1 <= len(keys) <= most:
        errors.append(FieldError("/ids", f"Must have from 1 to {most} entries.", "out_of_range"))
    refuse(errors)


def _row(
    content_type: ContentType, row: int, sent: Key, found: Mapping[Key, Found], refused: Refused
) -> RowResult:
    with suppress(NotFound):
        key = read_key(content_type, sent)
        if key in found:
            return RowResult(row, sent, refused.get(key))
    return RowResult(row, sent, not_found(content_type))
