"""The blueprint that all pages of mails hang on."""

from __future__ import annotations

from flask import Blueprint, Response

from webapp.headers import MAIL_POLICY

blueprint = Blueprint("mails", __name__, url_prefix="/mails")


def document(html: str) -> Response:
    """A mail as a document that can do nothing but open a link."""
    return Response(html, mimetype="text/html", headers={"Content-Security-Policy": MAIL_POLICY})
