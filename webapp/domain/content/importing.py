"""Records from tables: with a mapping, a dry run and errors by row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from webapp.domain.content.plans import Key, Plan
from webapp.domain.content.subjects import Subject
from webapp.domain.content.table_files import BEYOND, Table
from webapp.domain.content.texts import to_changes
from webapp.kernel.errors import FieldError, Invalid
from webapp.kernel.work import Work, require

ERRORS_TOLD = 1000


@dataclass(frozen=True, slots=True)
class RowOutcome:
    """What becomes of a row: ``number`` counts from 1, ``action`` is ``create``, ``update`` or ``error``."""

    number: int
    action: str
    key: Key | None = None
    errors: tuple[FieldError, ...] = ()


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What was done, or would be; nothing was written unless ``is_written``."""

    outcomes: list[RowOutcome]
    is_written: bool

    def count(self, action: str) -> int:
        return sum(outcome.action == action for outcome in self.outcomes)


@dataclass(slots=True)
class Tally:
    """What became of the rows so far; of those that are wrong, the first ``ERRORS_TOLD`` errors."""

    counts: dict[str, int] = field(default_factory=lambda: {"create": 0, "update": 0, "error": 0})
    errors: list[dict[str, Any]] = field(default_factory=list)

    def add(self, report: ImportReport) -> None:
        for outcome in report.outcomes:
            self.counts[outcome.action] += 1
            for error in outcome.errors:
                if len(self.errors) < ERRORS_TOLD:
                    found = {"pointer": error.pointer, "detail": error.detail, "code": error.code}
                    self.errors.append({"row": outcome.number, **found})

    def result(self, *, is_written: bool) -> dict[str, Any]:
        created, updated, failed = self.counts.values()
        counts = {"created": created, "updated": updated, "failed": failed}
        return {"is_written": is_written, **counts, "errors": self.errors}


def suggest_mapping(subject: Subject, table: Table) -> dict[str, str]:
    """The field that each column of a table means by its name; empty for none."""
    known = {name.casefold(): name for name in subject.columns}
    return {column: known.get(column.casefold().replace(" ", ""), "") for column in table.columns}


def import_table(
    work: Work,
    subject: Subject,
    table: Table,
    mapping: Mapping[str, str],
    *,
    draft: bool = False,
    dry_run: bool = False,
    skip_bad: bool = False,
) -> ImportReport:
    """Make records, or change those whose ids are there. Columns are read as ``mapping`` says.

    Nothing is written in a dry run, or if a row is wrong, unless ``skip_bad`` leaves just those out. Raises
    Invalid for a mapping that makes no sense.
    """
    check_mapping(subject, mapping)
    plans = plan_rows(work, subject, table, enumerate(table.rows, 1), mapping, draft=draft, seen={})
    if dry_run:
        return report_of(plans)
    return carry_out(work, subject, plans, draft=draft, skip_bad=skip_bad)


def plan_rows(
    work: Work,
    subject: Subject,
    table: Table,
    rows: Iterable[tuple[int, Mapping[str, Any]]],
    mapping: Mapping[str, str],
    *,
    draft: bool,
    seen: dict[Key, int],
) -> list[Plan]:
    """What some numbered rows would do, by a mapping that was checked. Only reads.

    ``seen`` are the records that rows before these are about, and the numbers of those; it grows.
    """
    require(work.actor, subject.may_use(work.actor))
    meant, unreadable = [], []
    for number, row in rows:
        fields, errors = _fields_of(subject, table, row, mapping)
        if errors:
            unreadable.append(Plan(number, fields, errors, fields.get("id")))
        else:
            meant.append((number, fields))
    plans = subject.plan(work, meant, draft)
    for plan in plans:
        if plan.key is not None and (first := seen.setdefault(plan.key, plan.number)) != plan.number:
            plan.errors = [FieldError("/id", f"Row {first} is about the same record.", "taken")]
            plan.state = None
    return sorted([*plans, *unreadable], key=lambda plan: plan.number)


def carry_out(
    work: Work, subject: Subject, plans: list[Plan], *, draft: bool, skip_bad: bool
) -> ImportReport:
    """Write what was planned, all of it or nothing; with ``skip_bad`` without the rows that are wrong.

    What others have changed since is planned anew, once nobody else can change it.
    """
    require(work.actor, subject.may_use(work.actor))
    while True:
        good = [plan for plan in plans if not plan.errors]
        if len(good) < len(plans) and not skip_bad:
            return report_of(plans)
        outdated = subject.outdated(work, good)
        if not outdated:
            break
        rows = [(plan.number, plan.fields) for plan in outdated]
        again = {plan.number: plan for plan in subject.plan(work, rows, draft)}
        plans = [again.get(plan.number, plan) for plan in plans]
    subject.write(work, good, draft)
    work.session.flush()
    return report_of(plans, is_written=True)


def report_of(plans: Iterable[Plan], *, is_written: bool = False) -> ImportReport:
    """What became of the rows, or would."""
    return ImportReport([_outcome(plan) for plan in plans], is_written)


def _outcome(plan: Plan) -> RowOutcome:
    action = "error" if plan.errors else "create" if plan.is_new else "update"
    return RowOutcome(plan.number, action, plan.key, tuple(plan.errors))


def check_mapping(subject: Subject, mapping: Mapping[str, str]) -> None:
    """Raise Invalid for a mapping to fields that are not there, or twice to one, or to none."""
    wanted = [name for name in mapping.values() if name]
    errors = []
    for name in dict.fromkeys(wanted):
        if name not in subject.columns:
            errors.append(FieldError("/mapping", f"There is no field “{name[:100]}”.", "invalid_choice"))
        elif wanted.count(name) > 1:
            errors.append(FieldError("/mapping", f"Two columns mean “{name}”.", "invalid_choice"))
    if not wanted:
        errors.append(FieldError("/mapping", "No column means anything.", "required"))
    if errors:
        raise Invalid(errors)


Read = tuple[dict[str, Any], list[FieldError]]


def _fields_of(subject: Subject, table: Table, row: Mapping[str, Any], mapping: Mapping[str, str]) -> Read:
    """A row's fields, as commands take them, and its texts that mean nothing."""
    sent = {name: row[column] for column, name in mapping.items() if name and column in row}
    if not table.is_text:
        if isinstance(tags := sent.get("tags"), list):
            sent["tags"] = [tag.get("name") if isinstance(tag, dict) else tag for tag in tags]
        return sent, []
    if BEYOND in row:
        return sent, [FieldError("", "It has more cells than there are columns.", "too_long")]
    fields = [field for field in subject.fields if field.name in sent]
    changes = to_changes(fields, sent)
    found = {name: value for name, value in changes.fields.items() if name in sent}
    if key := sent.get("id", "").strip():
        found["id"] = key
    return found, changes.errors
