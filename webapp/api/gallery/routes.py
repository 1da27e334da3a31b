"""``/designs``: list, read, write, favourites."""

from __future__ import annotations

from typing import Any

from flask import Response

from webapp.access import approved_only, editors_only, public
from webapp.api.blueprint import Blueprint
from webapp.api.content.presenting import expected_entry_tags
from webapp.api.fields import MessageSchema
from webapp.api.gallery import schemas
from webapp.api.gallery.counting import note_view
from webapp.api.gallery.presenting import PAGE, SCHEMA, facets_of, present, present_page, read_filters
from webapp.api.paging import PagingQuery, list_schema
from webapp.domain.content.commands import trash_entry
from webapp.domain.content.content_types import DESIGN
from webapp.domain.gallery import commands, queries
from webapp.domain.gallery.filters import DesignFilters
from webapp.kernel.paging import PageRequest
from webapp.web import current_work

blueprint = Blueprint("designs", __name__, url_prefix="/api/v1/designs", description="The gallery")

FAVORITE = schemas.FavoriteSchema()
DESIGNS = list_schema(SCHEMA, "DesignPage")


@blueprint.route("", methods=["GET"])
@public
@blueprint.arguments(schemas.DesignQuery(), location="query")
@blueprint.response(200, PAGE)
def list_designs(query: dict[str, Any]) -> dict[str, Any]:
    """Designs that all filters let through, newest first; with `facets=true` also counts by column."""
    request, with_facets = query.pop("paging"), query.pop("facets", False)
    filters = read_filters(query)
    facets = facets_of(filters) if with_facets else None
    page = present_page(queries.list_designs(current_work(), request, filters))
    return {**page, "facets": facets}


@blueprint.route("/featured", methods=["GET"])
@public
@blueprint.arguments(PagingQuery(), location="query")
@blueprint.response(200, DESIGNS)
def featured(query: dict[str, PageRequest]) -> dict[str, Any]:
    """Featured designs in the order that editors gave them."""
    filters = DesignFilters(featured=True, sort="featured")
    return present_page(queries.list_designs(current_work(), query["paging"], filters))


@blueprint.route("/user/favorites", methods=["GET"])
@approved_only
@blueprint.arguments(PagingQuery(), location="query")
@blueprint.response(200, DESIGNS)
def favorites(query: dict[str, PageRequest]) -> dict[str, Any]:
    """Your favourites, the last one first."""
    return present_page(queries.list_favorites(current_work(), query["paging"]))


@blueprint.route("", methods=["POST"])
@editors_only
@blueprint.once
@blueprint.arguments(schemas.SaveQuery(only=("message",)), location="query")
@blueprint.arguments(schemas.DesignWriteSchema())
@blueprint.response(201, SCHEMA)
def create_design(query: dict[str, Any], fields: dict[str, Any]) -> Response:
    """Add a design of an image that was uploaded before."""
    status = fields.pop("status", "published")
    view = commands.create_design(current_work(), fields, status=status, **query)
    response = present(view)
    response.status_code = 201
    response.headers["Location"] = f"/api/v1/designs/{view.entry.key}"
    return response


@blueprint.route("/<id:design_id>", methods=["GET"])
@public
@blueprint.response(200, SCHEMA)
def read_design(design_id: int) -> Response:
    """One design, which counts a view: one a day for each person or visitor."""
    return note_view(design_id, present(queries.get_design(current_work(), design_id)))


@blueprint.route("/<id:design_id>", methods=["PUT", "PATCH"])
@editors_only
@blueprint.arguments(schemas.SaveQuery(), location="query")
@blueprint.arguments(schemas.DesignWriteSchema(partial=True))
@blueprint.response(200, SCHEMA)
def update_design(query: dict[str, Any], fields: dict[str, Any], design_id: int) -> Response:
    """Change the fields that are sent; `status` publishes, hides or archives."""
    status, expected = fields.pop("status", None), expected_entry_tags()
    work = current_work()
    return present(commands.update_design(work, design_id, fields, status=status, expected=expected, **query))


@blueprint.route("/<id:design_id>", methods=["DELETE"])
@editors_only
@blueprint.response(200, MessageSchema())
def delete_design(design_id: int) -> dict[str, Any]:
    """Put a design into the trash, from where it can be restored for 30 days."""
    trash_entry(current_work(), DESIGN, design_id, expected=expected_entry_tags())
    return {"success": True, "message": "Design deleted successfully"}


@blueprint.route("/<id:design_id>/favorite", methods=["POST"])
@approved_only
@blueprint.response(200, FAVORITE)
def add_favorite(design_id: int) -> dict[str, Any]:
    """Keep a design in mind. Doing it again changes nothing."""
    return _favorite("Design added to favorites", *commands.set_favorite(current_work(), design_id, True))


@blueprint.route("/<id:design_id>/favorite", methods=["DELETE"])
@approved_only
@blueprint.response(200, FAVORITE)
def remove_favorite(design_id: int) -> dict[str, Any]:
    """Keep it in mind no longer."""
    words = "Design removed from favorites"
    return _favorite(words, *commands.set_favorite(current_work(), design_id, False))


def _favorite(message: str, is_favorited: bool, like_count: int) -> dict[str, Any]:
    return {"success": True, "message": message, "is_favorited": is_favorited, "like_count": like_count}
