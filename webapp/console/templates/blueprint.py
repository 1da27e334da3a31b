"""The blueprint that all pages of templates hang on."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("templates", __name__, url_prefix="/templates")
