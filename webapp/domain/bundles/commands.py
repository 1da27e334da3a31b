"""Writing the bundle of an installation, and taking over one of another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from types import MappingProxyType
from typing import Any, BinaryIO

from webapp.domain.audit.events import record
from webapp.domain.bundles.archive import Bundle, unusable, write_bundle
from webapp.domain.bundles.records import About, Action, Item, Plan
from webapp.domain.bundles.registry import AnyPart, FilePart, LargePart, Part, parts
from webapp.domain.bundles.reports import BundleReport, Outcome
from webapp.kernel.errors import DomainError, NotFound
from webapp.kernel.work import Work, require
from webapp.ports import Ports, Storage

ITEMS_MAX = 5_000
"""How many records a request takes over; more are for a worker."""


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
    for part in _parts_with_files():
        for item in part.dump(work):
            with suppress(NotFound):
                storage.stat(item.key)
                yield item.key, storage.get(item.key)


Looked = Mapping[str, Mapping[str, Any]]
"""What was found in files, or the error, by part and key."""


def take_files(work: Work, bundle: Bundle, ports: Ports, *, dry_run: bool = False) -> Looked:
    """Look at the files of records that are not here, and keep those that may be kept, before the records are
    taken over: slow, and only reads the database. :func:`drop_files` takes it back. Admins only."""
    require(work.actor, work.actor.is_admin)
    looked: dict[str, dict[str, Any]] = {}
    for part in _parts_with_files():
        found = looked[part.name] = {}
        items = bundle.items(part.name) if part.name in bundle.counts else ()
        for plan in part.plan(work, items, About(replace=False)):
            key = plan.item.key
            if plan.action is not Action.MISSING or not bundle.has_file(key):
                continue
            try:
                data = bundle.file(key)
                found[key] = part.look_at(ports, plan.item, data)
            except DomainError as error:
                found[key] = error
                continue
            if not dry_run:
                ports.storage.put(key, BytesIO(data))
    return looked


def drop_files(storage: Storage, looked: Looked) -> None:
    """Delete the files that were kept for records which were not taken over."""
    for key, found in ((key, found) for part in looked.values() for key, found in part.items()):
        if not isinstance(found, DomainError):
            storage.delete(key)


@dataclass(frozen=True, slots=True)
class Planned:
    """What becomes of the records of a bundle, by part in the order in which parts are loaded."""

    plans: dict[str, list[Plan]]
    replace: bool
    looked: Looked
    made_at: Any

    @property
    def is_wrong(self) -> bool:
        """Whether any record is wrong, so that none is written."""
        return any(plan.action is Action.ERROR for plans in self.plans.values() for plan in plans)

    def report(self, *, is_written: bool) -> BundleReport:
        outcomes = [
            Outcome(name, plan.item.key, plan.action, plan.reason)
            for name, plans in self.plans.items()
            for plan in plans
        ]
        return BundleReport(outcomes, is_written)


def plan_bundle(
    work: Work, bundle: Bundle, *, replace: bool = False, looked: Looked = MappingProxyType({})
) -> Planned:
    """What taking over a bundle would do to each record: to all of them but conflicts, or with ``replace`` to
    those too. Images that are not here come with their files where :func:`take_files` has ``looked`` at
    these.

    Slow, and only reads the database. Admins only. Raises Invalid for a bundle that cannot be used, or has
    parts that this version does not know.
    """
    require(work.actor, work.actor.is_admin)
    plans: dict[str, list[Plan]] = {}
    for part in _known_parts(bundle):
        items = bundle.items(part.name)
        if isinstance(part, Part):
            plans[part.name] = [_plan(work, part, item, replace) for item in items]
        else:
            plans[part.name] = part.plan(work, items, About(replace, plans, looked.get(part.name, {})))
    return Planned(plans, replace, looked, bundle.manifest.get("made_at"))


def carry_out(work: Work, planned: Planned, *, dry_run: bool = False) -> BundleReport:
    """Take over the records of a bundle as planned; what others have changed since is planned anew.

    Nothing is written in a dry run, or if a record is wrong: records of parts that are not large, of which
    only saving tells that, are then saved and taken back. Admins only.
    """
    require(work.actor, work.actor.is_admin)
    is_written = False
    with suppress(_NotWritten), work.session.begin_nested():
        for name, part in parts().items():
            plans = planned.plans.get(name, [])
            if isinstance(part, Part):
                for plan in plans:
                    _save(work, part, plan, planned.replace)
            elif not (dry_run or planned.is_wrong):
                about = About(planned.replace, files=planned.looked.get(name, {}))
                _write(work, part, plans, about)
        is_written = not (dry_run or planned.is_wrong)
        if not is_written:
            raise _NotWritten
    report = planned.report(is_written=is_written)
    if is_written:
        changes: dict[str, tuple[Any, Any]] = {name: (None, count) for name, count in report.counts.items()}
        record(work, "bundle.import", planned.made_at, changes)
        work.session.flush()
    return report


def import_bundle(
    work: Work,
    bundle: Bundle,
    *,
    dry_run: bool = False,
    replace: bool = False,
    looked: Looked = MappingProxyType({}),
) -> BundleReport:
    """:func:`plan_bundle` and :func:`carry_out` at once, for bundles that are not long."""
    return carry_out(work, plan_bundle(work, bundle, replace=replace, looked=looked), dry_run=dry_run)


# --- the parts ------------------------------------------------------------------------------


def _parts_with_files() -> list[FilePart]:
    return [part for part in parts().values() if isinstance(part, FilePart)]


class _NotWritten(Exception):
    """Takes back what a dry run, or a bundle with wrong records, has tried."""


def _known_parts(bundle: Bundle) -> list[AnyPart]:
    """The parts of a bundle in the order in which they are loaded. Raises Invalid for others."""
    known = parts()
    if unknown := bundle.counts.keys() - known.keys():
        raise unusable(f"Nothing here knows its part “{min(unknown)[:40]}”.")
    return [part for name, part in known.items() if name in bundle.counts]


def _plan(work: Work, part: Part, item: Item, replace: bool) -> Plan:
    """What becomes of one record."""
    plan = Plan(item)
    with plan.refusing():
        plan.decide(part.find(work, item.key), replace=replace)
    return plan


def _save(work: Work, part: Part, plan: Plan, replace: bool) -> None:
    """Do what was planned for one record, once it is clear that this holds."""
    if not plan.is_written:
        return
    again = _plan(work, part, plan.item, replace)
    plan.action, plan.reason = again.action, again.reason
    with plan.refusing():
        if plan.is_written:
            with work.session.begin_nested():
                part.save(work, plan.item)


def _write(work: Work, part: LargePart, plans: list[Plan], about: About) -> None:
    """Do what was planned for the records of a part, or nothing if one turns out to be wrong."""
    while outdated := part.outdated(work, [plan for plan in plans if plan.is_written]):
        again = part.plan(work, [plan.item for plan in outdated], about)
        for plan, new in zip(outdated, again, strict=True):
            plan.action, plan.reason, plan.state = new.action, new.reason, new.state
    if all(plan.action is not Action.ERROR for plan in plans):
        part.write(work, [plan for plan in plans if plan.is_written])
