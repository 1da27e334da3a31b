"""``/console/audit``: the audit log, to search and to take away."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp.access import admins_only
from webapp.console.addresses import last_page_url, requested_page, requested_search
from webapp.domain.accounts import activity
from webapp.domain.accounts.queries import display_names
from webapp.domain.audit.queries import EventFilter, list_actions
from webapp.kernel.clock import YEARS
from webapp.kernel.errors import Invalid
from webapp.web import current_work

PAGE_SIZE = 50

blueprint = Blueprint("audit", __name__, url_prefix="/audit")


@blueprint.route("")
@admins_only
def events() -> ResponseReturnValue:
    """What was done, the latest first."""
    work, wanted = current_work(), requested()
    page = activity.list_activity(work, requested_page(PAGE_SIZE), wanted)
    if url := last_page_url(page):
        return redirect(url)
    names = display_names(work.session, [wanted.actor_id])
    actor = names.get(wanted.actor_id, "Somebody who is gone") if wanted.actor_id else None
    actions = [(action, action) for action in list_actions(work)]
    is_filtered = wanted != EventFilter()
    return render_template(
        "console/audit/audit.html", page=page, actor=actor, actions=actions, is_filtered=is_filtered
    )


@blueprint.route("/export")
@admins_only
def export() -> ResponseReturnValue:
    """The events of the list as CSV."""
    try:
        text = activity.export_activity(current_work(), requested())
    except Invalid as error:
        flash(error.detail, "error")
        return redirect(f"{url_for('.events')}?{request.query_string.decode()}")
    headers = {"Content-Disposition": 'attachment; filename="audit.csv"'}
    return Response(text, content_type="text/csv; charset=utf-8", headers=headers)


def requested() -> EventFilter:
    """The filters of the address; what makes no sense in it is as if it were not there."""
    until = requested_day("until")
    return EventFilter(
        actor_id=request.args.get("actor", type=UUID),
        action=requested_search("action"),
        subject_type=requested_search("subject_type"),
        subject_id=requested_search("subject_id"),
        since=requested_day("since"),
        until=until + timedelta(days=1) if until else None,
        q=requested_search(),
    )


def requested_day(name: str) -> datetime | None:
    """The beginning of a day in UTC."""
    day = request.args.get(name, type=date.fromisoformat)
    return datetime(day.year, day.month, day.day, tzinfo=UTC) if day and day.year in YEARS else None
