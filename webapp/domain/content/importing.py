"""Records from tables: with a mapping, a dry run and errors by row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from webapp.domain.content.subjects import Key, Subject
from webapp.domain.content.table_files import Table
from webapp.domain.content.texts import to_changes
from webapp.kernel.errors import DomainError, FieldError, Invalid
from webapp.kernel.work import Work, require


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
    rows = enumerate(table.rows, 1)
    return import_rows(work, subject, table, rows, mapping, draft=draft, dry_run=dry_run, skip_bad=skip_bad)


def import_rows(
    work: Work,
    subject: Subject,
    table: Table,
    rows: Iterable[tuple[int, Mapping[str, Any]]],
    mapping: Mapping[str, str],
    *,
    draft: bool,
    dry_run: bool,
    skip_bad: bool,
) -> ImportReport:
    """The same for some numbered rows of a table, by a mapping that was checked."""
    require(work.actor, subject.may_use(work.actor))
    is_written = False
    with suppress(_NotWritten), work.session.begin_nested():
        outcomes = [
            _import_row(work, subject, number, _fields_of(subject, table, row, mapping), draft=draft)
            for number, row in rows
        ]
        is_bad = any(outcome.action == "error" for outcome in outcomes)
        is_written = not dry_run and (skip_bad or not is_bad)
        if not is_written:
            raise _NotWritten
    return ImportReport(outcomes, is_written)


class _NotWritten(Exception):
    """Takes back what a dry run, or an import with wrong rows, has tried."""


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
    fields = [field for field in subject.fields if field.name in sent]
    changes = to_changes(fields, sent)
    found = {name: value for name, value in changes.fields.items() if name in sent}
    if key := sent.get("id", "").strip():
        found["id"] = key
    return found, changes.errors


def _import_row(work: Work, subject: Subject, number: int, read: Read, *, draft: bool) -> RowOutcome:
    fields, errors = read
    if errors:
        return RowOutcome(number, "error", errors=tuple(errors))
    try:
        with work.session.begin_nested():
            key, is_new = subject.save(work, fields, draft)
    except DomainError as error:
        found = error.errors or [FieldError("", error.detail, error.code)]
        return RowOutcome(number, "error", fields.get("id"), tuple(found))
    return RowOutcome(number, "create" if is_new else "update", key)
