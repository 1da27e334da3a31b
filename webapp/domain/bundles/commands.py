"""Writing the bundle of an installation, and taking over one of another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from enum import StrEnum
from io import BytesIO
from types import MappingProxyType
from typing import Any, BinaryIO

from webapp.domain.audit.events import record
from webapp.domain.bundles.archive import Bundle, unusable, write_bundle
from webapp.domain.bundles.registry import Item, Part, parts
from webapp.kernel.errors import DomainError, NotFound
from webapp.kernel.work import Work, require
from webapp.ports import Ports, Storage

ITEMS_MAX = 5_000
"""How many records a request takes over; more are for a worker."""
TOLD = 1000
"""How many records are listed; the counts are of all."""


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

    @property
    def told(self) -> dict[str, Any]:
        """It as JSON, of the changes the first ``TOLD``, those that are wrong before others."""
        first = sorted(self.changes, key=lambda outcome: outcome.action is not Action.ERROR)[:TOLD]
        return {
            "is_written": self.is_written,
            "counts": self.counts,
            "changes": [asdict(outcome) for outcome in first],
        }


def is_for_a_worker(bundle: Bundle) -> bool:
    """Whether a bundle is too long for a request."""
    return sum(bundle.counts.values()) > ITEMS_MAX


def export_bundle(work: Work, file: BinaryIO, storage: Storage | None = None) -> dict[str, int]:
    """Write everything that parts carry into a file, with the files of images where ``storage`` is given;
    answers how many records of each. Admins only."""
    require(work.actor, work.actor.is_admin)
    dumps = {name: part.dump(work) for name, part in parts().items()}
    files = () if storage is None else _files(work, storage)
    return write_bundle(file, dumps, work.now, files)


def _files(work: Work, storage: Storage) -> Iterator[tuple[str, Iterable[bytes]]]:
    """The files of all records that have one; what storage has lost is left out."""
    for part in parts().values():
        for item in part.dump(work) if part.files else ():
            with suppress(NotFound):
                storage.stat(item.key)
                yield item.key, storage.get(item.key)


Looked = Mapping[tuple[str, str], Any]
"""What was found in files, or the error, by part and key."""


def take_files(work: Work, bundle: Bundle, ports: Ports, *, dry_run: bool = False) -> Looked:
    """Look at the files of records that are not here, and keep those that may be kept, before the records are
    taken over: slow, and only reads the database. :func:`drop_files` takes it back. Admins only."""
    require(work.actor, work.actor.is_admin)
    looked: dict[tuple[str, str], Any] = {}
    for part in (part for part in parts().values() if part.files and part.name in bundle.counts):
        for item in bundle.items(part.name):
            if not bundle.has_file(item.key) or part.find(work, item.key) is not None:
                continue
            try:
                data = bundle.file(item.key)
                looked[part.name, item.key] = part.files.look_at(ports, item, data)  # type: ignore[union-attr]
            except DomainError as error:
                looked[part.name, item.key] = error
                continue
            if not dry_run:
                ports.storage.put(item.key, BytesIO(data))
    return looked


def drop_files(storage: Storage, looked: Looked) -> None:
    """Delete the files that were kept for records which were not taken over."""
    for (_, key), found in looked.items():
        if not isinstance(found, DomainError):
            storage.delete(key)


def import_bundle(
    work: Work,
    bundle: Bundle,
    *,
    dry_run: bool = False,
    replace: bool = False,
    looked: Looked = MappingProxyType({}),
) -> BundleReport:
    """Take over the records of a bundle: all of them but conflicts, or with ``replace`` those too. Images
    that are not here come with their files where :func:`take_files` has ``looked`` at these.

    Nothing is written in a dry run, or if a record is wrong. Admins only. Raises Invalid for a bundle that
    cannot be used, or has parts that this version does not know.
    """
    require(work.actor, work.actor.is_admin)
    known = _known_parts(bundle)
    outcomes: list[Outcome] = []
    is_written = False
    with suppress(_NotWritten), work.session.begin_nested():
        for part in known:
            outcomes += [
                _take(work, part, item, replace, looked.get((part.name, item.key)))
                for item in bundle.items(part.name)
            ]
        is_written = not dry_run and all(outcome.action is not Action.ERROR for outcome in outcomes)
        if not is_written:
            raise _NotWritten
    report = BundleReport(outcomes, is_written)
    if is_written:
        changes: dict[str, tuple[Any, Any]] = {name: (None, count) for name, count in report.counts.items()}
        record(work, "bundle.import", bundle.manifest.get("made_at"), changes)
        work.session.flush()
    return report


def compare_bundle(work: Work, bundle: Bundle) -> BundleReport:
    """What an import would do as far as reading can tell: what the records hold is not tried. Admins only.
    Raises Invalid as ``import_bundle`` does."""
    require(work.actor, work.actor.is_admin)
    known = _known_parts(bundle)
    outcomes = [_compare(work, part, item) for part in known for item in bundle.items(part.name)]
    return BundleReport(outcomes, is_written=False)


def _compare(work: Work, part: Part, item: Item) -> Outcome:
    try:
        action = _action(part, item, part.find(work, item.key))
    except DomainError as error:
        return Outcome(part.name, item.key, Action.ERROR, error.detail)
    return Outcome(part.name, item.key, action, REASONS.get(action))


def _known_parts(bundle: Bundle) -> list[Part]:
    """The parts of a bundle in the order in which they are loaded. Raises Invalid for others."""
    known = parts()
    if unknown := bundle.counts.keys() - known.keys():
        raise unusable(f"Nothing here knows its part “{min(unknown)[:40]}”.")
    return [part for name, part in known.items() if name in bundle.counts]


class _NotWritten(Exception):
    """Takes back what a dry run, or a bundle with wrong records, has tried."""


def _take(work: Work, part: Part, item: Item, replace: bool, found: Any) -> Outcome:
    """Decide what becomes of one record, and do it; ``found`` is what its file has told."""
    try:
        here = part.find(work, item.key)
        action = _action(part, item, here)
        if action is Action.MISSING and found is not None:
            if isinstance(found, DomainError):
                raise found
            assert part.files is not None
            with work.session.begin_nested():
                part.files.make(work, item, found)
            action = Action.CREATE
        elif action in (Action.CREATE, Action.UPDATE) or (action is Action.CONFLICT and replace):
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
