"""``/content``: what concerns entries of several types: bulk actions, schedules, the trash."""

from __future__ import annotations

from typing import Any

from flask import Response

from webapp.access import editors_only
from webapp.api.blueprint import Blueprint
from webapp.api.content import answers, bodies, parameters
from webapp.api.content.exchange_routes import accepted
from webapp.api.content.presenting import expected_entry_tags, present
from webapp.api.content.standing_routes import ANY_ENTRY
from webapp.api.jobs.schemas import JobSchema
from webapp.api.paging import envelope, list_schema
from webapp.domain.content import trash
from webapp.domain.content.bulk import BULK_MAX, act_on_entries, request_action
from webapp.domain.content.content_types import TYPES
from webapp.domain.content.publication import list_scheduled
from webapp.domain.content.views import EntryView
from webapp.web import current_work

blueprint = Blueprint("content", __name__, url_prefix="/api/v1/content", description="Content of all types")


@blueprint.route("/bulk", methods=["POST"])
@editors_only
@blueprint.arguments(bodies.BulkSchema())
@blueprint.response(200, answers.BulkResultSchema())
@blueprint.alt_response(202, schema=JobSchema(), description="More than 500 entries: a job does it.")
def act(fields: dict[str, Any]) -> Any:
    """Publish, unpublish, tag, untag or put into the trash; what fails is told by row, the rest is done."""
    content_type, tags = TYPES[fields["type"]], fields.get("tags", ())
    asked = (content_type, fields["action"], fields["ids"], tags)
    if len(fields["ids"]) > BULK_MAX:
        return accepted(request_action(current_work(), *asked))
    results = act_on_entries(current_work(), *asked)
    errors = [result for result in results if result.error]
    return {"done": len(results) - len(errors), "failed": len(errors), "errors": errors}


@blueprint.route("/scheduled", methods=["GET"])
@editors_only
@blueprint.response(200, answers.EntrySummarySchema(many=True))
def scheduled() -> list[EntryView]:
    """Entries that will be shown or hidden at a time, what comes first being first."""
    return list_scheduled(current_work())


@blueprint.route("/trash", methods=["GET"])
@editors_only
@blueprint.arguments(parameters.TrashQuery(), location="query")
@blueprint.response(200, list_schema(answers.TrashedSchema(), "TrashPage"))
def list_trash(query: dict[str, Any]) -> dict[str, Any]:
    """What can be restored, what was deleted last being first."""
    return envelope(trash.list_trash(current_work(), query["paging"], type_name=query.get("type")))


@blueprint.route("/trash/<id:trash_id>/restore", methods=["POST"])
@editors_only
@blueprint.response(200, ANY_ENTRY)
def restore(trash_id: int) -> Response:
    """Take an entry out of the trash; it is shown again as it was."""
    return present(trash.restore_entry(current_work(), trash_id, expected=expected_entry_tags()))


@blueprint.route("/trash/<id:trash_id>", methods=["DELETE"])
@editors_only
@blueprint.response(204)
def delete_for_good(trash_id: int) -> None:
    """Delete an entry that is in the trash, with its history."""
    trash.delete_for_good(current_work(), trash_id, expected=expected_entry_tags())
