"""``/docs`` (Swagger UI) and ``/redoc``, whose assets come from wheels; nothing is asked of other hosts."""

from __future__ import annotations

import mimetypes
from functools import cache
from pathlib import Path

import flask_swagger_ui
import offapi
from flask import Blueprint, Response, make_response, render_template

from webapp.access import public
from webapp.headers import CONTENT_SECURITY_POLICY
from webapp.kernel.errors import NotFound

SWAGGER_UI = Path(flask_swagger_ui.__file__).parent / "dist"
REDOC = Path(offapi.__file__).parent
ASSETS = {
    "swagger-ui.css": SWAGGER_UI,
    "swagger-ui-bundle.js": SWAGGER_UI,
    "redoc.js": REDOC,
}

REDOC_PICTURE = b"https://cdn.redoc.ly/redoc/logo-mini-full.svg"
BLANK_PICTURE = b"data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA="

blueprint = Blueprint("api_docs", __name__)


@blueprint.route("/docs")
@public
def swagger_ui() -> Response:
    """The API to try out."""
    return _page("site/swagger_ui.html")


@blueprint.route("/redoc")
@public
def redoc() -> Response:
    """The API to read."""
    return _page("site/redoc.html")


@blueprint.route("/docs/assets/<name>")
@public
def asset(name: str) -> Response:
    """A file of one of the two, by an allow-list."""
    if name not in ASSETS:
        raise NotFound
    response = Response(read_asset(name), mimetype=mimetypes.guess_type(name)[0])
    response.headers["Cache-Control"] = "public, max-age=86400"
    return response


@cache
def read_asset(name: str) -> bytes:
    """The file; Redoc's asks its maker's host for one picture, which is left blank instead."""
    return (ASSETS[name] / name).read_bytes().replace(REDOC_PICTURE, BLANK_PICTURE)


def _page(template: str) -> Response:
    """Both pages style themselves from scripts, so styles (and only they) may stand inline here."""
    response = make_response(render_template(template))
    policy = CONTENT_SECURITY_POLICY.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'")
    response.headers["Content-Security-Policy"] = f"{policy}; font-src 'self' data:; worker-src 'self' blob:"
    return response
