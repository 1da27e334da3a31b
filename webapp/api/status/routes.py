"""``/admin/status`` and STARTER's health check."""

from __future__ import annotations

from typing import Any

from flask import Response, current_app, jsonify
from marshmallow import fields

from webapp.access import admins_only, public
from webapp.api.blueprint import Blueprint
from webapp.api.fields import Answer
from webapp.checks import run_checks
from webapp.web import current_work

blueprint = Blueprint("status", __name__, url_prefix="/api/v1", description="State of the installation")


class CheckSchema(Answer):
    """One part of the installation."""

    name = fields.String()
    status = fields.String()
    detail = fields.String()
    mend = fields.String()


@blueprint.route("/admin/status", methods=["GET"])
@admins_only
@blueprint.response(200, CheckSchema(many=True))
def read_status() -> list[Any]:
    """Every part with its state and how to mend it."""
    return list(run_checks(current_app._get_current_object(), current_work().session))  # type: ignore[attr-defined]


@blueprint.route("/utils/health-check", methods=["GET"])
@public
@blueprint.response(200, {"type": "boolean"})
def health_check() -> Response:
    """`true` as long as the server answers."""
    return jsonify(True)
