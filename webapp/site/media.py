"""``/media/…``: images and other files, and images in other sizes and formats."""

from __future__ import annotations

import re

from flask import Blueprint, Response, request
from werkzeug import Request

from webapp.access import public
from webapp.domain.media.variants import Wish, choose_ending, get_variant
from webapp.kernel.errors import NotFound
from webapp.ports import SignedClaim, VariantRequest, content_type_of, is_public_key
from webapp.web import current_ports, current_work

PREFIX = "/media"
ARGUMENTS = frozenset({"w", "h", "fit", "format", "focal"})
"""One of these in the query asks for a variant."""
DIGITS = re.compile(r"[0-9]{1,5}")
IMMUTABLE = "public, max-age=31536000, immutable"
FOLLOWS = "public, max-age=86400"
"""For crops around the image's own focal point, which may be moved."""
HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Content-Security-Policy": "default-src 'none'; sandbox",
}
"""For files that people have sent: any page may show them, and they do nothing when they are opened."""

blueprint = Blueprint("media", __name__, url_prefix=PREFIX)


@blueprint.route("/<path:key>")
@public
def show(key: str) -> Response:
    """A public file for good, an image as its query asks, a private file by its signed address."""
    if not is_public_key(key):
        return show_signed(key)
    if not request.args.keys() & ARGUMENTS:
        headers = file_headers(key, key.rpartition("/")[2], IMMUTABLE)
        return present(Response(current_ports().storage.get(key)), headers)
    return show_variant(key)


def show_variant(key: str) -> Response:
    wish, ending = read_wish(request, key)
    made, data = get_variant(current_work().session, current_ports(), key, wish, ending)
    return present(Response(data), variant_headers(key, wish, made, len(data)))


def read_wish(asked: Request, key: str) -> tuple[Wish, str]:
    """What a request asks for, and the ending of what it is answered; a side that is no number is one that
    nobody may ask for."""
    sides = [asked.args.get(name) for name in ("w", "h")]
    width, height = (None if side is None else int(side) if DIGITS.fullmatch(side) else -1 for side in sides)
    words = (asked.args.get("fit", "contain"), asked.args.get("format", "auto"), asked.args.get("focal"))
    wish = Wish(width, height, *words)
    accepted = tuple(name for name, quality in asked.accept_mimetypes if quality > 0)
    return wish, choose_ending(wish.format, key, accepted)


def variant_headers(key: str, wish: Wish, made: VariantRequest, size: int) -> dict[str, str]:
    """The headers of a variant of ``size`` bytes; ``made`` is what makes it."""
    sides = f"{wish.width}-{wish.height}-{wish.fit}"
    tag = f"{key.rpartition('/')[2]}-{sides}-{made.focal_x:g}-{made.focal_y:g}-{size}"
    may_move = wish.is_crop and wish.focal is None
    headers = file_headers(f"x.{made.ending}", tag, FOLLOWS if may_move else IMMUTABLE)
    return headers | {"Vary": "Accept"} if wish.format == "auto" else headers


def file_headers(name: str, tag: str, cache_control: str) -> dict[str, str]:
    """The headers of a public file; ``tag`` says what the bytes depend on; those of a key never change."""
    own = {"Content-Type": content_type_of(name), "Cache-Control": cache_control, "ETag": f'"{tag}"'}
    return {**HEADERS, **own}


def show_signed(key: str) -> Response:
    expires = request.args.get("expires", "")
    if not (expires.isascii() and expires.isdigit() and len(expires) < 13):
        raise NotFound
    claim = SignedClaim("GET", key, 0, int(expires))
    body = current_ports().storage.get_signed(claim, request.args.get("signature", ""))
    response = Response(body, content_type=content_type_of(key), headers=HEADERS)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def present(response: Response, headers: dict[str, str]) -> Response:
    """A public file, or 304 for a caller who has it."""
    response.headers.update(headers)
    response.make_conditional(request)
    return response
