"""Records as files: CSV, XLSX or JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, BinaryIO

from webapp.domain.content.queries import Filters
from webapp.domain.content.subjects import Subject
from webapp.domain.content.table_files import write_csv
from webapp.domain.content.texts import pretty
from webapp.kernel.errors import Conflict
from webapp.kernel.paging import LIMIT_MAX, Page, PageRequest
from webapp.kernel.work import Work, require

EXPORT_MAX = 10_000
"""How many records one request hands out; for more there is a job."""

FORMATS = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
}
"""The formats of files, and their media types."""

FetchPage = Callable[[PageRequest], Page[dict[str, Any]]]


def export(work: Work, subject: Subject, filters: Filters, form: str, file: BinaryIO) -> None:
    """Write the records of a list into a file of one of ``FORMATS``. Raises Denied, Conflict for more than
    ``EXPORT_MAX``."""
    require(work.actor, subject.may_use(work.actor))

    def fetch(request: PageRequest) -> Page[Any]:
        page = subject.page(work, request, filters)
        if request.counted and page.total > EXPORT_MAX:
            detail = f"These are more than {EXPORT_MAX} records; ask for a job instead."
            raise Conflict(detail, code="too_many_records")
        return rendered(subject, page, form)

    write_rows(subject, fetch, form, file)


def rendered(subject: Subject, page: Page[Any], form: str) -> Page[dict[str, Any]]:
    """A page of records as rows of a file of ``form``."""
    render = subject.members if form == "json" else subject.texts
    return replace(page, data=[render(record) for record in page.data])


def write_rows(subject: Subject, fetch: FetchPage, form: str, file: BinaryIO) -> None:
    """Write the rows that ``fetch`` answers, page by page."""
    rows = _rows(fetch)
    if form == "json":
        file.write(b"[")
        for number, row in enumerate(rows):
            file.write(f"{',' if number else ''}\n{pretty(row)}".encode())
        file.write(b"\n]\n")
    elif form == "xlsx":
        from webapp.domain.content.xlsx_files import TableSheet, write_xlsx  # they take a while to load

        cells = ([row[name] for name in subject.columns] for row in rows)
        write_xlsx(file, TableSheet(subject.name, subject.columns, cells))
    else:
        file.writelines(line.encode() for line in write_csv(subject.columns, rows))


def _rows(fetch: FetchPage) -> Iterator[dict[str, Any]]:
    request = PageRequest(limit=LIMIT_MAX)
    while True:
        page = fetch(request)
        yield from page.data
        if page.next_after is None:
            return
        request = replace(request, after=page.next_after, counted=False)
