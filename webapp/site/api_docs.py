"""``/docs`` (Swagger UI) and ``/redoc``, whose assets come from wheels; nothing is asked of other hosts."""

from __future__ import annotations

import mimetypes
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from flask import Blueprint, Response, make_response, render_template

from webapp.access import public
from webapp.headers import CONTENT_SECURITY_POLICY
from webapp.kernel.errors import NotFound


def folder_of(package: str) -> Path:
    """Where a package lies, without importing it: offapi then keeps 60 MB of scripts in memory."""
    spec = find_spec(package)
    assert spec is not None and spec.origin is not None
    return Path(spec.origin).parent


SWAGGER_UI = folder_of("flask_swagger_ui") / "dist"
REDOC = folder_of("offapi")
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
