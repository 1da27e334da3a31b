"""``/items``: their history, the trash, and many at once."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response

from webapp.access import approved_only
from webapp.api.blueprint import Blueprint
from webapp.api.content import answers, bodies, parameters
from webapp.api.content.item_routes import ITEM, present
from webapp.api.etags import expected_tags
from webapp.api.paging import PagingQuery, envelope, list_schema
from webapp.domain.content import item_history as history
from webapp.domain.content.diff import FieldChange
from webapp.domain.content.history import RevisionState
from webapp.domain.content.items import trash_items
from webapp.kernel.paging import PageRequest
from webapp.web import current_work

blueprint = Blueprint(
    "item_history", __name__, url_prefix="/api/v1/items", description="History and trash of items"
)

REVISION = answers.ItemRevisionSchema()
TRASHED = answers.TrashedItemSchema()
REVISIONS = "/<uuid:item_id>/revisions"


@blueprint.route(REVISIONS, methods=["GET"])
@approved_only
@blueprint.arguments(PagingQuery(), location="query")
@blueprint.response(200, list_schema(REVISION, "ItemRevisionPage"))
def list_revisions(query: dict[str, PageRequest], item_id: UUID) -> dict[str, Any]:
    """What an item held, newest first."""
    return envelope(history.list_revisions(current_work(), item_id, query["paging"]))


@blueprint.route(f"{REVISIONS}/<id:number>", methods=["GET"])
@approved_only
@blueprint.response(200, REVISION)
def read_revision(item_id: UUID, number: int) -> RevisionState:
    """One revision of an item."""
    return history.get_revision(current_work(), item_id, number)


@blueprint.route(f"{REVISIONS}/<id:number>/diff", methods=["GET"])
@approved_only
@blueprint.arguments(parameters.AgainstQuery(), location="query")
@blueprint.response(200, answers.FieldChangeSchema(many=True))
def diff_revisions(query: dict[str, int], item_id: UUID, number: int) -> list[FieldChange]:
    """What changed, by field, since the revision before or the one in `against`."""
    return history.diff_revisions(current_work(), item_id, number, query.get("against"))


@blueprint.route(f"{REVISIONS}/<id:number>/restore", methods=["POST"])
@approved_only
@blueprint.arguments(parameters.MessageQuery(), location="query")
@blueprint.response(200, ITEM)
def restore_revision(query: dict[str, Any], item_id: UUID, number: int) -> Response:
    """Make a new revision of an older one."""
    expected = expected_tags()
    return present(history.restore_revision(current_work(), item_id, number, expected=expected, **query))


@blueprint.route("/trash", methods=["GET"])
@approved_only
@blueprint.arguments(PagingQuery(), location="query")
@blueprint.response(200, list_schema(TRASHED, "TrashedItemPage"))
def list_trash(query: dict[str, PageRequest]) -> dict[str, Any]:
    """Your items in the trash, or everybody's for an admin; what was deleted last is first."""
    return envelope(history.list_trash(current_work(), query["paging"]))


@blueprint.route("/trash/<uuid:item_id>/restore", methods=["POST"])
@approved_only
@blueprint.response(200, ITEM)
def restore(item_id: UUID) -> Response:
    """Take an item out of the trash."""
    return present(history.restore_item(current_work(), item_id))


@blueprint.route("/trash/<uuid:item_id>", methods=["DELETE"])
@approved_only
@blueprint.response(204)
def delete_for_good(item_id: UUID) -> None:
    """Delete an item that is in the trash, with its history."""
    history.delete_for_good(current_work(), item_id)


@blueprint.route("/bulk", methods=["POST"])
@approved_only
@blueprint.arguments(bodies.ItemsBulkSchema())
@blueprint.response(200, answers.BulkResultSchema())
def act(fields: dict[str, Any]) -> dict[str, Any]:
    """Put many items into the trash; what fails is told by row, the rest is done."""
    errors = trash_items(current_work(), fields["ids"])
    return {"done": len(fields["ids"]) - len(errors), "failed": len(errors), "errors": errors}
