"""``/templates/categories``."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from flask import Response, jsonify

from webapp.access import editors_only, public
from webapp.api.blueprint import Blueprint
from webapp.api.caching import first_page
from webapp.api.cards import answers, bodies
from webapp.api.etags import conditional, expected_tags
from webapp.api.paging import PagingQuery, envelope, list_schema
from webapp.domain.cards import categories
from webapp.domain.cards.models import TemplateCategory
from webapp.domain.cards.policy import may_edit_festivals
from webapp.kernel.cache_groups import TEMPLATE_CATEGORIES
from webapp.web import current_work

blueprint = Blueprint(
    "template_categories",
    __name__,
    url_prefix="/api/v1/templates/categories",
    description="Categories of templates",
)

CATEGORY = answers.CategorySchema()
PAGE = list_schema(CATEGORY, "CategoryPage")


def _present(category: TemplateCategory) -> Response:
    return conditional(jsonify(CATEGORY.dump(category)), category.tag)


@blueprint.route("", methods=["GET"])
@public
@blueprint.arguments(PagingQuery(), location="query")
@blueprint.response(200, PAGE)
def list_categories(query: dict[str, Any]) -> Response:
    """The categories in their order."""
    work, paging = current_work(), query["paging"]
    find = partial(categories.list_categories, work, paging)
    if may_edit_festivals(work.actor):
        return jsonify(PAGE.dump(envelope(find())))
    return first_page(TEMPLATE_CATEGORIES, "active", paging, PAGE, find)


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
