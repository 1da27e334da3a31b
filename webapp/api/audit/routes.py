"""``/admin/audit``: who did what, when and from where."""

from __future__ import annotations

from typing import Any

from flask import Response

from webapp.access import admins_only
from webapp.api.audit.schemas import AuditEventSchema, EventsQuery
from webapp.api.blueprint import Blueprint
from webapp.api.paging import envelope, list_schema
from webapp.domain.accounts import activity
from webapp.domain.audit.queries import EventFilter
from webapp.web import current_work

blueprint = Blueprint("audit", __name__, url_prefix="/api/v1/admin/audit", description="The audit log")


@blueprint.route("", methods=["GET"])
@admins_only
@blueprint.arguments(EventsQuery(), location="query")
@blueprint.response(200, list_schema(AuditEventSchema(), "AuditEventPage"))
def list_events(query: dict[str, Any]) -> dict[str, Any]:
    """Events, the latest first, by person, action, subject, period or a piece of any of them."""
    paging = query.pop("paging")
    return envelope(activity.list_activity(current_work(), paging, EventFilter(**query)))


@blueprint.route("/export", methods=["GET"])
@admins_only
@blueprint.arguments(EventsQuery(), location="query")
@blueprint.response(200, {"type": "string"}, content_type="text/csv")
def export_events(query: dict[str, Any]) -> Response:
    """The same events as CSV, all that match; more than 20,000 are refused."""
    del query["paging"]
    text = activity.export_activity(current_work(), EventFilter(**query))
    headers = {"Content-Disposition": 'attachment; filename="audit.csv"'}
    return Response(text, content_type="text/csv; charset=utf-8", headers=headers)
