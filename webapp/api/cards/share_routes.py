"""``/cards/{id}/share`` and ``/cards/shared/{token}``."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, jsonify, request

from webapp.access import approved_only, public
from webapp.api.blueprint import Blueprint
from webapp.api.cards import answers, bodies
from webapp.api.cards.limits import password_limit
from webapp.api.cards.presenting import card_members, share_members
from webapp.api.paging import PagingQuery, envelope, list_schema
from webapp.domain.cards import shares
from webapp.kernel.paging import PageRequest
from webapp.web import current_work, writing_view

blueprint = Blueprint("shares", __name__, url_prefix="/api/v1/cards", description="Links to cards")

SHARED = answers.SharedCardSchema()


@blueprint.route("/<uuid:card_id>/share", methods=["POST"])
@approved_only
@blueprint.arguments(bodies.ShareWriteSchema(), required=False)
@blueprint.response(201, answers.NewShareSchema())
def share_card(fields: dict[str, Any], card_id: UUID) -> dict[str, Any]:
    """Make a link to one's card; `expires_in` is in seconds."""
    return share_members(*shares.share_card(current_work(), card_id, fields))


@blueprint.route("/<uuid:card_id>/shares", methods=["GET"])
@approved_only
@blueprint.arguments(PagingQuery(), location="query")
@blueprint.response(200, list_schema(answers.ShareSchema(), "SharePage"))
def list_shares(query: dict[str, PageRequest], card_id: UUID) -> dict[str, Any]:
    """The links to one's card, newest first."""
    return envelope(shares.list_shares(current_work(), card_id, query["paging"]))


@blueprint.route("/<uuid:card_id>/shares/<uuid:share_id>", methods=["DELETE"])
@approved_only
@blueprint.response(204)
def revoke_share(card_id: UUID, share_id: UUID) -> None:
    """End a link at once."""
    shares.revoke_share(current_work(), card_id, share_id)


@blueprint.route("/shared/<token>", methods=["GET"])
@public
@password_limit
@writing_view
@blueprint.response(200, SHARED)
def read_shared_card(token: str) -> Response:
    """The card behind a link, counting the opening; a password goes into `X-Share-Password`."""
    card = shares.open_share(current_work(), token, request.headers.get("X-Share-Password"))
    response = jsonify(SHARED.dump(card_members(card)))
    response.headers["Cache-Control"] = "no-store"
    return response
