"""``/content/…/export`` and ``/content/…/import``: records as files, at once or as jobs."""

from __future__ import annotations

from http import HTTPStatus
from tempfile import SpooledTemporaryFile
from typing import Any
from uuid import UUID

import marshmallow as ma
from flask import Response, jsonify
from marshmallow import fields

from webapp.access import approved_only
from webapp.api.blueprint import Blueprint
from webapp.api.content.parameters import export_query
from webapp.api.fields import Answer, Coded, File, QueryFlag, Schema
from webapp.api.jobs.schemas import JobSchema
from webapp.api.requests import file_body
from webapp.domain.content.exchange import FORMATS, export
from webapp.domain.content.exchange_requests import (
    ROWS_MAX,
    find_subject,
    keep_file,
    read_export,
    request_export,
    request_import,
)
from webapp.domain.content.importing import ERRORS_TOLD, ImportReport, Tally, import_table, suggest_mapping
from webapp.domain.content.queries import Filters
from webapp.domain.content.table_files import BYTES_AT_ONCE, ROWS_AT_ONCE, read_file
from webapp.domain.jobs.models import Job
from webapp.kernel.errors import FieldError, Invalid
from webapp.kernel.json_text import MalformedJson, read_json
from webapp.web import current_ports, current_work

MEMORY = 1024 * 1024

blueprint = Blueprint(
    "exchange", __name__, url_prefix="/api/v1/content", description="Content to and from files"
)

JOB = JobSchema()


class MappingField(fields.Field[dict[str, str]]):
    """A JSON object in a form."""

    def __init__(self) -> None:
        about = "`{column: field}`. Without it columns mean the fields that have their names."
        super().__init__(metadata={"type": "string", "description": about})

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> dict[str, str]:
        try:
            found = read_json(str(value).encode(errors="surrogatepass"))
        except MalformedJson as error:
            raise self.wrong() from error
        if not isinstance(found, dict) or not all(isinstance(each, str) for each in found.values()):
            raise self.wrong()
        return found

    @staticmethod
    def wrong() -> ma.ValidationError:
        return ma.ValidationError([Coded("Must be a JSON object of text.", "invalid_type")])


class ImportSchema(Schema):
    """A file (CSV, XLSX or JSON), and what is done with it."""

    file = File(required=True)
    mapping = MappingField()
    draft = QueryFlag(load_default=False, metadata={"description": "Save without publishing."})
    dry_run = QueryFlag(
        load_default=False, metadata={"description": "Write nothing, and tell what would be."}
    )
    skip_bad = QueryFlag(
        load_default=False,
        metadata={"description": "Leave out rows that are wrong; otherwise nothing is written then."},
    )


class RowErrorSchema(Answer):
    """What is wrong in one row; rows count from 1."""

    row = fields.Integer()
    pointer = fields.String()
    detail = fields.String()
    code = fields.String()


class ImportReportSchema(Answer):
    """What an import has done, or would do."""

    is_written = fields.Boolean()
    created = fields.Integer()
    updated = fields.Integer()
    failed = fields.Integer()
    errors = fields.List(fields.Nested(RowErrorSchema))


@blueprint.route("/<string:subject>/export", methods=["GET"])
@approved_only
@blueprint.arguments(export_query(), location="query")
@blueprint.response(200, {"type": "string", "format": "binary"}, content_type="text/csv")
@blueprint.refuses(HTTPStatus.CONFLICT)
def export_now(query: dict[str, Any], subject: str) -> Response:
    """A list in its latest state as a file, up to 10,000 records; of items your own."""
    form = query.pop("format")
    with SpooledTemporaryFile(max_size=MEMORY) as file:
        export(current_work(), find_subject(subject), Filters(draft=True, **query), form, file)  # type: ignore[arg-type]
        file.seek(0)
        return as_file(f"{subject}.{form}", file.read())


@blueprint.route("/<string:subject>/export", methods=["POST"])
@approved_only
@blueprint.once
@blueprint.arguments(export_query(), location="query")
@blueprint.response(202, JOB)
def export_later(query: dict[str, Any], subject: str) -> Job:
    """The same for any number of records: a job, whose id leads to its file in `/content/exports`."""
    form = query.pop("format")
    return request_export(current_work(), find_subject(subject), Filters(draft=True, **query), form)


@blueprint.route("/exports/<uuid:export_id>", methods=["GET"])
@approved_only
@blueprint.response(200, {"type": "string", "format": "binary"}, content_type="text/csv")
def read_file_of_export(export_id: UUID) -> Response:
    """The file that a job has made."""
    name, pieces = read_export(current_work(), current_ports().storage, export_id)
    return as_file(name, b"".join(pieces))


@blueprint.route("/<string:subject>/import", methods=["POST"])
@approved_only
@file_body
@blueprint.once
@blueprint.arguments(ImportSchema(), location="files")
@blueprint.response(200, ImportReportSchema())
@blueprint.alt_response(202, schema=JOB, description="More than 1,000 rows, or a MiB: a job does it.")
def import_records(form: dict[str, Any], subject: str) -> Response:
    """Make records, or change those whose ids are there; errors come back by row."""
    data, mapping, target = form.pop("file").read(), form.pop("mapping", None), find_subject(subject)
    table = None if len(data) > BYTES_AT_ONCE else read_file(data, ROWS_MAX)
    if table is None or len(table.rows) > ROWS_AT_ONCE:
        file_id = keep_file(current_ports().storage, data)
        job = request_import(current_work(), target, file_id, mapping or {}, **form)
        return accepted(job)
    mapping = suggest_mapping(target, table) if mapping is None else mapping
    return report_of(import_table(current_work(), target, table, mapping, **form), form["dry_run"])


# --- the parts ------------------------------------------------------------------------------


def as_file(name: str, body: bytes) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(body, mimetype=FORMATS[name.rpartition(".")[2]], headers=headers)


def accepted(job: Job) -> Response:
    response = jsonify(JOB.dump(job))
    response.status_code = 202
    response.headers["Location"] = f"/api/v1/jobs/{job.id}"
    return response


def report_of(report: ImportReport, dry_run: bool) -> Response:
    """The answer of an import that was written or only tried. Raises Invalid for one that could not be."""
    errors = [(outcome.number, error) for outcome in report.outcomes for error in outcome.errors]
    if not report.is_written and not dry_run:
        raise Invalid(
            [FieldError(f"/rows/{n}{e.pointer}", e.detail, e.code) for n, e in errors[:ERRORS_TOLD]],
            f"{report.count('error')} rows are wrong; nothing was written.",
        )
    tally = Tally()
    tally.add(report)
    return jsonify(tally.result(is_written=report.is_written))
