"""A report as a file: CSV, a workbook, or a page for paper."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

from webapp.domain.cards.reports import MOMENTS, Named, Report
from webapp.domain.content.table_files import neutral, write_csv
from webapp.ports import Renderer, Sheet

FORMATS = {
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}
A4 = (210.0, 297.0)
PAGE = (794, 1123)
"""A4 in CSS pixels."""
TITLES = {
    "start": "From",
    "users": "People",
    "cards": "Cards",
    "templates": "Templates",
    "festivals": "Festivals",
    "likes": "Likes",
    "reviews": "Reviews",
}
ROWS_ON_PAPER = 36
STYLE = """@page{margin:0}body{margin:0;padding:56px;font:13px/1.45 "Noto Sans",sans-serif;color:#1b1b24}
h1{font-size:24px;margin:0}p{margin:4px 0 20px;color:#5b5b66}h2{font-size:15px;margin:22px 0 6px}
table{border-collapse:collapse;width:100%}
th,td{text-align:right;padding:3px 6px;border-bottom:1px solid #dcdce2;
font-variant-numeric:tabular-nums}
th:first-child,td:first-child{text-align:left}tfoot td{font-weight:700}
.two{display:grid;grid-template-columns:1fr 1fr;gap:0 28px}"""


def as_file(report: Report, form: str, renderer: Renderer, site_name: str) -> bytes:
    """The report as ``form``, one of ``csv``, ``xlsx`` and ``pdf``. Raises Unavailable for PDF."""
    if form == "csv":
        return as_csv(report)
    if form == "xlsx":
        return as_xlsx(report)
    return as_pdf(report, renderer, site_name)


def name_of(report: Report, form: str) -> str:
    """What its file is called."""
    return f"report-{report.since}-{report.until}.{form}"


def as_csv(report: Report) -> bytes:
    """One row for each period; no spreadsheet runs a cell as a formula."""
    rows = ({name: str(row[name]) for name in TITLES} for row in report.rows)
    return "".join(write_csv(list(TITLES), rows)).encode()


def as_xlsx(report: Report) -> bytes:
    """A workbook: periods, templates and festivals, a sheet each."""
    from webapp.domain.content.xlsx_files import TableSheet, write_xlsx  # they take a while to load

    file = io.BytesIO()
    periods = ([_cell(row[name]) for name in TITLES] for row in report.rows)
    write_xlsx(
        file,
        TableSheet("Periods", list(TITLES.values()), periods),
        TableSheet("Templates", ["Template", "Cards"], _numbers(report.templates)),
        TableSheet("Festivals", ["Festival", "Cards"], _numbers(report.festivals)),
    )
    return file.getvalue()


def _numbers(found: Iterable[Named]) -> list[list[str | int]]:
    return [[neutral(each.name), each.cards] for each in found]


def as_pdf(report: Report, renderer: Renderer, site_name: str) -> bytes:
    """One sheet of paper; of many periods the last ones. Raises Unavailable without a browser."""
    shown = list(report.rows)[-ROWS_ON_PAPER:]
    body = (
        f"<h1>{escape(site_name)}</h1><p>{report.since.isoformat()} – {report.until.isoformat()}, "
        f"by {report.period}</p>"
        + _table(list(TITLES.values()), ([row[name] for name in TITLES] for row in shown), _totals(report))
        + '<div class="two">'
        + _top("Templates", report.templates)
        + _top("Festivals", report.festivals)
        + "</div>"
    )
    html = f'<!doctype html><html><head><meta charset="utf-8"><style>{STYLE}</style></head><body>{body}'
    return renderer.document(Sheet(html, *PAGE), A4)


def _totals(report: Report) -> list[Any]:
    return ["Total", *(report.totals[name] for name in MOMENTS)]


def _top(title: str, found: Sequence[Named]) -> str:
    rows = ([each.name, each.cards] for each in found[:8])
    return f"<section><h2>{title}</h2>{_table([title[:-1], 'Cards'], rows)}</section>"


def _table(names: Sequence[str], rows: Iterable[Sequence[Any]], foot: Sequence[Any] = ()) -> str:
    def line(cells: Iterable[Any], tag: str) -> str:
        return "<tr>" + "".join(f"<{tag}>{escape(str(cell))}</{tag}>" for cell in cells) + "</tr>"

    body = "".join(line(row, "td") for row in rows)
    end = f"<tfoot>{line(foot, 'td')}</tfoot>" if foot else ""
    return f"<table><thead>{line(names, 'th')}</thead><tbody>{body}</tbody>{end}</table>"


def _cell(value: Any) -> str | int:
    return value if isinstance(value, int) else str(value)
