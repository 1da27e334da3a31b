"""``/cards``: made, listed, read, changed, checked, exported."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, request
from flask.typing import ResponseReturnValue

from webapp.access import approved_only, public
from webapp.api.blueprint import Blueprint
from webapp.api.cards import answers, bodies
from webapp.api.cards.limits import card_limit
from webapp.api.cards.presenting import CARD, CARD_ROW, cards_of, present_card
from webapp.api.etags import expected_tags
from webapp.api.paging import PagingQuery, envelope, list_schema
from webapp.domain.cards import cards, export
from webapp.domain.cards.models import Card
from webapp.domain.cards.page import measure
from webapp.kernel.paging import PageRequest
from webapp.ports import Measurement
from webapp.web import current_ports, current_work, rollback

blueprint = Blueprint("cards", __name__, url_prefix="/api/v1/cards", description="Greeting cards")


def _present_new(card: Card) -> ResponseReturnValue:
    response = present_card(card)
    response.headers["Location"] = f"/api/v1/cards/{card.id}"
    return response, 201


def _fit(draft: cards.Draft) -> dict[str, float]:
    """Let the browser fit the texts, while others may write to the database."""
    rollback()
    ports = current_ports()
    return cards.fit(draft, ports.renderer, ports.storage)


@blueprint.route("/generate", methods=["POST"])
@approved_only
@blueprint.once
@card_limit
@blueprint.arguments(bodies.CardWriteSchema())
@blueprint.response(201, CARD)
def generate_card(fields: dict[str, Any]) -> ResponseReturnValue:
    """Make a card from a template; everything that is wrong with its fields is named at once.

    Without a message it has that of its festival, in the first language of `Accept-Language` if there is one.
    """
    draft = cards.draft_card(current_work(), fields, request.accept_languages.best)
    fits = _fit(draft)
    return _present_new(cards.keep_card(current_work(), draft, fits))


@blueprint.route("/my-cards", methods=["GET"])
@approved_only
@blueprint.arguments(PagingQuery(), location="query")
@blueprint.response(200, list_schema(CARD_ROW, "CardPage"))
def list_my_cards(query: dict[str, PageRequest]) -> dict[str, Any]:
    """One's own cards, newest first."""
    return envelope(cards_of(cards.list_my_cards(current_work(), query["paging"])))


@blueprint.route("/export", methods=["POST"])
@public
@blueprint.arguments(bodies.ExportSchema())
@blueprint.response(200, {"type": "string", "format": "binary"}, content_type="application/octet-stream")
def export_card(fields: dict[str, Any]) -> Response:
    """A card as a file: a picture, a PDF, or a page that needs nothing else."""
    planned = export.plan_export(current_work(), fields)
    rollback()
    ports = current_ports()
    body = export.draw(planned, ports.renderer, ports.storage)
    headers = {"Content-Disposition": f'attachment; filename="{planned.filename}"'}
    return Response(body, content_type=planned.content_type, headers=headers)


@blueprint.route("/<uuid:card_id>", methods=["GET"])
@public
@blueprint.response(200, CARD)
def read_card(card_id: UUID) -> Response:
    """One's own card, or a public one."""
    return present_card(cards.get_card(current_work(), card_id))


@blueprint.route("/<uuid:card_id>", methods=["PUT", "PATCH"])
@approved_only
@blueprint.arguments(bodies.CardWriteSchema(partial=True))
@blueprint.response(200, CARD)
def update_card(fields: dict[str, Any], card_id: UUID) -> Response:
    """Change the fields that are sent, and draw the card anew in today's template and theme."""
    tags = expected_tags()
    draft = cards.redraft_card(current_work(), card_id, fields, expected=tags)
    fits = _fit(draft)
    return present_card(cards.change_card(current_work(), card_id, draft, fits, expected=tags))


@blueprint.route("/<uuid:card_id>", methods=["DELETE"])
@approved_only
@blueprint.response(204)
def delete_card(card_id: UUID) -> None:
    """Delete a card for good, with its links."""
    cards.delete_card(current_work(), card_id, expected=expected_tags())


@blueprint.route("/<uuid:card_id>/duplicate", methods=["POST"])
@approved_only
@blueprint.once
@card_limit
@blueprint.response(201, CARD)
def duplicate_card(card_id: UUID) -> ResponseReturnValue:
    """A copy of one's card as it is."""
    return _present_new(cards.duplicate_card(current_work(), card_id))


@blueprint.route("/<uuid:card_id>/preflight", methods=["GET"])
@public
@blueprint.response(200, answers.PreflightSchema())
def check_card(card_id: UUID) -> Measurement:
    """What would not come out well: texts that do not fit, missing images, characters without a font."""
    card = cards.get_card(current_work(), card_id)
    page, size = cards.page_of(current_work(), card), (card.width, card.height)
    rollback()
    ports = current_ports()
    return measure(page, size, ports.renderer, ports.storage)
