"""``/templates/categories``."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, jsonify

from webapp.access import editors_only, public
from webapp.api.blueprint import Blueprint
from webapp.api.cards import answers, bodies
from webapp.api.etags import conditional, expected_tags
from webapp.api.paging import PagingQuery, envelope, list_schema
from webapp.domain.cards import categories
from webapp.domain.cards.models import TemplateCategory
from webapp.web import current_work

blueprint = Blueprint(
    "template_categories",
    __name__,
    url_prefix="/api/v1/templates/categories",
    description="Categories of templates",
)

CATEGORY = answers.CategorySchema()


def _present(category: TemplateCategory) -> Response:
    return conditional(jsonify(CATEGORY.dump(category)), category.tag)


@blueprint.route("", methods=["GET"])
@public
@blueprint.arguments(PagingQuery(), location="query")
@blueprint.response(200, list_schema(CATEGORY, "CategoryPage"))
def list_categories(query: dict[str, Any]) -> dict[str, Any]:
    """The categories in their order."""
    return envelope(categories.list_categories(current_work(), query["paging"]))


@blueprint.route("", methods=["POST"])
@editors_only
@blueprint.once
@blueprint.arguments(bodies.CategoryWriteSchema())
@blueprint.response(201, CATEGORY)
def create_category(fields: dict[str, Any]) -> tuple[Response, int]:
    """Add a category."""
    return _present(categories.create_category(current_work(), fields)), 201


@blueprint.route("/<uuid:category_id>", methods=["PUT", "PATCH"])
@editors_only
@blueprint.arguments(bodies.CategoryWriteSchema(partial=True))
@blueprint.response(200, CATEGORY)
def update_category(fields: dict[str, Any], category_id: UUID) -> Response:
    """Change the fields that are sent."""
    return _present(categories.update_category(current_work(), category_id, fields, expected=expected_tags()))


@blueprint.route("/<uuid:category_id>", methods=["DELETE"])
@editors_only
@blueprint.response(204)
def delete_category(category_id: UUID) -> None:
    """Delete a category; its templates stay."""
    categories.delete_category(current_work(), category_id, expected=expected_tags())
