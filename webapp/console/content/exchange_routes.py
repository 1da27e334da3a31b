"""Entries to and from files: export of a list, and import with a mapping and a dry run."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from uuid import UUID

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.file import FileField
from wtforms import BooleanField, TextAreaField

from webapp.access import editors_only
from webapp.console.content.blueprint import blueprint
from webapp.console.content.listing import Listing
from webapp.console.forms import Form, submitting
from webapp.domain.content import exchange
from webapp.domain.content.content_types import ContentType
from webapp.domain.content.exchange import FORMATS
from webapp.domain.content.exchange_requests import read_export, request_export
from webapp.domain.content.importing import ImportReport, import_table, suggest_mapping
from webapp.domain.content.subjects import SUBJECTS
from webapp.domain.content.table_files import SIGNATURE, Table, read_file, write_csv
from webapp.kernel.errors import Conflict, FieldError, Invalid
from webapp.web import current_ports, current_work

FILE_MAX = 400_000
"""Bytes of a file: it is sent again with every answer about it, and forms end at half a megabyte."""


class ImportForm(Form):
    file = FileField(
        "File",
        description="CSV or XLSX with a line of names, or JSON as exported; up to 1,000 rows",
    )
    text = TextAreaField()
    draft = BooleanField("As drafts", description="Otherwise everything is published at once.")
    skip_bad = BooleanField("Leave out rows that are wrong", description="Otherwise nothing is done then.")

    def table(self) -> Table:
        """The file that was chosen, now or a step before. Raises Invalid."""
        sent = self.file.data.read(FILE_MAX + 1) if self.file.data else (self.text.data or "").encode()
        if len(sent) > FILE_MAX:
            raise Invalid([FieldError("/file", f"Must have at most {FILE_MAX} bytes.", "too_long")])
        table = read_file(sent)
        if sent.startswith(SIGNATURE):
            self.text.data = "".join(write_csv(table.columns, table.rows))
        else:
            self.text.data = sent.decode("utf-8-sig")
        return table


@blueprint.route("/<content_type:content_type>/export")
@editors_only
def export(content_type: ContentType) -> ResponseReturnValue:
    """The entries of the list at this address, in their latest state, as a file."""
    file, filters, form = BytesIO(), Listing.from_request().filters, requested_format()
    try:
        exchange.export(current_work(), SUBJECTS[content_type.name], filters, form, file)
    except Conflict as too_many:
        context = {"content_type": content_type, "reason": too_many.detail, "format": form}
        return render_template("console/content/export.html", **context), 409
    headers = {"Content-Disposition": f'attachment; filename="{content_type.name}.{form}"'}
    return Response(file.getvalue(), mimetype=FORMATS[form], headers=headers)


@blueprint.route("/<content_type:content_type>/export", methods=["POST"])
@editors_only
def export_later(content_type: ContentType) -> ResponseReturnValue:
    """The same for any number of entries, by a worker."""
    filters = Listing.from_request().filters
    job = request_export(current_work(), SUBJECTS[content_type.name], filters, requested_format())
    return redirect(url_for("console.jobs.job", job_id=job.id), 303)


@blueprint.route("/exports/<uuid:job_id>")
@editors_only
def exported(job_id: UUID) -> ResponseReturnValue:
    """The file that a worker has made."""
    name, pieces = read_export(current_work(), current_ports().storage, job_id)
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(b"".join(pieces), mimetype=FORMATS[name.rpartition(".")[2]], headers=headers)


@blueprint.route("/<content_type:content_type>/import", methods=["GET", "POST"])
@editors_only
def import_entries(content_type: ContentType) -> ResponseReturnValue:
    """Choose a file, say what its columns mean, see what would happen, and let it happen."""
    form = ImportForm()
    if form.validate_on_submit():
        with submitting(form):
            return run_import(content_type, form)
    page = render_template("console/content/import.html", content_type=content_type, form=form, table=None)
    return page, 422 if form.errors else 200


# --- the parts ------------------------------------------------------------------------------


def requested_format() -> str:
    form = request.args.get("format")
    return form if form in FORMATS else "csv"


def run_import(content_type: ContentType, form: ImportForm) -> ResponseReturnValue:
    table, subject = form.table(), SUBJECTS[content_type.name]
    mapping = sent_mapping(table, request.form) or suggest_mapping(subject, table)
    report = import_table(
        current_work(),
        subject,
        table,
        mapping,
        draft=form.draft.data,
        dry_run=request.form.get("then") != "import",
        skip_bad=form.skip_bad.data,
    )
    if report.is_written:
        flash(summary(report), "success" if not report.count("error") else "warning")
        return redirect(url_for("console.content.entries", content_type=content_type), 303)
    page = render_template(
        "console/content/import.html",
        content_type=content_type,
        form=form,
        table=table,
        mapping=mapping,
        columns=subject.columns,
        report=report,
    )
    return page, 422 if request.form.get("then") == "import" else 200


def sent_mapping(table: Table, sent: Mapping[str, str]) -> dict[str, str]:
    """What was chosen for each column, by its position; empty for a file that was only just chosen."""
    found = {column: sent.get(f"map-{position}") for position, column in enumerate(table.columns)}
    return {column: name for column, name in found.items() if name is not None}


def summary(report: ImportReport) -> str:
    words = f"{report.count('create')} made, {report.count('update')} changed"
    return f"{words}, {bad} left out." if (bad := report.count("error")) else f"{words}."
