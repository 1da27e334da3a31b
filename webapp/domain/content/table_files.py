"""Tables as files: CSV (RFC 4180) that no spreadsheet runs as formulas, workbooks, and JSON."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from webapp.kernel.db import is_storable
from webapp.kernel.errors import FieldError, Invalid
from webapp.kernel.json_text import MalformedJson, read_json

SIGNATURE = b"PK\x03\x04"
"""What workbooks begin with."""
ROWS_AT_ONCE = 1000
"""Longer files are imported by a worker."""
BYTES_AT_ONCE = 1024 * 1024
"""Larger files are read by a worker."""
COLUMNS_MAX = 100
_RISKY = ("=", "+", "-", "@", "\t", "\r")
"""What spreadsheets take for the beginning of a formula (OWASP, CSV injection)."""

csv.field_size_limit(1024 * 1024)


@dataclass(frozen=True, slots=True)
class Table:
    """A file that was read. Cells of CSV are text; those of JSON are values, and missing where not sent."""

    columns: Sequence[str]
    rows: Sequence[dict[str, Any]]
    is_text: bool


BEYOND = "\0"
"""In a row, what stands behind its last column; no name of a column can be that."""


def row_of(columns: Sequence[str], cells: Sequence[str]) -> dict[str, str]:
    """A line of a file by the names of its columns."""
    row = dict(zip(columns, cells, strict=False))
    if any(beyond := cells[len(columns) :]):
        row[BEYOND] = " ".join(beyond)
    return row


def read_file(data: bytes, rows_max: int = ROWS_AT_ONCE) -> Table:
    """The table in a file: a workbook, or text in UTF-8. Raises Invalid, also for too many rows."""
    table = read_beginning(data, rows_max)
    if len(table.rows) > rows_max:
        raise Invalid([FieldError("/file", f"Must have at most {rows_max} rows.", "too_long")])
    return table


def read_beginning(data: bytes, rows_max: int) -> Table:
    """The first rows of a file's table, more than ``rows_max`` where it has more. Raises Invalid."""
    if data.startswith(SIGNATURE):
        from webapp.domain.content.xlsx_files import read_xlsx  # its libraries take a while to load

        columns, rows = read_xlsx(data, rows_max, COLUMNS_MAX)
        if not all(is_storable(text) for row in rows for text in row.values()):
            raise _unstorable()
        _check_names(columns)
        return _checked(Table(columns, rows, is_text=True))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Invalid([FieldError("/file", "Must be text in UTF-8.", "invalid")]) from error
    if not is_storable(text):
        raise _unstorable()
    is_json = text.lstrip()[:1] in ("[", "{")
    return _checked(_read_json(text) if is_json else _read_csv(text, rows_max))


def _unstorable() -> Invalid:
    return Invalid([FieldError("/file", "Contains characters that cannot be stored.", "invalid_characters")])


def _checked(table: Table) -> Table:
    """Raise Invalid for a table without rows, or with too many columns."""
    if not table.rows:
        raise Invalid([FieldError("/file", "There are no rows in it.", "required")])
    if len(table.columns) > COLUMNS_MAX:
        raise Invalid([FieldError("/file", f"Must have at most {COLUMNS_MAX} columns.", "too_long")])
    return table


def _check_names(columns: Sequence[str]) -> None:
    if len(set(columns)) != len(columns):
        raise Invalid([FieldError("/file", "Two columns have the same name.", "invalid")])


def write_csv(columns: Sequence[str], rows: Iterable[dict[str, str]]) -> Iterator[str]:
    """The lines of a CSV file, cells that a spreadsheet might run behind an apostrophe."""
    line = io.StringIO()
    writer = csv.DictWriter(line, columns)
    writer.writeheader()
    yield "\ufeff" + line.getvalue()
    for row in rows:
        line.seek(0)
        line.truncate()
        writer.writerow({name: neutral(text) for name, text in row.items()})
        yield line.getvalue()


def neutral(text: str) -> str:
    """A cell that no spreadsheet takes for a formula; ``plain_cell`` gives the text back."""
    return f"'{text}" if text.lstrip("'").startswith(_RISKY) else text


def plain_cell(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell.lstrip("'").startswith(_RISKY) else cell


def _read_csv(text: str, rows_max: int) -> Table:
    try:
        head = text.partition("\n")[0]
        delimiter = max(",;\t", key=head.count)
        lines = [
            line for line in csv.reader(io.StringIO(text), delimiter=delimiter, strict=True) if any(line)
        ]
    except csv.Error as error:
        raise Invalid([FieldError("/file", f"Not a CSV file: {error}.", "invalid")]) from error
    columns = [name.strip() for name in lines[0]] if lines else []
    _check_names(columns)
    rows = [row_of(columns, [plain_cell(cell) for cell in line]) for line in lines[1 : rows_max + 2]]
    return Table(columns, rows, is_text=True)


def _read_json(text: str) -> Table:
    try:
        found = read_json(text.encode())
    except MalformedJson as error:
        place = "" if error.line is None else f"Line {error.line}, column {error.column}: "
        raise Invalid([FieldError("/file", f"{place}{error.reason}", "malformed_json")]) from error
    rows = found.get("data") if isinstance(found, dict) else found
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise Invalid([FieldError("/file", "Must be a list of objects.", "invalid_type")])
    columns = list(dict.fromkeys(name for row in rows for name in row))
    return Table(columns, rows, is_text=False)
