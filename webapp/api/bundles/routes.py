"""``/admin/bundle``: what an installation shows, as one file, to another installation."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from flask import Response
from marshmallow import fields

from webapp.access import admins_only
from webapp.api.blueprint import Blueprint
from webapp.api.content.exchange_routes import accepted
from webapp.api.fields import Answer, Choice, File, QueryFlag, Schema
from webapp.api.jobs.schemas import JobSchema
from webapp.api.requests import file_body
from webapp.domain.bundles.archive import Bundle
from webapp.domain.bundles.commands import export_bundle, import_bundle, is_for_a_worker
from webapp.domain.bundles.records import Action
from webapp.domain.bundles.reports import TOLD
from webapp.domain.bundles.staging import stage
from webapp.domain.content.bundle_jobs import request_take_over
from webapp.kernel.errors import FieldError, Invalid
from webapp.web import current_ports, current_work

blueprint = Blueprint("bundle", __name__, url_prefix="/api/v1/admin", description="The portable bundle")


class BundleImportSchema(Schema):
    """A bundle, and what is done with it."""

    file = File(required=True)
    dry_run = QueryFlag(load_default=False, metadata={"description": "Write nothing; tell what would be."})
    conflicts = Choice(("keep", "replace"), load_default="keep")


class OutcomeSchema(Answer):
    """What became, or would become, of one record."""

    part = fields.String()
    key = fields.String()
    action = fields.String(metadata={"enum": [action.value for action in Action]})
    reason = fields.String(allow_none=True)


class BundleReportSchema(Answer):
    """What an import has done, or would do; `changes` leaves out what is the same already."""

    is_written = fields.Boolean()
    counts = fields.Dict(keys=fields.String(), values=fields.Integer())
    changes = fields.List(fields.Nested(OutcomeSchema))


@blueprint.route("/bundle", methods=["GET"])
@admins_only
@blueprint.response(200, {"type": "string", "format": "binary"}, content_type="application/zip")
def read_bundle() -> Response:
    """Themes, content, kinds, tags, settings and the list of images as one file; no people and no secrets."""
    file = BytesIO()
    export_bundle(current_work(), file)
    named = {"Content-Disposition": 'attachment; filename="rangoli-bundle.zip"', "Cache-Control": "no-store"}
    return Response(file.getvalue(), mimetype="application/zip", headers=named)


@blueprint.route("/bundle", methods=["POST"])
@admins_only
@file_body
@blueprint.once
@blueprint.arguments(BundleImportSchema(), location="files")
@blueprint.response(200, BundleReportSchema())
@blueprint.alt_response(202, schema=JobSchema(), description="More than 5,000 records: a job does it.")
def take_bundle(form: dict[str, Any]) -> Any:
    """Take over a bundle: all of its records or, if one is wrong, none."""
    work, replace = current_work(), form["conflicts"] == "replace"
    data = form["file"].read()
    bundle = Bundle(BytesIO(data))
    if is_for_a_worker(bundle):
        bundle_id = stage(current_ports().storage, data)
        return accepted(request_take_over(work, bundle_id, dry_run=form["dry_run"], replace=replace))
    report = import_bundle(work, bundle, dry_run=form["dry_run"], replace=replace)
    wrong = [outcome for outcome in report.outcomes if outcome.action is Action.ERROR]
    if wrong and not form["dry_run"]:
        raise Invalid(FieldError(f"/{o.part}/{o.key}", o.reason or "", "invalid") for o in wrong[:TOLD])
    if report.is_written:
        work.after_commit(current_ports().cache.clear)
    return report.told
