"""Writing the bundle of an installation, and taking over one of another."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, BinaryIO

from webapp.domain.audit.events import record
from webapp.domain.bundles.archive import Bundle, unusable, write_bundle
from webapp.domain.bundles.registry import Item, Part, parts
from webapp.kernel.errors import DomainError
from webapp.kernel.work import Work, require

ITEMS_MAX = 5_000
"""How many records a request takes over; the command line takes any number."""


class Action(StrEnum):
    """What becomes of a record.

    A conflict was changed here after it was put into the bundle, and stays as it is here unless it is to be
    replaced. What is missing is only listed in the bundle: the files of images.
    """

    CREATE = "create"
    UPDATE = "update"
    SAME = "same"
    CONFLICT = "conflict"
    MISSING = "missing"
    ERROR = "error"


REASONS = {
    Action.CONFLICT: "It was changed here later.",
    Action.MISSING: "Its file is not here; copy it to the same place of the storage.",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became, or would become, of one record; ``reason`` says why it is a conflict or wrong."""

    part: str
    key: str
    action: Action
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class BundleReport:
    """What was done, or would be; nothing was written unless ``is_written``."""

    outcomes: list[Outcome]
    is_written: bool

    @property
    def counts(self) -> dict[str, int]:
        """How many records each action concerns; every action is named."""
        found = Counter(outcome.action for outcome in self.outcomes)
        return {action.value: found[action] for action in Action}

    @property
    def changes(self) -> list[Outcome]:
        """The outcomes of all records that are not the same already."""
        return [outcome for outcome in self.outcomes if outcome.action is not Action.SAME]


def export_bundle(work: Work, file: BinaryIO) -> dict[str, int]:
    """Write everything that parts carry into a file; answers how many records of each. Admins only."""
    require(work.actor, work.actor.is_admin)
    return write_bundle(file, {name: part.dump(work) for name, part in parts().items()}, work.now)


def import_bundle(
    work: Work, bundle: Bundle, *, dry_run: bool = False, replace: bool = False, at_most: int | None = None
) -> BundleReport:
    """Take over the records of a bundle: all of them but conflicts, or with ``replace`` those too.

    Nothing is written in a dry run, or if a record is wrong. Admins only. Raises Invalid for a bundle that
    cannot be used, has parts that this version does not know, or more than ``at_most`` records.
    """
    require(work.actor, work.actor.is_admin)
    known = parts()
    if unknown := bundle.counts.keys() - known.keys():
        raise unusable(f"Nothing here knows its part “{min(unknown)[:40]}”.")
    if at_most is not None and sum(bundle.counts.values()) > at_most:
        raise unusable(f"It has more than {at_most} records; use “flask bundle import”.")
    outcomes: list[Outcome] = []
    is_written = False
    with suppress(_NotWritten), work.session.begin_nested():
        for name in (name for name in known if name in bundle.counts):
            outcomes += [_take(work, known[name], item, replace=replace) for item in bundle.items(name)]
        is_written = not dry_run and all(outcome.action is not Action.ERROR for outcome in outcomes)
        if not is_written:
            raise _NotWritten
    report = BundleReport(outcomes, is_written)
    if is_written:
        changes: dict[str, tuple[Any, Any]] = {name: (None, count) for name, count in report.counts.items()}
        record(work, "bundle.import", bundle.manifest.get("made_at"), changes)
        work.session.flush()
    return report


class _NotWritten(Exception):
    """Takes back what a dry run, or a bundle with wrong records, has tried."""


def _take(work: Work, part: Part, item: Item, *, replace: bool) -> Outcome:
    """Decide what becomes of one record, and do it."""
    try:
        here = part.find(work, item.key)
        action = _action(part, item, here)
        if action in (Action.CREATE, Action.UPDATE) or (action is Action.CONFLICT and replace):
            with work.session.begin_nested():
                part.save(work, item)
            action = Action.CREATE if here is None else Action.UPDATE
    except DomainError as error:
        reason = " ".join(f"{each.pointer}: {each.detail}" for each in error.errors) or error.detail
        return Outcome(part.name, item.key, Action.ERROR, reason)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        return Outcome(part.name, item.key, Action.ERROR, f"Not a record of this part ({error}).")
    return Outcome(part.name, item.key, action, REASONS.get(action))


def _action(part: Part, item: Item, here: Item | None) -> Action:
    if here is None:
        return Action.CREATE if part.creates else Action.MISSING
    if here.record == item.record:
        return Action.SAME
    if here.changed_at is not None and (item.changed_at is None or here.changed_at > item.changed_at):
        return Action.CONFLICT
    return Action.UPDATE
