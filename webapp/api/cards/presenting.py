"""Festivals, cards and links as the API answers them."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify

from webapp.api.cards import answers
from webapp.api.etags import conditional, expected_tags
from webapp.domain.cards.cards import page_of
from webapp.domain.cards.festival_models import Festival
from webapp.domain.cards.models import Card, CardShare, Template
from webapp.domain.cards.previews import preview_path
from webapp.kernel.paging import Page
from webapp.web import current_ports, current_work

FESTIVAL = answers.FestivalSchema()
TEMPLATE = answers.TemplateSchema()
CARD, CARD_ROW = answers.CardSchema(), answers.CardRowSchema()
OF_NEXT_DATE = ("date_start", "date_end", "is_estimated")


def festival_members(festival: Festival) -> dict[str, Any]:
    """A festival with the days of its present or next time."""
    coming = festival.next_date(current_work().now.date())
    members = {name: getattr(festival, name) for name in FESTIVAL.fields if name not in OF_NEXT_DATE}
    days = {name: getattr(coming, name) if coming else None for name in OF_NEXT_DATE}
    return {**members, **days, "is_estimated": bool(days["is_estimated"])}


def present_festival(festival: Festival) -> Response:
    """A festival with its entity tag, which changes when its next time begins."""
    members = festival_members(festival)
    return conditional(jsonify(FESTIVAL.dump(members)), f"{festival.tag}-{members['date_start']}")


def festivals_of(page: Page[Festival]) -> Page[dict[str, Any]]:
    """A page of festivals, each with its next time."""
    return Page([festival_members(each) for each in page.data], page.total, page.request, page.next_after)


def present_template(template: Template) -> Response:
    """A template with its entity tag, which changes when its picture is drawn."""
    drawn = (template.preview_key or "").rpartition("/")[2].removesuffix(".jpg").partition("-")[2]
    return conditional(jsonify(TEMPLATE.dump(template)), f"{template.tag}-{drawn}".rstrip("-"))


def expected_states() -> frozenset[str] | None:
    """The tags that the writer has seen, without what no write concerns: the day of a festival's next time,
    the picture that was drawn of a template."""
    tags = expected_tags()
    return None if tags is None else frozenset("-".join(tag.split("-")[:3]) for tag in tags)


def row_members(card: Card) -> dict[str, Any]:
    """A card in a list, with the address of its picture."""
    site = current_ports().site
    members = {name: getattr(card, name) for name in CARD_ROW.fields if name != "generated_image_url"}
    return {**members, "generated_image_url": f"{site.origin}{preview_path(card, site.secret)}"}


def card_members(card: Card) -> dict[str, Any]:
    """A card with its page."""
    return {**row_members(card), "generated_html": page_of(current_work(), card).html()}


def cards_of(page: Page[Card]) -> Page[dict[str, Any]]:
    """A page of cards, each with its picture."""
    return Page([row_members(each) for each in page.data], page.total, page.request, page.next_after)


def present_card(card: Card) -> Response:
    """A card with its page and its entity tag."""
    return conditional(jsonify(CARD.dump(card_members(card))), card.tag)


def share_members(share: CardShare, token: str) -> dict[str, Any]:
    """A new link with its address."""
    site = current_ports().site
    return {
        "id": share.id,
        "share_token": token,
        "share_url": f"{site.content_origin or site.origin}/c/{token}",
        "expires_at": share.expires_at,
        "max_opens": share.max_opens,
    }
