"""``/admin/reports`` and ``/users/analytics``: what happened, for admins and for oneself."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask import Response, jsonify
from marshmallow import fields

from webapp.access import admins_only, approved_only
from webapp.api.blueprint import Blueprint
from webapp.api.fields import Answer, Choice, Schema
from webapp.domain.cards import report_files
from webapp.domain.cards.reports import PERIODS, analyse_own, make_report
from webapp.domain.settings.queries import get_setting
from webapp.web import current_ports, current_work, rollback

blueprint = Blueprint("reports", __name__, url_prefix="/api/v1", description="What happened, in numbers")


class ReportQuery(Schema):
    """Which days, and how they are put together."""

    class Meta:
        unknown = ma.EXCLUDE

    period = Choice(PERIODS, load_default="day")
    since = fields.Date(data_key="from")
    until = fields.Date(data_key="to")
    format = Choice(tuple(report_files.FORMATS), load_default="json")


class NamedSchema(Answer):
    """A template or festival, and how many cards there were of it."""

    id = fields.UUID()
    name = fields.String()
    cards = fields.Integer()


class ReportRowSchema(Answer):
    """A period by its first day."""

    start = fields.Date()
    users = fields.Integer()
    cards = fields.Integer()
    templates = fields.Integer()
    festivals = fields.Integer()
    likes = fields.Integer()
    reviews = fields.Integer()


class ReportSchema(Answer):
    """What came new in each period."""

    period = fields.String()
    since = fields.Date(data_key="from")
    until = fields.Date(data_key="to")
    totals = fields.Raw(metadata={"type": "object"})
    rows = fields.List(fields.Nested(ReportRowSchema))
    templates = fields.List(fields.Nested(NamedSchema))
    festivals = fields.List(fields.Nested(NamedSchema))


class OwnTemplatesSchema(Answer):
    """The templates that one made."""

    total = fields.Integer()
    usage = fields.Integer()
    likes = fields.Integer()
    views = fields.Integer()


class OwnAnalyticsSchema(Answer):
    """What one has made, and what became of it."""

    cards_made = fields.Integer()
    cards_last_30_days = fields.Integer()
    cards_kept = fields.Integer()
    templates = fields.Nested(OwnTemplatesSchema)
    favourite_templates = fields.List(fields.Nested(NamedSchema))
    favourite_festivals = fields.List(fields.Nested(NamedSchema))


REPORT = ReportSchema()


@blueprint.route("/admin/reports", methods=["GET"])
@admins_only
@blueprint.arguments(ReportQuery(), location="query")
@blueprint.response(200, REPORT)
def read_report(query: dict[str, Any]) -> Response:
    """New people, cards, templates, festivals, likes and reviews by period, as JSON, CSV, XLSX or PDF."""
    form = query.pop("format")
    report = make_report(current_work(), **query)
    if form == "json":
        return jsonify(REPORT.dump(report))
    name = get_setting(current_work().session, "site_name")
    rollback()
    headers = {"Content-Disposition": f'attachment; filename="{report_files.name_of(report, form)}"'}
    data = report_files.as_file(report, form, current_ports().renderer, name)
    return Response(data, content_type=report_files.FORMATS[form], headers=headers)


@blueprint.route("/users/analytics", methods=["GET"])
@approved_only
@blueprint.response(200, OwnAnalyticsSchema())
def read_own_analytics() -> dict[str, Any]:
    """What one has made, and what became of it."""
    return analyse_own(current_work())
