"""Tables as Excel workbooks (Office Open XML, ISO/IEC 29500): cells are values, never formulas."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import islice
from typing import Any, BinaryIO
from xml.etree.ElementTree import ParseError

import openpyxl
import xlsxwriter
from openpyxl.utils.escape import unescape
from openpyxl.utils.exceptions import InvalidFileException

from webapp.domain.content.table_files import row_of
from webapp.kernel.errors import Conflict, FieldError, Invalid

UNPACKED_MAX = 64 * 1024 * 1024
"""Bytes of all parts of a workbook together: what packs a thousandfold is no table."""
PARTS_MAX = 200
LINES_MAX = 1_048_576
"""Lines of a sheet, empty ones too (Excel specifications and limits)."""
CELL_MAX = 32_767
"""Characters that a cell holds; Excel cuts off the rest."""


def read_xlsx(data: bytes, rows_max: int, columns_max: int) -> tuple[list[str], list[dict[str, str]]]:
    """The columns and rows of a workbook's first sheet as text; no more than one beyond each limit.

    Raises Invalid for what is no workbook, or unpacks to too much.
    """
    try:
        _check_size(data)
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        lines = book.worksheets[0].iter_rows(max_row=LINES_MAX, max_col=columns_max + 1, values_only=True)
        filled = (line for line in lines if any(value is not None for value in line))
        table = [[_text(value) for value in line] for line in islice(filled, rows_max + 2)]
        book.close()
    except (
        *(zipfile.BadZipFile, InvalidFileException, ParseError, KeyError, IndexError, ValueError),
        *(TypeError, AttributeError, EOFError, NotImplementedError, OSError),
    ) as error:
        raise Invalid([FieldError("/file", "Not a workbook that can be read.", "invalid")]) from error
    head = _without_end(table[0]) if table else []
    return head, [row_of(head, line) for line in table[1:] if any(line)]


@dataclass(frozen=True, slots=True)
class TableSheet:
    """One sheet of a workbook, a row for the names of its columns above the others."""

    title: str
    columns: Sequence[str]
    rows: Iterable[Sequence[str | int]]


def write_xlsx(file: BinaryIO, *sheets: TableSheet) -> None:
    """Write a workbook. Raises Conflict for a cell that would be cut off."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, options) as book:
        bold = book.add_format({"bold": True})
        for table in sheets:
            sheet = book.add_worksheet(table.title)
            sheet.set_column(0, 0, 28)
            sheet.freeze_panes(1, 0)
            for position, name in enumerate(table.columns):
                sheet.write_string(0, position, name, bold)
            for number, row in enumerate(table.rows, 1):
                _write_row(sheet, number, table.columns, row)


def _write_row(sheet: Any, number: int, columns: Sequence[str], row: Sequence[str | int]) -> None:
    for position, cell in enumerate(row):
        if isinstance(cell, int):
            sheet.write_number(number, position, cell)
        elif len(cell) > CELL_MAX:
            detail = f"“{columns[position]}” of row {number} is too long for a cell; export CSV or JSON."
            raise Conflict(detail, code="too_long_for_cell")
        elif cell:
            sheet.write_string(number, position, cell)


def _check_size(data: bytes) -> None:
    """Raise ValueError for a file that unpacks to too much. The sizes that it declares hold: no more than
    those is ever read of a part."""
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        found = parts.infolist()
    if len(found) > PARTS_MAX or sum(part.file_size for part in found) > UNPACKED_MAX:
        raise ValueError("too much")


def _text(value: Any) -> str:
    """A cell as it would stand in a CSV file."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case float() if value.is_integer() and abs(value) < 2**53:
            return str(int(value))
        case datetime() | date() | time():
            return value.isoformat()
    return str(unescape(str(value)))


def _without_end(head: list[str]) -> list[str]:
    """The names of columns, without what is empty behind the last of them."""
    while head and not head[-1].strip():
        head = head[:-1]
    return [name.strip() for name in head]
