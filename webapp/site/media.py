"""``/media/…``: images and other files, and images in other sizes and formats."""

from __future__ import annotations

import re

from flask import Blueprint, Response, request

from webapp.access import public
from webapp.domain.media.variants import Wish, choose_ending, get_variant
from webapp.kernel.errors import NotFound
from webapp.ports import SignedClaim, content_type_of, is_public_key
from webapp.web import current_ports, current_work

DIGITS = re.compile(r"[0-9]{1,5}")
IMMUTABLE = "public, max-age=31536000, immutable"
FOLLOWS = "public, max-age=86400"
"""For crops, whose focal point may be moved."""
HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Content-Security-Policy": "default-src 'none'; sandbox",
}
"""For files that people have sent: any page may show them, and they do nothing when they are opened."""

blueprint = Blueprint("media", __name__, url_prefix="/media")


@blueprint.route("/<path:key>")
@public
def show(key: str) -> Response:
    """A public file for good, an image as `?w=&h=&fit=&format=` ask, a private file by its signed address."""
    if not is_public_key(key):
        return show_signed(key)
    if not request.args.keys() & {"w", "h", "fit", "format"}:
        return present(Response(current_ports().storage.get(key)), key, key.rpartition("/")[2], IMMUTABLE)
    return show_variant(key)


def show_variant(key: str) -> Response:
    wish = read_wish()
    accepted = tuple(name for name, quality in request.accept_mimetypes if quality > 0)
    ending = choose_ending(wish.format, key, accepted)
    data = get_variant(current_work().session, current_ports(), key, wish, ending)
    tag = f"{key.rpartition('/')[2]}-{wish.width}-{wish.height}-{wish.fit}-{len(data)}"
    response = present(Response(data), f"x.{ending}", tag, FOLLOWS if wish.fit == "cover" else IMMUTABLE)
    if wish.format == "auto":
        response.vary.add("Accept")
    return response


def read_wish() -> Wish:
    """What the query asks for; a side that is no number is one that nobody may ask for."""
    sides = [request.args.get(name) for name in ("w", "h")]
    width, height = (None if side is None else int(side) if DIGITS.fullmatch(side) else -1 for side in sides)
    return Wish(width, height, request.args.get("fit", "contain"), request.args.get("format", "auto"))


def show_signed(key: str) -> Response:
    expires = request.args.get("expires", "")
    if not (expires.isascii() and expires.isdigit() and len(expires) < 13):
        raise NotFound
    claim = SignedClaim("GET", key, 0, int(expires))
    body = current_ports().storage.get_signed(claim, request.args.get("signature", ""))
    response = Response(body, content_type=content_type_of(key), headers=HEADERS)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def present(response: Response, name: str, tag: str, cache_control: str) -> Response:
    """A public file; ``tag`` says all that the bytes depend on, since what is under a key never changes."""
    response.headers.update(
        {**HEADERS, "Content-Type": content_type_of(name), "Cache-Control": cache_control}
    )
    response.set_etag(tag)
    response.make_conditional(request)
    return response
