"""Where the routes of the media library hang."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("media", __name__, url_prefix="/media")
