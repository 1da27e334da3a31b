"""``/users/collections``: templates that people keep together."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, jsonify
from flask.typing import ResponseReturnValue

from webapp.access import approved_only, public
from webapp.api.blueprint import Blueprint
from webapp.api.cards import answers, bodies
from webapp.api.etags import conditional, expected_tags
from webapp.api.paging import PagingQuery, envelope, list_schema
from webapp.domain.cards import collections
from webapp.domain.cards.models import Collection
from webapp.kernel.paging import PageRequest
from webapp.web import current_work

blueprint = Blueprint(
    "collections", __name__, url_prefix="/api/v1/users/collections", description="Collections of templates"
)

COLLECTION = answers.CollectionSchema()
DETAIL = answers.CollectionDetailSchema()


def _present(collection: Collection) -> Response:
    return conditional(jsonify(COLLECTION.dump(collection)), collection.tag)


def _with_templates(collection: Collection) -> dict[str, Any]:
    members = {name: getattr(collection, name) for name in COLLECTION.fields}
    return {**members, "templates": collections.templates_of(current_work(), collection)}


@blueprint.route("", methods=["GET"])
@approved_only
@blueprint.arguments(PagingQuery(), location="query")
@blueprint.response(200, list_schema(COLLECTION, "CollectionPage"))
def list_collections(query: dict[str, PageRequest]) -> dict[str, Any]:
    """One's own collections, newest first."""
    return envelope(collections.list_collections(current_work(), query["paging"]))


@blueprint.route("", methods=["POST"])
@approved_only
@blueprint.once
@blueprint.arguments(bodies.CollectionWriteSchema())
@blueprint.response(201, COLLECTION)
def create_collection(fields: dict[str, Any]) -> ResponseReturnValue:
    """Begin a collection."""
    collection = collections.create_collection(current_work(), fields)
    response = _present(collection)
    response.headers["Location"] = f"/api/v1/users/collections/{collection.id}"
    return response, 201


@blueprint.route("/<uuid:collection_id>", methods=["GET"])
@public
@blueprint.response(200, DETAIL)
def read_collection(collection_id: UUID) -> dict[str, Any]:
    """One's own collection or a public one, with its templates."""
    return _with_templates(collections.get_collection(current_work(), collection_id))


@blueprint.route("/<uuid:collection_id>", methods=["PUT", "PATCH"])
@approved_only
@blueprint.arguments(bodies.CollectionWriteSchema(partial=True))
@blueprint.response(200, COLLECTION)
def update_collection(fields: dict[str, Any], collection_id: UUID) -> Response:
    """Change the fields that are sent."""
    return _present(
        collections.update_collection(current_work(), collection_id, fields, expected=expected_tags())
    )


@blueprint.route("/<uuid:collection_id>", methods=["DELETE"])
@approved_only
@blueprint.response(204)
def delete_collection(collection_id: UUID) -> None:
    """Delete a collection; its templates stay."""
    collections.delete_collection(current_work(), collection_id, expected=expected_tags())


@blueprint.route("/<uuid:collection_id>/items", methods=["POST"])
@approved_only
@blueprint.arguments(bodies.CollectionItemWriteSchema())
@blueprint.response(201, DETAIL)
def add_template(fields: dict[str, UUID], collection_id: UUID) -> dict[str, Any]:
    """Put a template into a collection; once is enough."""
    return _with_templates(collections.add_template(current_work(), collection_id, fields["template_id"]))


@blueprint.route("/<uuid:collection_id>/items/<uuid:template_id>", methods=["DELETE"])
@approved_only
@blueprint.response(204)
def remove_template(collection_id: UUID, template_id: UUID) -> None:
    """Take a template from a collection."""
    collections.remove_template(current_work(), collection_id, template_id)
