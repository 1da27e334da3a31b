"""What every type of content has: publishing, schedules and history."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify

from webapp.access import editors_only
from webapp.api.blueprint import Blueprint
from webapp.api.content import answers, bodies, parameters
from webapp.api.content.presenting import expected_entry_tags, present
from webapp.api.etags import conditional
from webapp.api.paging import PagingQuery, envelope, list_schema
from webapp.domain.content import history, publication
from webapp.domain.content.content_types import ContentType
from webapp.domain.content.diff import FieldChange
from webapp.kernel.paging import PageRequest
from webapp.web import current_work

blueprint = Blueprint(
    "standing", __name__, url_prefix="/api/v1", description="Publishing and history of content"
)

ENTRY = "/<content_type:content_type>/<string:key>"
ANY_ENTRY = {
    "anyOf": [
        {"$ref": f"#/components/schemas/{name}"} for name in ("Data", "Project", "Experience", "DesignEntry")
    ]
}
"""An entry as its own type answers it."""
REVISION = answers.RevisionStateSchema()


@blueprint.route(f"{ENTRY}/publish", methods=["POST"])
@editors_only
@blueprint.arguments(bodies.PublishContentSchema(), required=False)
@blueprint.response(200, ANY_ENTRY)
def publish(fields: dict[str, int], content_type: ContentType, key: str) -> Response:
    """Show the latest revision, or the one that is named, from now on."""
    number, expected = fields.get("revision"), expected_entry_tags()
    work = current_work()
    return present(publication.publish_entry(work, content_type, key, number=number, expected=expected))


@blueprint.route(f"{ENTRY}/unpublish", methods=["POST"])
@editors_only
@blueprint.response(200, ANY_ENTRY)
def unpublish(content_type: ContentType, key: str) -> Response:
    """Show nothing of an entry any more; it is a draft then, and nothing is scheduled."""
    expected = expected_entry_tags()
    return present(publication.unpublish_entry(current_work(), content_type, key, expected=expected))


@blueprint.route(f"{ENTRY}/schedule", methods=["PUT"])
@editors_only
@blueprint.arguments(bodies.ScheduleSchema())
@blueprint.response(200, ANY_ENTRY)
def schedule(fields: dict[str, Any], content_type: ContentType, key: str) -> Response:
    """Show a revision from a time on, or nothing; takes the place of the schedule there was."""
    expected = expected_entry_tags()
    view = publication.schedule_entry(current_work(), content_type, key, fields, expected=expected)
    return present(view)


@blueprint.route(f"{ENTRY}/schedule", methods=["DELETE"])
@editors_only
@blueprint.response(200, ANY_ENTRY)
def cancel_schedule(content_type: ContentType, key: str) -> Response:
    """Leave an entry as it is shown now."""
    expected = expected_entry_tags()
    return present(publication.cancel_schedule(current_work(), content_type, key, expected=expected))


@blueprint.route(f"{ENTRY}/revisions", methods=["GET"])
@editors_only
@blueprint.arguments(PagingQuery(), location="query")
@blueprint.response(200, list_schema(answers.RevisionRowSchema(), "ContentRevisionPage"))
def list_revisions(query: dict[str, PageRequest], content_type: ContentType, key: str) -> dict[str, Any]:
    """The revisions of an entry, newest first."""
    page = history.list_revisions(current_work(), content_type, key, query["paging"])
    return envelope(page)


@blueprint.route(f"{ENTRY}/revisions/<id:number>", methods=["GET"])
@editors_only
@blueprint.response(200, REVISION)
def read_revision(content_type: ContentType, key: str, number: int) -> Response:
    """One revision with what it holds."""
    state = history.get_revision(current_work(), content_type, key, number)
    marks = f"{state.revision.is_latest:d}{state.revision.is_live:d}"
    return conditional(jsonify(REVISION.dump(state)), f"revision-{content_type.name}-{number}-{marks}")


@blueprint.route(f"{ENTRY}/revisions/<id:number>/diff", methods=["GET"])
@editors_only
@blueprint.arguments(parameters.AgainstQuery(), location="query")
@blueprint.response(200, answers.FieldChangeSchema(many=True))
def diff_revisions(
    query: dict[str, int], content_type: ContentType, key: str, number: int
) -> list[FieldChange]:
    """What changed, by field, since the revision before or the one in `against`."""
    return history.diff_revisions(current_work(), content_type, key, number, query.get("against"))


@blueprint.route(f"{ENTRY}/revisions/<id:number>/restore", methods=["POST"])
@editors_only
@blueprint.arguments(parameters.SaveQuery(), location="query")
@blueprint.response(200, ANY_ENTRY)
def restore_revision(query: dict[str, Any], content_type: ContentType, key: str, number: int) -> Response:
    """Make a new revision of an older one; it is published, except with `draft=true`."""
    expected = expected_entry_tags()
    view = history.restore_revision(current_work(), content_type, key, number, expected=expected, **query)
    return present(view)
