"""``/themes/…``: the stylesheets that pages link."""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue

from webapp.access import public
from webapp.domain.themes.models import Stylesheet, Theme
from webapp.domain.themes.queries import find_live_stylesheet, find_stylesheet
from webapp.kernel.errors import NotFound
from webapp.site.negotiation import choose_coding
from webapp.web import current_work

FOLLOWS = "public, max-age=30, stale-while-revalidate=600, stale-if-error=86400"
IMMUTABLE = "public, max-age=31536000, immutable"
NAME = re.compile(r"(?P<slug>[a-z0-9-]{1,64})(?:\.(?P<hash>[0-9a-f]{8,64}))?")

blueprint = Blueprint("stylesheets", __name__, url_prefix="/themes")


@blueprint.route("/<name>.css")
@public
def stylesheet(name: str) -> ResponseReturnValue:
    """``active.css`` and ``<slug>.css`` follow the live theme; ``<slug>.<hash>.css`` never changes."""
    parts = NAME.fullmatch(name)
    session = current_work().session
    if parts and parts["hash"]:
        sheet = find_stylesheet(session, parts["hash"])
        if sheet is not None:
            return present(sheet, IMMUTABLE)
    elif parts:
        found = find_live_stylesheet(session, None if name == "active" else name)
        if found is not None:
            return present(found[1], FOLLOWS)
    return Response(
        "There is no such stylesheet.\n", 404, {"Cache-Control": "no-store"}, mimetype="text/plain"
    )


@blueprint.route("/active.json")
@public
def active() -> Response:
    """Where the active theme's present stylesheet is."""
    found = find_live_stylesheet(current_work().session, None)
    if found is None:
        raise NotFound("No active design system found")
    theme, sheet = found
    response = jsonify(link_of(theme, sheet))
    response.headers.update({"Cache-Control": FOLLOWS, "Access-Control-Allow-Origin": "*"})
    response.set_etag(f"{theme.slug}-{theme.live_number}-{sheet.hash}")
    response.make_conditional(request)
    return response


def link_of(theme: Theme, sheet: Stylesheet) -> dict[str, Any]:
    """What a page needs to link the sheet for good, with its hash for subresource integrity."""
    return {
        "name": theme.name,
        "slug": theme.slug,
        "revision": theme.live_number,
        "href": f"/themes/{theme.slug}.{sheet.hash}.css",
        "hash": sheet.hash,
        "integrity": sheet.integrity,
    }


def present(sheet: Stylesheet, cache_control: str) -> Response:
    """The sheet in the best coding the caller takes, each with an entity tag of its own."""
    coding = choose_coding(request.headers.get("Accept-Encoding", ""))
    body: bytes = getattr(sheet, coding) if coding else sheet.css.encode()
    response = Response(body, content_type="text/css; charset=utf-8")
    if coding:
        response.headers["Content-Encoding"] = coding
    response.headers.update(
        {
            "Cache-Control": cache_control,
            "Vary": "Accept-Encoding",
            "Access-Control-Allow-Origin": "*",
            "Cross-Origin-Resource-Policy": "cross-origin",
        }
    )
    response.set_etag(f"{sheet.hash}-{coding}" if coding else sheet.hash)
    response.make_conditional(request)
    return response
