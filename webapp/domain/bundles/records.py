"""One record of a bundle, and what becomes of it here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy.exc import StatementError

from webapp.kernel.errors import DomainError

NO_RECORD = (LookupError, TypeError, ValueError, AttributeError)
"""What reading a record raises that is none of its part."""


@dataclass(frozen=True, slots=True)
class Item:
    """One record: its key, which is the same in every installation, and what it holds, as JSON.

    ``changed_at`` is when it was changed last; None where nobody's change can be lost.
    """

    key: str
    record: dict[str, Any]
    changed_at: datetime | None = None


class Action(StrEnum):
    """What becomes of a record.

    A conflict was changed here after it was put into the bundle, and stays as it is here unless it is to be
    replaced. What is missing is only listed in the bundle: images without their files.
    """

    CREATE = "create"
    UPDATE = "update"
    SAME = "same"
    CONFLICT = "conflict"
    MISSING = "missing"
    ERROR = "error"


REASONS = {
    Action.CONFLICT: "It was changed here later.",
    Action.MISSING: "Its file is neither here nor taken from the bundle.",
}


@dataclass(slots=True)
class Plan:
    """What will become of one record; ``reason`` says why it is a conflict or wrong. ``state`` is what its
    part needs to write it."""

    item: Item
    action: Action = Action.SAME
    reason: str | None = None
    state: Any = None

    @property
    def is_written(self) -> bool:
        """Whether there is something to write."""
        return self.action in (Action.CREATE, Action.UPDATE)

    def decide(self, here: Item | None, *, replace: bool) -> None:
        """Compare the record with the one that is ``here``; conflicts are to be replaced or kept."""
        self.action = _action(self.item, here)
        if self.action is Action.CONFLICT and replace:
            self.action = Action.UPDATE
        self.reason = REASONS.get(self.action)

    def miss(self) -> None:
        """The record cannot be made without its file."""
        self.action, self.reason = Action.MISSING, REASONS[Action.MISSING]

    @contextmanager
    def refusing(self) -> Iterator[None]:
        """Around what is done with the record: whatever is wrong with it, also what a column cannot hold."""
        try:
            yield
        except (DomainError, *NO_RECORD) as error:
            self._refuse(error)
        except StatementError as error:
            if not isinstance(error.orig, NO_RECORD):
                raise
            self._refuse(error.orig)

    def _refuse(self, error: Exception) -> None:
        self.action, self.state = Action.ERROR, None
        if isinstance(error, DomainError):
            self.reason = " ".join(f"{each.pointer}: {each.detail}" for each in error.errors) or error.detail
        else:
            self.reason = f"Not a record of this part ({error})."


def _action(item: Item, here: Item | None) -> Action:
    if here is None:
        return Action.CREATE
    if here.record == item.record:
        return Action.SAME
    if here.changed_at is not None and (item.changed_at is None or here.changed_at > item.changed_at):
        return Action.CONFLICT
    return Action.UPDATE


@dataclass(frozen=True, slots=True)
class About:
    """What the records of a part are planned with: whether conflicts are to be ``replace``d, the plans of the
    parts ``before``, which will be carried out by then, and what was found in files, or the error, by key."""

    replace: bool
    before: Mapping[str, Sequence[Plan]] = field(default_factory=dict)
    files: Mapping[str, Any] = field(default_factory=dict)
