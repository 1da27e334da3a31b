"""Entries to and from files: export of a list, and import with a mapping and a dry run."""

from __future__ import annotations

from collections.abc import Mapping

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
from webapp.domain.content.exchange import ImportReport
from webapp.domain.content.table_files import Table, read_table, write_csv
from webapp.domain.content.texts import pretty
from webapp.kernel.errors import FieldError, Invalid
from webapp.web import current_work

FILE_MAX = 400_000
"""Bytes of a file: it is sent again with every answer about it, and forms end at half a megabyte."""


class ImportForm(Form):
    file = FileField("File", description="CSV with a line of names, or JSON as an export has it")
    text = TextAreaField()
    draft = BooleanField("As drafts", description="Otherwise everything is published at once.")
    skip_bad = BooleanField("Leave out rows that are wrong", description="Otherwise nothing is done then.")

    def table(self) -> Table:
        """The file that was chosen, now or a step before. Raises Invalid."""
        sent = self.file.data.read(FILE_MAX + 1) if self.file.data else (self.text.data or "").encode()
        if len(sent) > FILE_MAX:
            raise Invalid([FieldError("/file", f"Must have at most {FILE_MAX} bytes.", "too_long")])
        try:
            self.text.data = sent.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise Invalid([FieldError("/file", "Must be text in UTF-8.", "invalid")]) from error
        return read_table(self.text.data)


@blueprint.route("/<content_type:content_type>/export")
@editors_only
def export(content_type: ContentType) -> ResponseReturnValue:
    """The entries of the list at this address, in their latest state, as a file."""
    is_json = request.args.get("format") == "json"
    views = exchange.export_views(current_work(), content_type, Listing.from_request().filters)
    if is_json:
        body = pretty([exchange.as_members(view) for view in views])
    else:
        body = "".join(write_csv(exchange.columns_of(content_type), map(exchange.as_texts, views)))
    ending, mimetype = ("json", "application/json") if is_json else ("csv", "text/csv")
    headers = {"Content-Disposition": f'attachment; filename="{content_type.name}.{ending}"'}
    return Response(body, mimetype=mimetype, headers=headers)


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


def run_import(content_type: ContentType, form: ImportForm) -> ResponseReturnValue:
    table = form.table()
    mapping = sent_mapping(table, request.form) or exchange.suggest_mapping(content_type, table)
    report = exchange.import_table(
        current_work(),
        content_type,
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
        columns=exchange.columns_of(content_type),
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
