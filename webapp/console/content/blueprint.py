"""The blueprint that all pages of content hang on."""

from __future__ import annotations

from flask import Blueprint

from webapp.console.content.zones import spoken

blueprint = Blueprint("content", __name__, url_prefix="/content")
blueprint.add_app_template_filter(spoken, "spoken_time")
