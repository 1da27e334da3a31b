"""The blueprint that all pages of themes hang on."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("themes", __name__, url_prefix="/themes")
