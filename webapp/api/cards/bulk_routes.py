"""``/cards/…/render-url``, ``/cards/batch``, ``/cards/export-many``: signed pictures, many cards at once."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from flask import Response
from marshmallow import fields

from webapp.access import approved_only
from webapp.api.blueprint import Blueprint
from webapp.api.cards.bodies import ExportManySchema, RenderLinkSchema
from webapp.api.cards.limits import spend_cards
from webapp.api.fields import Answer, File, Moment, Schema
from webapp.api.jobs.schemas import JobSchema
from webapp.api.requests import file_body
from webapp.domain.cards import bulk_requests
from webapp.domain.cards.render_links import sign_picture
from webapp.domain.jobs.models import Job
from webapp.web import current_ports, current_work

blueprint = Blueprint("card_work", __name__, url_prefix="/api/v1/cards", description="Many cards at once")

JOB = JobSchema()


class RenderLinkAnswer(Answer):
    """An address of a picture; it needs no token."""

    url = fields.String()
    expires_at = Moment(allow_none=True)


class BatchSchema(Schema):
    """A table, and the template that makes a card of each row."""

    file = File(required=True)
    template_id = fields.UUID(required=True)
    festival_id = fields.UUID()


@blueprint.route("/<uuid:card_id>/render-url", methods=["POST"])
@approved_only
@blueprint.arguments(RenderLinkSchema())
@blueprint.response(200, RenderLinkAnswer())
def sign_render_url(wanted: dict[str, Any], card_id: UUID) -> dict[str, Any]:
    """An address of a picture of one's card that can stand in an `<img>`; the card is drawn as it is then."""
    site = current_ports().site
    path, ends = sign_picture(current_work(), card_id, wanted, site.secret)
    return {
        "url": f"{site.origin}{path}",
        "expires_at": ends and datetime.fromtimestamp(ends, UTC),
    }


@blueprint.route("/batch", methods=["POST"])
@approved_only
@file_body
@blueprint.once
@blueprint.arguments(BatchSchema(), location="files")
@blueprint.response(202, JOB)
def make_batch(form: dict[str, Any]) -> Job:
    """A card for each row of a table (CSV, XLSX, JSON): a job, whose result has errors by row.

    Every row counts as a card of the hour for those who are not premium: all of them fit, or none is made.
    """
    data, festival_id = form["file"].read(), form.get("festival_id")
    return bulk_requests.request_batch(
        current_work(), data, form["template_id"], festival_id, spend=spend_cards
    )


@blueprint.route("/export-many", methods=["POST"])
@approved_only
@blueprint.once
@blueprint.arguments(ExportManySchema())
@blueprint.response(202, JOB)
def export_many(wanted: dict[str, Any]) -> Job:
    """Cards in one ZIP file: a job, whose id leads to its file in `/cards/exports`."""
    return bulk_requests.request_export(current_work(), wanted.pop("card_ids"), wanted)


@blueprint.route("/exports/<uuid:export_id>", methods=["GET"])
@approved_only
@blueprint.response(200, {"type": "string", "format": "binary"}, content_type="application/zip")
def read_export(export_id: UUID) -> Response:
    """The file that a job has made; it is kept for a day."""
    body = bulk_requests.read_export(current_work(), current_ports().storage, export_id)
    headers = {"Content-Disposition": 'attachment; filename="cards.zip"'}
    return Response(body, content_type="application/zip", headers=headers)
