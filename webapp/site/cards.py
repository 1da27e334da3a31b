"""``/c/<token>``: shared cards, in a sandbox; ``/c/<token>/qr.svg``: the link as a QR code."""

from __future__ import annotations

import io
from html import escape

import segno
from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from webapp.access import public
from webapp.domain.cards import shares
from webapp.domain.cards.cards import page_of
from webapp.domain.cards.export import draw
from webapp.domain.cards.models import Card
from webapp.domain.cards.previews import shared_preview
from webapp.extensions import limiter
from webapp.kernel.errors import Denied
from webapp.web import current_ports, current_work, rollback, writing_view

SANDBOX = "sandbox"
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data: https:; font-src 'self' data:; "
    "form-action 'none'; base-uri 'none'; frame-ancestors *"
)
WITH_SCRIPTS = "sandbox allow-scripts; script-src 'unsafe-inline'; "

blueprint = Blueprint("shared_cards", __name__, url_prefix="/c")
opening_limit = limiter.shared_limit("60 per minute", scope="shared cards")


@blueprint.route("/<token>", methods=["GET", "POST"])
@public
@opening_limit
@writing_view
def show(token: str) -> ResponseReturnValue:
    """A shared card; one with a password asks for it."""
    try:
        card = shares.open_share(current_work(), token, request.form.get("password"))
    except Denied as refusal:
        rollback()
        was_given = "password" in request.form
        page = render_template("site/card_password.html", problem=refusal.detail if was_given else None)
        return page, 403 if was_given else 200, {"Cache-Control": "no-store"}
    return present(card, None if request.method == "POST" else token)


def present(card: Card, token: str | None) -> Response:
    """The card's page. Its scripts run only where nothing else of ours is.

    ``token`` leads to its picture, for those who show links; a card with a password has none.
    """
    site = current_ports().site
    is_apart = site.content_origin is not None and request.host_url.rstrip("/") == site.content_origin
    head = (
        f'<meta property="og:type" content="website"><meta property="og:title" content="{_words(card)}">'
        f'<meta property="og:description" content="{escape((card.message or "")[:200])}">'
        '<meta name="robots" content="noindex">'
    )
    if token:
        address = f"{site.content_origin or site.origin}/c/{token}/picture.jpg"
        head += (
            f'<meta property="og:image" content="{escape(address)}"><meta property="og:image:type" '
            'content="image/jpeg"><meta name="twitter:card" content="summary_large_image">'
        )
    response = Response(page_of(current_work(), card).html(head=head), mimetype="text/html")
    response.headers.update(
        {
            "Content-Security-Policy": (WITH_SCRIPTS if is_apart else f"{SANDBOX}; ") + POLICY,
            "Cache-Control": "no-store",
            "Referrer-Policy": "no-referrer",
        }
    )
    return response


def _words(card: Card) -> str:
    return escape(card.title or (f"A card from {card.sender_name}" if card.sender_name else "A card"))


@blueprint.route("/<token>/picture.jpg")
@public
@opening_limit
def picture(token: str) -> Response:
    """The picture of a shared card, for those who show links; it does not count as an opening."""
    ports = current_ports()
    found = shared_preview(current_work(), ports.storage, token)
    rollback()
    data = found if isinstance(found, bytes) else draw(found, ports.renderer, ports.storage)
    return Response(data, mimetype="image/jpeg", headers={"Cache-Control": "no-store"})


@blueprint.route("/<token>/qr.svg")
@public
def qr_code(token: str) -> Response:
    """The address of a link as a QR code; it tells nothing about whether the link holds."""
    site = current_ports().site
    picture = io.BytesIO()
    segno.make(f"{site.content_origin or site.origin}/c/{token[:64]}", error="m").save(
        picture, kind="svg", scale=8, border=4
    )
    return Response(picture.getvalue(), mimetype="image/svg+xml")
