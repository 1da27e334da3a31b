"""Entries to and from tables: export, and import with a mapping, a dry run and errors by row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from webapp.domain.content.commands import create_entry, update_entry
from webapp.domain.content.content_types import ContentType
from webapp.domain.content.members import members
from webapp.domain.content.policy import may_edit, may_see_drafts
from webapp.domain.content.queries import Filters, get_entry, list_entries
from webapp.domain.content.table_files import Table
from webapp.domain.content.texts import to_changes, to_texts
from webapp.domain.content.views import EntryView
from webapp.kernel.errors import DomainError, FieldError, Invalid, NotFound
from webapp.kernel.paging import LIMIT_MAX, PageRequest
from webapp.kernel.work import Work, require

EXPORT_MAX = 10_000
"""How many entries one file holds."""


def columns_of(content_type: ContentType) -> list[str]:
    """The columns of a table of entries."""
    return ["id", *(field.name for field in content_type.fields), "tags"]


def suggest_mapping(content_type: ContentType, table: Table) -> dict[str, str]:
    """The field that each column of a table means by its name; empty for none."""
    known = {name.casefold(): name for name in columns_of(content_type)}
    return {column: known.get(column.casefold().replace(" ", ""), "") for column in table.columns}


def export_views(work: Work, content_type: ContentType, filters: Filters) -> Iterator[EntryView]:
    """The entries of a list, page by page; no more than ``EXPORT_MAX``. Raises Denied."""
    require(work.actor, may_see_drafts(work.actor))
    request = PageRequest(limit=LIMIT_MAX, counted=False)
    for _ in range(EXPORT_MAX // LIMIT_MAX):
        page = list_entries(work, content_type, request, filters)
        yield from page.data
        if page.next_after is None:
            return
        request = replace(request, after=page.next_after)


def as_texts(view: EntryView) -> dict[str, str]:
    """An entry as a row of CSV."""
    return {"id": str(view.key), **to_texts(view.type, view.document, [tag.name for tag in view.tags])}


def as_members(view: EntryView) -> dict[str, Any]:
    """An entry as an object of JSON, as the API answers it to editors."""
    return members(view, draft=True)


# --- import ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RowOutcome:
    """What becomes of a row: ``number`` counts from 1, ``action`` is ``create``, ``update`` or ``error``."""

    number: int
    action: str
    key: int | str | None = None
    errors: tuple[FieldError, ...] = ()


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What was done, or would be; nothing was written unless ``is_written``."""

    outcomes: list[RowOutcome]
    is_written: bool

    def count(self, action: str) -> int:
        return sum(outcome.action == action for outcome in self.outcomes)


def import_table(
    work: Work,
    content_type: ContentType,
    table: Table,
    mapping: Mapping[str, str],
    *,
    draft: bool = False,
    dry_run: bool = False,
    skip_bad: bool = False,
) -> ImportReport:
    """Create entries, or change those whose ids are there. Columns are read as ``mapping`` says.

    Nothing is written in a dry run, or if a row is wrong, unless ``skip_bad`` leaves just those out. Raises
    Invalid for a mapping that makes no sense.
    """
    require(work.actor, may_edit(work.actor))
    _check_mapping(content_type, mapping)
    is_written = False
    with suppress(_NotWritten), work.session.begin_nested():
        outcomes = [
            _import_row(
                work, content_type, number, _fields_of(content_type, table, row, mapping), draft=draft
            )
            for number, row in enumerate(table.rows, 1)
        ]
        is_bad = any(outcome.action == "error" for outcome in outcomes)
        is_written = not dry_run and (skip_bad or not is_bad)
        if not is_written:
            raise _NotWritten
    return ImportReport(outcomes, is_written)


class _NotWritten(Exception):
    """Takes back what a dry run, or an import with wrong rows, has tried."""


def _check_mapping(content_type: ContentType, mapping: Mapping[str, str]) -> None:
    wanted = [name for name in mapping.values() if name]
    errors = []
    for name in dict.fromkeys(wanted):
        if name not in columns_of(content_type):
            errors.append(FieldError("/mapping", f"There is no field “{name[:100]}”.", "invalid_choice"))
        elif wanted.count(name) > 1:
            errors.append(FieldError("/mapping", f"Two columns mean “{name}”.", "invalid_choice"))
    if not wanted:
        errors.append(FieldError("/mapping", "No column means anything.", "required"))
    if errors:
        raise Invalid(errors)


Read = tuple[dict[str, Any], list[FieldError]]


def _fields_of(
    content_type: ContentType, table: Table, row: Mapping[str, Any], mapping: Mapping[str, str]
) -> Read:
    """A row's fields, as commands take them, and its texts that mean nothing."""
    sent = {name: row[column] for column, name in mapping.items() if name and column in row}
    if not table.is_text:
        if isinstance(tags := sent.get("tags"), list):
            sent["tags"] = [tag.get("name") if isinstance(tag, dict) else tag for tag in tags]
        return sent, []
    fields = [field for field in content_type.fields if field.name in sent]
    changes = to_changes(fields, sent)
    found = {name: value for name, value in changes.fields.items() if name in sent}
    if key := sent.get("id", "").strip():
        found["id"] = key
    return found, changes.errors


def _import_row(work: Work, content_type: ContentType, number: int, read: Read, *, draft: bool) -> RowOutcome:
    fields, errors = read
    if errors:
        return RowOutcome(number, "error", errors=tuple(errors))
    try:
        with work.session.begin_nested():
            view, is_new = _save(work, content_type, fields, draft=draft)
    except DomainError as error:
        found = error.errors or [FieldError("", error.detail, error.code)]
        return RowOutcome(number, "error", fields.get("id"), tuple(found))
    return RowOutcome(number, "create" if is_new else "update", view.key)


def _save(
    work: Work, content_type: ContentType, fields: dict[str, Any], *, draft: bool
) -> tuple[EntryView, bool]:
    """Create or change an entry; and whether it is new."""
    key = fields.get("id")
    rest = {name: value for name, value in fields.items() if name != "id"}
    if key is None or key == "":
        return create_entry(work, content_type, rest, draft=draft), True
    try:
        get_entry(work, content_type, key, draft=True)
    except NotFound:
        if not content_type.has_own_keys:
            raise
        return create_entry(work, content_type, fields, draft=draft), True
    return update_entry(work, content_type, key, rest, draft=draft), False
