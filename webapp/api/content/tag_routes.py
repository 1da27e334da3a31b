"""``/tags``: list with counts, make, rename, merge, delete."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify

from webapp.access import editors_only, public
from webapp.api.blueprint import Blueprint
from webapp.api.content import answers, bodies, parameters
from webapp.api.etags import conditional, expected_tags
from webapp.api.paging import envelope, list_schema
from webapp.domain.content import tags
from webapp.domain.content.tags import TagCount
from webapp.web import current_work

blueprint = Blueprint("tags", __name__, url_prefix="/api/v1/tags", description="Tags of content")

TAG = answers.TagSchema()


def _present(found: TagCount) -> Response:
    return conditional(jsonify(TAG.dump(found)), found.tag.tag)


@blueprint.route("", methods=["GET"])
@public
@blueprint.arguments(parameters.TagsQuery(), location="query")
@blueprint.response(200, list_schema(TAG, "TagPage"))
def list_tags(query: dict[str, Any]) -> dict[str, Any]:
    """Tags by name, each with the number of entries that have it."""
    return envelope(tags.list_tags(current_work(), query.pop("paging"), **query))


@blueprint.route("", methods=["POST"])
@editors_only
@blueprint.once
@blueprint.arguments(bodies.TagWriteSchema())
@blueprint.response(201, TAG)
def create_tag(fields: dict[str, Any]) -> Response:
    """Make a tag that no entry has yet."""
    found = tags.create_tag(current_work(), fields)
    response = _present(found)
    response.status_code = 201
    response.headers["Location"] = f"/api/v1/tags/{found.tag.id}"
    return response


@blueprint.route("/<id:tag_id>", methods=["GET"])
@public
@blueprint.arguments(parameters.TagQuery(), location="query")
@blueprint.response(200, TAG)
def read_tag(query: dict[str, Any], tag_id: int) -> Response:
    """One tag."""
    return _present(tags.get_tag(current_work(), tag_id, **query))


@blueprint.route("/<id:tag_id>", methods=["PUT", "PATCH"])
@editors_only
@blueprint.arguments(bodies.TagWriteSchema())
@blueprint.response(200, TAG)
def rename_tag(fields: dict[str, Any], tag_id: int) -> Response:
    """Call a tag something else, on every entry at once."""
    return _present(tags.rename_tag(current_work(), tag_id, fields, expected=expected_tags()))


@blueprint.route("/<id:tag_id>/merge", methods=["POST"])
@editors_only
@blueprint.arguments(bodies.MergeSchema())
@blueprint.response(200, TAG)
def merge_tag(fields: dict[str, int], tag_id: int) -> Response:
    """Give every entry of this tag the tag in `into` instead, and delete this one."""
    return _present(tags.merge_tag(current_work(), tag_id, fields["into"], expected=expected_tags()))


@blueprint.route("/<id:tag_id>", methods=["DELETE"])
@editors_only
@blueprint.response(204)
def delete_tag(tag_id: int) -> None:
    """Take a tag from every entry and delete it."""
    tags.delete_tag(current_work(), tag_id, expected=expected_tags())
