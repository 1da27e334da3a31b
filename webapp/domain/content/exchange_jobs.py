"""Large imports and exports, done for the person who asked."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, BinaryIO, cast

from webapp.domain.content.asked_work import for_whoever_asked
from webapp.domain.content.exchange import rendered, write_rows
from webapp.domain.content.exchange_requests import (
    EXPORT,
    FOLDER,
    IMPORT,
    KEPT_FOR,
    ROWS_MAX,
    filters_from_json,
)
from webapp.domain.content.importing import (
    Tally,
    carry_out,
    check_mapping,
    plan_rows,
    report_of,
    suggest_mapping,
)
from webapp.domain.content.plans import Key, Plan
from webapp.domain.content.subjects import SUBJECTS, Subject
from webapp.domain.content.table_files import Table, read_file
from webapp.domain.jobs.registry import GiveUp, JobRun, handles
from webapp.kernel.db import looking_ahead
from webapp.kernel.errors import Invalid, NotFound
from webapp.kernel.paging import Page, PageRequest

PIECE = 1000
"""Rows between two notes of the progress, and rows that are written at once where bad ones are left out."""


@handles(EXPORT, time_limit=30 * 60, attempts=3)
def export(run: JobRun) -> None:
    """Export records into a file"""
    subject, filters = SUBJECTS[run.payload["subject"]], filters_from_json(run.payload["filters"])
    form, done, total = run.payload["format"], 0, 0

    def fetch(request: PageRequest) -> Page[dict[str, Any]]:
        nonlocal done, total
        page = subject.page(for_whoever_asked(run), request, filters)
        total = page.total if request.counted else total
        rows = rendered(subject, page, form)
        done += len(rows.data)
        run.step(done, max(done, total))
        return rows

    with tempfile.TemporaryFile() as file:
        write_rows(subject, fetch, form, cast("BinaryIO", file))
        file.seek(0)
        run.step()
        run.ports.storage.put(run.payload["key"], cast("BinaryIO", file))
    run.result = {"rows": done}


@handles(IMPORT, time_limit=60 * 60, attempts=3)
def import_file(run: JobRun) -> None:
    """Import records from a file

    All rows are worked out while others write. Then, unless one is wrong, they are written in one
    transaction, which is that of the job's end: an attempt that dies leaves nothing, and the next one begins
    anew. Where bad rows are left out, each piece is a transaction, and the next attempt goes on behind it.
    """
    run.step()
    subject, options = SUBJECTS[run.payload["subject"]], run.payload["options"]
    table, mapping = _table(run, subject)
    draft, is_piecemeal = options["draft"], options["skip_bad"] and not options["dry_run"]
    size, tally, seen, plans = len(table.rows), Tally(), dict[Key, int](), list[Plan]()
    for position in range(run.done if is_piecemeal else 0, size, PIECE):
        rows = list(enumerate(table.rows[position : position + PIECE], position + 1))
        with looking_ahead(run.work.session) as session:
            ahead = for_whoever_asked(run, session)
            piece = plan_rows(ahead, subject, table, rows, mapping, draft=draft, seen=seen)
        if is_piecemeal:
            tally.add(carry_out(for_whoever_asked(run), subject, piece, draft=draft, skip_bad=True))
        else:
            plans += piece
        run.step(position + len(rows), size)
    if not (is_piecemeal or options["dry_run"]):
        report = carry_out(for_whoever_asked(run), subject, plans, draft=draft, skip_bad=False)
    else:
        report = report_of(plans, is_written=is_piecemeal)
    tally.add(report)
    run.result = tally.result(is_written=report.is_written)


@handles("content.tidy_exchange", every=timedelta(hours=1))
def tidy(run: JobRun) -> None:
    """Delete files of imports and exports that were kept for long enough"""
    too_old = run.work.now - KEPT_FOR
    run.step()
    for found in run.ports.storage.list(FOLDER):
        if found.modified_at < too_old:
            run.ports.storage.delete(found.key)


def _table(run: JobRun, subject: Subject) -> tuple[Table, Mapping[str, str]]:
    """The table of the file, and what its columns mean."""
    try:
        table = read_file(b"".join(run.ports.storage.get(run.payload["key"])), ROWS_MAX)
        mapping = run.payload["mapping"] or suggest_mapping(subject, table)
        check_mapping(subject, mapping)
    except NotFound as error:
        raise GiveUp("The file is gone: it was kept for a day.") from error
    except Invalid as error:
        raise GiveUp(" ".join(each.detail for each in error.errors)) from error
    return table, mapping
