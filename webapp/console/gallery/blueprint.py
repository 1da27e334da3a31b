"""Where the routes of designs hang: in front of those that serve every type of content."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("gallery", __name__, url_prefix="/content/designs")
