"""``/r/<signature>/…png``: pictures of cards for an ``<img>``; ``/p/<signature>/…jpg``: those that are kept;
``/t/<signature>/…jpg``: of templates; ``/festivals.ics``: festivals as calendar."""

from __future__ import annotations

import hashlib
from urllib.parse import urlsplit

from flask import Blueprint, Response, request

from webapp.access import public
from webapp.domain.cards.export import draw
from webapp.domain.cards.festival_feed import festival_feed
from webapp.domain.cards.previews import signed_preview
from webapp.domain.cards.render_links import read_signed
from webapp.domain.cards.template_pictures import signed_picture
from webapp.domain.settings.queries import get_setting
from webapp.extensions import limiter
from webapp.ports import content_type_of
from webapp.web import current_ports, current_work, rollback

HOUR, OWN_HOUR = "public, max-age=3600", "private, max-age=3600"
HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Content-Security-Policy": "default-src 'none'; sandbox",
}

blueprint = Blueprint("pictures", __name__)
drawing_limit = limiter.shared_limit("60 per minute", scope="pictures of cards")


@blueprint.route("/r/<signature>/<text>.<ending>")
@public
@drawing_limit
def show(signature: str, text: str, ending: str) -> Response:
    """A picture of a card, as its address was signed; drawn only for those who do not have it yet."""
    ports = current_ports()
    planned = read_signed(current_work(), signature, text, ports.site.secret)
    tag = hashlib.sha256(f"{planned.page.html()} {planned.frame} {text}".encode()).hexdigest()[:32]
    rollback()
    response = Response(content_type=planned.content_type, headers=HEADERS)
    response.set_etag(tag)
    response.headers["Cache-Control"] = HOUR
    if tag not in request.if_none_match:
        response.data = draw(planned, ports.renderer, ports.storage)
    response.make_conditional(request)
    return response


@blueprint.route("/p/<signature>/<name>.jpg")
@public
@drawing_limit
def show_kept(signature: str, name: str) -> Response:
    """The picture of a card in lists, by the address that those were given who see the card."""
    ports = current_ports()
    found = signed_preview(current_work(), ports.storage, signature, name, ports.site.secret)
    rollback()
    data = found if isinstance(found, bytes) else draw(found, ports.renderer, ports.storage)
    response = Response(data, content_type="image/jpeg", headers=HEADERS)
    response.headers["Cache-Control"] = OWN_HOUR
    response.set_etag(name)
    response.make_conditional(request)
    return response


@blueprint.route("/t/<signature>/<name>.jpg")
@public
def show_template(signature: str, name: str) -> Response:
    """The picture that was drawn of a template, by the address that those were given who see the template."""
    ports = current_ports()
    key, is_listed = signed_picture(current_work(), signature, name, ports.site.secret)
    rollback()
    response = Response(ports.storage.get(key), content_type=content_type_of(key), headers=HEADERS)
    response.headers["Cache-Control"] = HOUR if is_listed else OWN_HOUR
    response.set_etag(name)
    response.make_conditional(request)
    return response


@blueprint.route("/festivals.ics")
@public
def festivals() -> Response:
    """Festivals for other calendars; `?country=` and `?category=` narrow it."""
    work, site = current_work(), current_ports().site
    feed = festival_feed(
        work,
        name=f"Festivals · {get_setting(work.session, 'site_name')}",
        host=urlsplit(site.origin).hostname or "localhost",
        country=request.args.get("country"),
        category=request.args.get("category"),
    )
    response = Response(feed, content_type="text/calendar; charset=utf-8")
    response.headers.update({"Cache-Control": HOUR, "Access-Control-Allow-Origin": "*"})
    response.add_etag()
    response.make_conditional(request)
    return response
