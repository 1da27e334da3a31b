"""``/media/…``: images and other files as storage has them."""

from __future__ import annotations

from flask import Blueprint, Response, request

from webapp.access import public
from webapp.kernel.errors import NotFound
from webapp.ports import SignedClaim, content_type_of, is_public_key
from webapp.web import current_ports

IMMUTABLE = "public, max-age=31536000, immutable"
HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
}
"""For files that people have sent: any page may show them, and they do nothing when they are opened."""

blueprint = Blueprint("media", __name__, url_prefix="/media")


@blueprint.route("/<path:key>")
@public
def show(key: str) -> Response:
    """A public file for good, or a private one while its signed address holds."""
    storage = current_ports().storage
    if is_public_key(key):
        return present(Response(storage.get(key)), key)
    expires = request.args.get("expires", "")
    if not (expires.isascii() and expires.isdigit() and len(expires) < 13):
        raise NotFound
    claim = SignedClaim("GET", key, 0, int(expires))
    body = storage.get_signed(claim, request.args.get("signature", ""))
    response = Response(body, content_type=content_type_of(key), headers=HEADERS)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def present(response: Response, key: str) -> Response:
    """A public file. What is under a key never changes, so that its name will do as its entity tag."""
    response.headers.update({**HEADERS, "Content-Type": content_type_of(key), "Cache-Control": IMMUTABLE})
    response.set_etag(key.rpartition("/")[2])
    response.make_conditional(request)
    return response
