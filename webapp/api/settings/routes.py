"""``/admin/settings``."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify

from webapp.access import admins_only
from webapp.api.blueprint import Blueprint
from webapp.api.etags import conditional, expected_tags
from webapp.api.settings.schemas import SettingsSchema
from webapp.domain.settings.commands import update_settings
from webapp.domain.settings.queries import all_settings, settings_tag
from webapp.web import current_work

blueprint = Blueprint(
    "settings", __name__, url_prefix="/api/v1/admin/settings", description="Product settings"
)


def _present(values: dict[str, Any]) -> Response:
    return conditional(jsonify(SettingsSchema().dump(values)), settings_tag(values))


@blueprint.route("", methods=["GET"])
@admins_only
@blueprint.response(200, SettingsSchema())
def read_settings() -> Response:
    """All product settings."""
    return _present(all_settings(current_work().session))


@blueprint.route("", methods=["PUT", "PATCH"])
@admins_only
@blueprint.arguments(SettingsSchema())
@blueprint.response(200, SettingsSchema())
def write_settings(fields: dict[str, Any]) -> Response:
    """Change the settings that are sent."""
    return _present(update_settings(current_work(), fields, expected=expected_tags()))
