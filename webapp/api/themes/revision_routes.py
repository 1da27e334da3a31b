"""``/themes/{id}/revisions``: history, differences, restoring and publishing."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify

from webapp.access import editors_only
from webapp.api.blueprint import Blueprint
from webapp.api.etags import conditional, expected_tags
from webapp.api.paging import PagingQuery, envelope, list_schema
from webapp.api.themes import schemas
from webapp.api.themes.routes import THEME, present
from webapp.domain.themes import commands, queries
from webapp.domain.themes.diff import TokenChange
from webapp.kernel.paging import PageRequest
from webapp.web import current_work

blueprint = Blueprint("revisions", __name__, url_prefix="/api/v1/themes", description="History of themes")

REVISION = schemas.RevisionDetailSchema()


@blueprint.route("/<id:theme_id>/revisions", methods=["GET"])
@editors_only
@blueprint.arguments(PagingQuery(), location="query")
@blueprint.response(200, list_schema(schemas.RevisionSchema(), "RevisionPage"))
def list_revisions(query: dict[str, PageRequest], theme_id: int) -> dict[str, Any]:
    """The revisions of a theme, newest first."""
    return envelope(queries.list_revisions(current_work(), theme_id, query["paging"]))


@blueprint.route("/<id:theme_id>/revisions/<id:number>", methods=["GET"])
@editors_only
@blueprint.response(200, REVISION)
def read_revision(theme_id: int, number: int) -> Response:
    """One revision with its values. It never changes."""
    revision = queries.get_revision(current_work(), theme_id, number)
    return conditional(jsonify(REVISION.dump(revision)), f"revision-{theme_id}-{number}")


@blueprint.route("/<id:theme_id>/revisions/<id:number>/diff", methods=["GET"])
@editors_only
@blueprint.arguments(schemas.DiffQuery(), location="query")
@blueprint.response(200, schemas.TokenChangeSchema(many=True))
def diff_revisions(query: dict[str, int], theme_id: int, number: int) -> list[TokenChange]:
    """What changed, by design token, since the revision before or the one in `against`."""
    return queries.diff_revisions(current_work(), theme_id, number, query.get("against"))


@blueprint.route("/<id:theme_id>/revisions/<id:number>/restore", methods=["POST"])
@editors_only
@blueprint.response(200, THEME)
def restore_revision(theme_id: int, number: int) -> Response:
    """Make a new revision with the values of an older one; it is live at once."""
    return present(commands.restore_revision(current_work(), theme_id, number, expected=expected_tags()))


@blueprint.route("/<id:theme_id>/publish", methods=["POST"])
@editors_only
@blueprint.arguments(schemas.PublishSchema(), required=False)
@blueprint.response(200, THEME)
def publish_theme(fields: dict[str, int], theme_id: int) -> Response:
    """Give pages the latest revision, or the one that is named, from now on."""
    theme = commands.publish_theme(
        current_work(), theme_id, number=fields.get("revision"), expected=expected_tags()
    )
    return present(theme)
