"""Workbooks: what goes in comes out, nothing is a formula, and what is no workbook is refused."""

from __future__ import annotations

import io
import zipfile
from datetime import date

import openpyxl
import pytest

from webapp.domain.content.table_files import read_file
from webapp.domain.content.xlsx_files import CELL_MAX, UNPACKED_MAX, TableSheet, write_xlsx
from webapp.kernel.errors import Conflict, Invalid

TEXTS = [
    *(
        "=1+1",
        "'=x",
        "-1",
        "@x",
        "+1",
        "\tx",
        "_x0041_",
        "_x005F_",
        "a\rb\r\nc\n\x01\x1f",
        "😀 दीपावली",
        " lead ",
    ),
    *(" lead ", "12", "1.50", "true", "https://example.org", "&<>\"'", "#N/A", "x" * CELL_MAX),
]


def workbook(*rows: tuple[object, ...]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def written(texts: list[str]) -> bytes:
    file = io.BytesIO()
    write_xlsx(file, TableSheet("t", ["a", "b"], ([text, "x"] for text in texts)))
    return file.getvalue()


def test_what_is_written_is_read_again() -> None:
    assert [row["a"] for row in read_file(written(TEXTS)).rows] == TEXTS


def test_no_cell_is_a_formula() -> None:
    book = openpyxl.load_workbook(io.BytesIO(written(TEXTS)))
    assert {cell.data_type for cell in book.active["A"]} == {"s"}


def test_values_of_spreadsheets_become_text() -> None:
    file = workbook(("title", "n", "when", " ok ", None), ("x", 3.0, date(2026, 1, 2), True), (), ("y", 1.5))
    table = read_file(file)
    assert table.columns == ["title", "n", "when", "ok"]
    assert table.rows == [
        {"title": "x", "n": "3", "when": "2026-01-02T00:00:00", "ok": "true"},
        {"title": "y", "n": "1.5", "when": "", "ok": ""},
    ]


def test_empty_lines_hide_no_row() -> None:
    file = workbook(("title",), *(() for _ in range(30)), ("x",), *(() for _ in range(30)), ("y",))
    assert [row["title"] for row in read_file(file, rows_max=10).rows] == ["x", "y"]


def packed(**parts: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in parts.items():
            archive.writestr(name, body)
    return file.getvalue()


@pytest.mark.parametrize(
    "file",
    [
        b"PK\x03\x04 no more than that",
        packed(a=b"x"),
        packed(bomb=b"\0" * (UNPACKED_MAX + 1)),
        packed(**{f"part{number}": b"" for number in range(201)}),
        written(["x"])[:-200],
        written(["x"]).replace(b"xl/worksheets/sheet1.xml", b"xl/worksheets/sheet9.xml"),
    ],
    ids=["signature", "parts", "bomb", "many", "cut", "renamed"],
)
def test_what_is_no_workbook_is_refused(file: bytes) -> None:
    with pytest.raises(Invalid):
        read_file(file)


def test_limits() -> None:
    with pytest.raises(Invalid, match=r"not valid") as refused:
        read_file(workbook(("a",), *(("x",) for _ in range(12))), rows_max=10)
    assert refused.value.errors[0].code == "too_long"
    with pytest.raises(Conflict, match="too long for a cell"):
        written(["x" * (CELL_MAX + 1)])
