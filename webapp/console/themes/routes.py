"""``/console/themes``."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("themes", __name__, url_prefix="/themes")
