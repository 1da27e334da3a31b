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
from webapp.domain.content.content_types import TYPES
from webapp.domain.content.diff import FieldChange
from webapp.kernel.paging import PageRequest
from webapp.web import current_work

blueprint = Blueprint(
    "standing", __name__, url_prefix="/api/v1", description="Publishing and history of content"
)

ENTRY = f"/<any({', '.join(TYPES)}):type_name>/<string:key>"
REVISION = answers.RevisionStateSchema()


@blueprint.route(f"{ENTRY}/publish", methods=["POST"])
@editors_only
@blueprint.arguments(bodies.PublishContentSchema(), required=False)
@blueprint.response(200)
def publish(fields: dict[str, int], type_name: str, key: str) -> Response:
    """Show the latest revision, or the one that is named, from now on."""
    number, expected = fields.get("revision"), expected_entry_tags()
    work = current_work()
    return present(publication.publish_entry(work, TYPES[type_name], key, number=number, expected=expected))


@blueprint.route(f"{ENTRY}/unpublish", methods=["POST"])
@editors_only
@blueprint.response(200)
def unpublish(type_name: str, key: str) -> Response:
    """Show nothing of an entry any more; it is a draft then, and nothing is scheduled."""
    expected = expected_entry_tags()
    return present(publication.unpublish_entry(current_work(), TYPES[type_name], key, expected=expected))


@blueprint.route(f"{ENTRY}/schedule", methods=["PUT"])
@editors_only
@blueprint.arguments(bodies.ScheduleSchema())
@blueprint.response(200)
def schedule(fields: dict[str, Any], type_name: str, key: str) -> Response:
    """Show a revision from a time on, or nothing; takes the place of the schedule there was."""
    expected = expected_entry_tags()
    view = publication.schedule_entry(current_work(), TYPES[type_name], key, fields, expected=expected)
    return present(view)


@blueprint.route(f"{ENTRY}/schedule", methods=["DELETE"])
@editors_only
@blueprint.response(200)
def cancel_schedule(type_name: str, key: str) -> Response:
    """Leave an entry as it is shown now."""
    expected = expected_entry_tags()
    return present(publication.cancel_schedule(current_work(), TYPES[type_name], key, expected=expected))


@blueprint.route(f"{ENTRY}/revisions", methods=["GET"])
@editors_only
@blueprint.arguments(PagingQuery(), location="query")
@blueprint.response(200, list_schema(answers.RevisionRowSchema(), "ContentRevisionPage"))
def list_revisions(query: dict[str, PageRequest], type_name: str, key: str) -> dict[str, Any]:
    """The revisions of an entry, newest first."""
    page = history.list_revisions(current_work(), TYPES[type_name], key, query["paging"])
    return envelope(page)


@blueprint.route(f"{ENTRY}/revisions/<id:number>", methods=["GET"])
@editors_only
@blueprint.response(200, REVISION)
def read_revision(type_name: str, key: str, number: int) -> Response:
    """One revision with what it holds."""
    state = history.get_revision(current_work(), TYPES[type_name], key, number)
    marks = f"{state.revision.is_latest:d}{state.revision.is_live:d}"
    return conditional(jsonify(REVISION.dump(state)), f"revision-{type_name}-{number}-{marks}")


@blueprint.route(f"{ENTRY}/revisions/<id:number>/diff", methods=["GET"])
@editors_only
@blueprint.arguments(parameters.AgainstQuery(), location="query")
@blueprint.response(200, answers.FieldChangeSchema(many=True))
def diff_revisions(query: dict[str, int], type_name: str, key: str, number: int) -> list[FieldChange]:
    """What changed, by field, since the revision before or the one in `against`."""
    return history.diff_revisions(current_work(), TYPES[type_name], key, number, query.get("against"))


@blueprint.route(f"{ENTRY}/revisions/<id:number>/restore", methods=["POST"])
@editors_only
@blueprint.arguments(parameters.SaveQuery(), location="query")
@blueprint.response(200)
def restore_revision(query: dict[str, Any], type_name: str, key: str, number: int) -> Response:
    """Make a new revision of an older one; it is published, except with `draft=true`."""
    expected = expected_entry_tags()
    content_type = TYPES[type_name]
    view = history.restore_revision(current_work(), content_type, key, number, expected=expected, **query)
    return present(view)
