"""Numbers over all features as a page with charts that are tables too."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

import webapp.console.analytics.report_routes  # noqa: F401  imported for the routes it adds
from webapp.access import admins_only
from webapp.console.analytics.blueprint import blueprint
from webapp.console.analytics.charts import chart_of
from webapp.domain.analytics.queries import analytics
from webapp.web import current_ports, current_work

__all__ = ["blueprint"]

PERIODS = {"7": "A week", "30": "30 days", "90": "90 days", "365": "A year"}
MEASURES = {
    "designs": "New designs",
    "views": "Views of designs",
    "favorites": "New favourites",
    "registrations": "Registrations",
    "approvals": "Approvals",
    "cards": "Cards made",
}


@blueprint.route("")
@admins_only
def overview() -> ResponseReturnValue:
    """People, designs, cards and templates in numbers, by day and by category."""
    period = request.args.get("days", "30")
    period = period if period in PERIODS else "30"
    numbers = analytics(current_work(), current_ports().cache, int(period))
    charts = {name: chart_of([(day.date, getattr(day, name)) for day in numbers.by_day]) for name in MEASURES}
    return render_template(
        "console/analytics/analytics.html",
        numbers=numbers,
        charts=charts,
        measures=MEASURES,
        periods=PERIODS,
        period=period,
    )
