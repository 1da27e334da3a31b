"""One action on many entries of a type; what fails is told by row, and the rest is done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from webapp.domain.audit.events import record
from webapp.domain.content.commands import trash_entry, update_entry
from webapp.domain.content.content_types import ContentType, tag_errors
from webapp.domain.content.editing import lock_entries
from webapp.domain.content.lifecycle import Status
from webapp.domain.content.policy import may_edit
from webapp.domain.content.publication import publish_entry, unpublish_entry
from webapp.domain.content.queries import Key, get_entry
from webapp.domain.jobs.commands import enqueue
from webapp.domain.jobs.models import Job
from webapp.kernel.errors import DomainError, FieldError, refuse
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


def _tag(work: Work, content_type: ContentType, key: Key, tags: Sequence[str]) -> None:
    _retag(work, content_type, key, lambda names: [*names, *tags])


def _untag(work: Work, content_type: ContentType, key: Key, tags: Sequence[str]) -> None:
    unwanted = {fold(name) for name in tags}
    _retag(work, content_type, key, lambda names: [name for name in names if fold(name) not in unwanted])


def _retag(work: Work, content_type: ContentType, key: Key, change: Callable[[list[str]], list[str]]) -> None:
    """Change the tags of the latest state; it stays published where it is, and a draft where it is one."""
    view = get_entry(work, content_type, key, draft=True)
    before = [tag.name for tag in view.tags]
    names = list({fold(name): name for name in reversed(change(before))}.values())[::-1]
    if names != before:
        is_draft = view.status is not Status.PUBLISHED
        update_entry(work, content_type, key, {"tags": names}, draft=is_draft)


Act = Callable[[Work, ContentType, Key, Sequence[str]], object]

ACTIONS: dict[str, Act] = {
    "publish": lambda work, content_type, key, _: publish_entry(work, content_type, key),
    "unpublish": lambda work, content_type, key, _: unpublish_entry(work, content_type, key),
    "trash": lambda work, content_type, key, _: trash_entry(work, content_type, key),
    "tag": _tag,
    "untag": _untag,
}


def act_on_entries(
    work: Work, content_type: ContentType, action: str, keys: Sequence[Key], tags: Sequence[str] = ()
) -> list[RowResult]:
    """Do one of ``ACTIONS`` to each entry, in order. Raises Invalid when the request itself is wrong."""
    require(work.actor, may_edit(work.actor))
    _check(action, keys, tags, BULK_MAX)
    lock_entries(work, content_type, keys)
    return [_row(work, content_type, action, row, key, tags) for row, key in enumerate(keys)]


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
    work: Work, content_type: ContentType, action: str, row: int, key: Key, tags: Sequence[str]
) -> RowResult:
    try:
        with work.session.begin_nested():
            ACTIONS[action](work, content_type, key, tags)
    except DomainError as error:
        return RowResult(row, key, error)
    return RowResult(row, key)
