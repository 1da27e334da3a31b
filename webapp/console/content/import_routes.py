"""Records from files: what the columns mean, what would happen, errors by row; large files by a worker."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.file import FileField
from wtforms import BooleanField

from webapp.access import editors_only
from webapp.console.content.blueprint import blueprint
from webapp.console.content.listing import url_of_list
from webapp.console.files import FileForm
from webapp.console.forms import submitting
from webapp.console.routes import takes_files
from webapp.console.sent_once import OnceForm, done_once
from webapp.domain.content.exchange_requests import (
    ROWS_MAX,
    find_import,
    keep_file,
    read_kept,
    request_import,
)
from webapp.domain.content.importing import Tally, check_mapping, import_table, suggest_mapping
from webapp.domain.content.subjects import Subject
from webapp.domain.content.table_files import BYTES_AT_ONCE, ROWS_AT_ONCE, Table, read_beginning
from webapp.domain.jobs.models import Job, State
from webapp.kernel.errors import Invalid
from webapp.web import current_ports, current_work


class ImportForm(FileForm):
    file = FileField(
        "File",
        description=f"CSV or XLSX with a line of names, or JSON as exported; up to {ROWS_MAX:,} rows",
    )


class RowsForm(OnceForm):
    """What is done with the rows of a file."""

    draft = BooleanField("As drafts", description="Otherwise everything is published at once.")
    skip_bad = BooleanField("Leave out rows that are wrong", description="Otherwise nothing is done then.")

    @property
    def is_import(self) -> bool:
        """Whether it is more than a check."""
        return request.form.get("then") == "import"

    @property
    def options(self) -> dict[str, bool]:
        chosen = {"draft": self.draft.data, "skip_bad": self.skip_bad.data}
        return {**chosen, "dry_run": not self.is_import}


@dataclass(slots=True)
class Kept:
    """A file that waits to be imported: its first rows, what its columns mean, and how it fared so far."""

    subject: Subject
    file_id: UUID
    table: Table
    is_large: bool
    """Whether a worker reads it."""
    mapping: dict[str, str]
    job: Job | None = None
    report: dict[str, Any] | None = None
    """As ``Tally`` tells it; None while it is not known."""

    @property
    def is_done(self) -> bool:
        return self.report is not None and self.report["is_written"]

    @property
    def url(self) -> str:
        job_id = self.job.id if self.job else None
        return url_for("console.content.kept", subject=self.subject, file_id=self.file_id, job=job_id)


@blueprint.route("/import/<subject:subject>", methods=["GET", "POST"])
@editors_only
@takes_files
def import_records(subject: Subject) -> ResponseReturnValue:
    """Choose a file; a large one is checked by a worker at once."""
    form = ImportForm()
    if form.validate_on_submit():
        with submitting(form):
            data = form.sent()
            table = read_beginning(data, ROWS_AT_ONCE)
            found = kept_file(subject, keep_file(current_ports().storage, data), data, table)
            if found.is_large and not mapping_errors(found):
                ask(found, draft=False, skip_bad=False, dry_run=True)
            return redirect(found.url, 303)
    context = {"subject": subject, "form": form, "list_url": url_of_list(subject)}
    return render_template("console/content/import.html", **context), 422 if form.errors else 200


@blueprint.route("/import/<subject:subject>/<uuid:file_id>", methods=["GET", "POST"])
@editors_only
@done_once
def kept(subject: Subject, file_id: UUID) -> ResponseReturnValue:
    """Say what the columns of a file mean, see what would happen, and let it happen."""
    data, form = read_kept(current_ports().storage, file_id), RowsForm()
    found = kept_file(subject, file_id, data, read_beginning(data, ROWS_AT_ONCE))
    if form.validate_on_submit():
        found.mapping = sent_mapping(found.table, request.form)
        with submitting(form):
            return carry_out(found, form)
        return kept_page(found, form), 422
    follow(found, form)
    return kept_page(found, form)


# --- the parts ------------------------------------------------------------------------------


def kept_file(subject: Subject, file_id: UUID, data: bytes, table: Table) -> Kept:
    """A file and the table that it begins with, as it waits at first."""
    is_large = len(data) > BYTES_AT_ONCE or len(table.rows) > ROWS_AT_ONCE
    return Kept(subject, file_id, table, is_large, suggest_mapping(subject, table))


def carry_out(found: Kept, form: RowsForm) -> ResponseReturnValue:
    """Check or import the rows, here or by a worker. Raises Invalid for a mapping that makes no sense."""
    if found.is_large:
        check_mapping(found.subject, found.mapping)
        ask(found, **form.options)
        return redirect(found.url, 303)
    check(found, **form.options)
    if not found.is_done:
        return kept_page(found, form), 422 if form.is_import else 200
    assert found.report is not None
    flash(summary(found.report), "warning" if found.report["failed"] else "success")
    return redirect(url_of_list(found.subject), 303)


def ask(found: Kept, **options: bool) -> None:
    found.job = request_import(current_work(), found.subject, found.file_id, found.mapping, **options)


def check(found: Kept, **options: bool) -> None:
    """Import a small file, or try. Raises Invalid."""
    tally = Tally()
    report = import_table(current_work(), found.subject, found.table, found.mapping, **options)
    tally.add(report)
    found.report = tally.result(is_written=report.is_written)


def follow(found: Kept, form: RowsForm) -> None:
    """What is known of a file when its page is opened: a small one is checked, a large one has a job."""
    job_id = request.args.get("job", type=UUID)
    if job_id is not None:
        found.job = find_import(current_work(), found.file_id, job_id)
        found.mapping = found.job.payload["mapping"]
        for name in ("draft", "skip_bad"):
            form[name].data = found.job.payload["options"][name]
        found.report = found.job.result if found.job.state == State.DONE else None
    elif errors := mapping_errors(found):
        form.show(errors)
    elif not found.is_large:
        check(found, dry_run=True)


def mapping_errors(found: Kept) -> Invalid | None:
    """What is wrong with the mapping as it is."""
    try:
        check_mapping(found.subject, found.mapping)
    except Invalid as error:
        return error
    return None


def kept_page(found: Kept, form: RowsForm) -> str:
    context = {"found": found, "form": form, "list_url": url_of_list(found.subject)}
    return render_template("console/content/import_rows.html", **context)


def sent_mapping(table: Table, sent: Mapping[str, str]) -> dict[str, str]:
    """What was chosen for each column, by its position."""
    return {column: sent.get(f"map-{position}", "") for position, column in enumerate(table.columns)}


def summary(report: Mapping[str, Any]) -> str:
    words = f"{report['created']} made, {report['updated']} changed"
    return f"{words}, {bad} left out." if (bad := report["failed"]) else f"{words}."
