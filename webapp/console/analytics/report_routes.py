"""Reports by period: what came new, and what cards were made of, to read and to take away."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp.access import admins_only
from webapp.console.analytics.blueprint import blueprint
from webapp.domain.cards import report_files
from webapp.domain.cards.reports import MOMENTS, PERIODS, Report, make_report
from webapp.domain.settings.queries import get_setting
from webapp.kernel.clock import YEARS
from webapp.kernel.errors import Invalid, NotFound, Unavailable
from webapp.web import current_ports, current_work, rollback

FILES = tuple(form for form in report_files.FORMATS if form != "json")
SHOWN_MAX = 92
"""Periods on the page, the latest; the files have all."""


@blueprint.route("/reports")
@admins_only
def reports() -> ResponseReturnValue:
    """New people, cards, templates, likes and reviews by day, week or month."""
    try:
        report = requested_report()
    except Invalid as error:
        flash(" ".join(found.detail for found in error.errors), "error")
        return redirect(url_for(".reports"))
    return render_template(
        "console/analytics/reports.html",
        report=report,
        rows=list(report.rows)[: -SHOWN_MAX - 1 : -1],
        periods=PERIODS,
        titles=report_files.TITLES,
        moments=tuple(MOMENTS),
        files=FILES,
    )


@blueprint.route("/reports/<form>")
@admins_only
def report_file(form: str) -> ResponseReturnValue:
    """The same report as a file."""
    if form not in FILES:
        raise NotFound("No such file")
    try:
        report = requested_report()
        name = get_setting(current_work().session, "site_name")
        rollback()  # nothing waits while a browser draws
        data = report_files.as_file(report, form, current_ports().renderer, name)
    except (Invalid, Unavailable) as error:
        flash(error.detail, "error")
        return redirect(url_for(".reports"))
    headers = {"Content-Disposition": f'attachment; filename="{report_files.name_of(report, form)}"'}
    return Response(data, content_type=report_files.FORMATS[form], headers=headers)


def requested_report() -> Report:
    """The report of the address; what makes no sense in it is as if it were not there. Raises Invalid."""
    wanted: dict[str, Any] = {"since": requested_day("since"), "until": requested_day("until")}
    period = request.args.get("period")
    return make_report(current_work(), period=period if period in PERIODS else "day", **wanted)


def requested_day(name: str) -> date | None:
    day = request.args.get(name, type=date.fromisoformat)
    return day if day and day.year in YEARS else None
