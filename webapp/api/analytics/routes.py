"""``/admin/analytics``: numbers over all features."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from marshmallow import fields

from webapp.access import admins_only
from webapp.api.blueprint import Blueprint
from webapp.api.fields import Answer, QueryInteger, Schema
from webapp.domain.analytics.queries import DAYS_DEFAULT, DAYS_MAX, Analytics, analytics
from webapp.web import current_ports, current_work

blueprint = Blueprint(
    "analytics", __name__, url_prefix="/api/v1/admin/analytics", description="Numbers over all features"
)


def _numbers(name: str, *members: str) -> fields.Nested:
    schema = Answer.from_dict({member: fields.Integer() for member in members}, name=name)
    return fields.Nested(schema)


class DayNumbersSchema(Answer):
    """What happened on one day (UTC)."""

    date = fields.Date()
    registrations = fields.Integer()
    approvals = fields.Integer()
    designs = fields.Integer()
    views = fields.Integer()
    favorites = fields.Integer()
    cards = fields.Integer()


class CategoryNumbersSchema(Answer):
    """The published designs of one category."""

    category = fields.String()
    designs = fields.Integer()
    views = fields.Integer()
    favorites = fields.Integer()


class AnalyticsSchema(Answer):
    """All numbers. ``by_day`` has every day of the period, the latest last."""

    users = _numbers("UserNumbers", "total", "approved", "pending", "admins")
    designs = _numbers("DesignNumbers", "total", "published", "featured", "views", "favorites")
    cards = _numbers("CardNumbers", "total", "public", "shared", "opens")
    templates = _numbers("TemplateNumbers", "total", "public", "featured", "likes", "uses", "reviews")
    by_day = fields.List(fields.Nested(DayNumbersSchema))
    by_category = fields.List(fields.Nested(CategoryNumbersSchema))


class AnalyticsQuery(Schema):
    """How far back days are counted."""

    class Meta:
        unknown = ma.EXCLUDE

    days = QueryInteger(1, DAYS_MAX, load_default=DAYS_DEFAULT)


@blueprint.route("", methods=["GET"])
@admins_only
@blueprint.arguments(AnalyticsQuery(), location="query")
@blueprint.response(200, AnalyticsSchema())
def read_analytics(query: dict[str, Any]) -> Analytics:
    """People, designs, cards and templates in numbers, by day and by category."""
    return analytics(current_work(), current_ports().cache, query["days"])
