"""``/items``: a person's own, or everybody's for an admin."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, jsonify

from webapp.access import approved_only
from webapp.api.blueprint import Blueprint
from webapp.api.content import answers, bodies, parameters
from webapp.api.etags import conditional, expected_tags
from webapp.api.fields import MessageSchema
from webapp.api.paging import envelope, list_schema
from webapp.domain.content import items
from webapp.domain.content.models import Item
from webapp.web import current_work

blueprint = Blueprint("items", __name__, url_prefix="/api/v1/items", description="Items of people")

ITEM = answers.ItemSchema()


def present(item: Item) -> Response:
    """An item with its entity tag."""
    return conditional(jsonify(ITEM.dump(item)), item.tag)


def _members(item: Item, names: frozenset[str] | None) -> dict[str, Any]:
    found: dict[str, Any] = ITEM.dump(item)
    return found if names is None else {name: found[name] for name in found if name in names}


@blueprint.route("", methods=["GET"])
@approved_only
@blueprint.arguments(parameters.items_query(ITEM), location="query")
@blueprint.response(200, list_schema(ITEM, "ItemPage", count=True))
def list_items(query: dict[str, Any]) -> Response:
    """Your items, newest first; an admin sees everybody's."""
    names = query.pop("fields", None)
    page = items.list_items(current_work(), query.pop("paging"), **query)
    return jsonify({**envelope(page), "data": [_members(item, names) for item in page.data]})


@blueprint.route("", methods=["POST"])
@approved_only
@blueprint.once
@blueprint.arguments(parameters.MessageQuery(), location="query")
@blueprint.arguments(bodies.ItemWriteSchema())
@blueprint.response(200, ITEM)
def create_item(query: dict[str, Any], fields: dict[str, Any]) -> Response:
    """Make an item of your own."""
    item = items.create_item(current_work(), fields, **query)
    response = present(item)
    response.headers["Location"] = f"/api/v1/items/{item.id}"
    return response


@blueprint.route("/<uuid:item_id>", methods=["GET"])
@approved_only
@blueprint.response(200, ITEM)
def read_item(item_id: UUID) -> Response:
    """One item."""
    return present(items.get_item(current_work(), item_id))


@blueprint.route("/<uuid:item_id>", methods=["PUT", "PATCH"])
@approved_only
@blueprint.arguments(parameters.MessageQuery(), location="query")
@blueprint.arguments(bodies.ItemWriteSchema(partial=True))
@blueprint.response(200, ITEM)
def update_item(query: dict[str, Any], fields: dict[str, Any], item_id: UUID) -> Response:
    """Change the fields that are sent, as a new revision."""
    return present(items.update_item(current_work(), item_id, fields, expected=expected_tags(), **query))


@blueprint.route("/<uuid:item_id>", methods=["DELETE"])
@approved_only
@blueprint.response(200, MessageSchema())
def delete_item(item_id: UUID) -> dict[str, Any]:
    """Put an item into the trash, where it is kept for 30 days."""
    items.trash_item(current_work(), item_id, expected=expected_tags())
    return {"success": True, "message": "Item deleted successfully"}
