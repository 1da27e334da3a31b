"""``/kinds``: shapes that the content of data items may have."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify

from webapp.access import admins_only, editors_only
from webapp.api.blueprint import Blueprint
from webapp.api.content import answers, bodies
from webapp.api.etags import conditional, expected_tags
from webapp.domain.content import kinds
from webapp.domain.content.models import Kind
from webapp.web import current_work

blueprint = Blueprint("kinds", __name__, url_prefix="/api/v1/kinds", description="Kinds of data items")

KIND = answers.KindSchema()


def _present(kind: Kind) -> Response:
    return conditional(jsonify(KIND.dump(kind)), kind.tag)


@blueprint.route("", methods=["GET"])
@editors_only
@blueprint.response(200, answers.KindSchema(many=True))
def list_kinds() -> list[Kind]:
    """Every kind, by name."""
    return kinds.list_kinds(current_work())


@blueprint.route("", methods=["POST"])
@admins_only
@blueprint.once
@blueprint.arguments(bodies.KindCreateSchema())
@blueprint.response(201, KIND)
def create_kind(fields: dict[str, Any]) -> Response:
    """Make a kind."""
    kind = kinds.create_kind(current_work(), fields)
    response = _present(kind)
    response.status_code = 201
    response.headers["Location"] = f"/api/v1/kinds/{kind.name}"
    return response


@blueprint.route("/<string:kind_name>", methods=["GET"])
@editors_only
@blueprint.response(200, KIND)
def read_kind(kind_name: str) -> Response:
    """One kind."""
    return _present(kinds.get_kind(current_work(), kind_name))


@blueprint.route("/<string:kind_name>", methods=["PUT", "PATCH"])
@admins_only
@blueprint.arguments(bodies.KindWriteSchema())
@blueprint.response(200, KIND)
def update_kind(fields: dict[str, Any], kind_name: str) -> Response:
    """Change a kind; items that were saved before stay as they are until they are saved again."""
    return _present(kinds.update_kind(current_work(), kind_name, fields, expected=expected_tags()))


@blueprint.route("/<string:kind_name>", methods=["DELETE"])
@admins_only
@blueprint.response(204)
def delete_kind(kind_name: str) -> None:
    """Delete a kind that no data item has."""
    kinds.delete_kind(current_work(), kind_name, expected=expected_tags())
