"""``/admin/users``: approve, reject, change and delete people."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response

from webapp.access import admins_only
from webapp.api.accounts import schemas
from webapp.api.accounts.presenting import USER, present
from webapp.api.blueprint import Blueprint
from webapp.api.etags import expected_tags
from webapp.api.fields import MessageSchema
from webapp.api.paging import PagingQuery, envelope, list_schema
from webapp.domain.accounts import commands, factor_setup, queries, review, sessions
from webapp.domain.accounts.models import Status
from webapp.kernel.paging import PageRequest
from webapp.web import current_work

blueprint = Blueprint("people", __name__, url_prefix="/api/v1/admin/users", description="People, for admins")

USER_PAGE = list_schema(USER, "UserPage")


@blueprint.route("", methods=["GET"])
@admins_only
@blueprint.arguments(schemas.UsersQuery(), location="query")
@blueprint.response(200, USER_PAGE)
def list_users(query: dict[str, Any]) -> dict[str, Any]:
    """People, newest first, filtered by status, role and a piece of a name."""
    return envelope(queries.list_users(current_work(), query.pop("paging"), **query))


@blueprint.route("/pending", methods=["GET"])
@admins_only
@blueprint.arguments(PagingQuery(), location="query")
@blueprint.response(200, USER_PAGE)
def list_pending(query: dict[str, PageRequest]) -> dict[str, Any]:
    """People who wait for approval, those who wait longest first."""
    page = queries.list_users(current_work(), query["paging"], status=Status.PENDING, sort="oldest")
    return envelope(page)


@blueprint.route("/<uuid:user_id>", methods=["GET"])
@admins_only
@blueprint.response(200, USER)
def read_user(user_id: UUID) -> Response:
    """One person."""
    return present(queries.get_user(current_work(), user_id))


@blueprint.route("/<uuid:user_id>", methods=["PUT", "PATCH"])
@admins_only
@blueprint.arguments(schemas.AdminUserSchema())
@blueprint.response(200, USER)
def update_user(fields: dict[str, Any], user_id: UUID) -> Response:
    """Change the fields that are sent. Losing rights ends every session of the person."""
    return present(commands.update_user(current_work(), user_id, fields, expected=expected_tags()))


@blueprint.route("/<uuid:user_id>", methods=["DELETE"])
@admins_only
@blueprint.response(200, MessageSchema())
def delete_user(user_id: UUID) -> dict[str, Any]:
    """Delete a person."""
    commands.delete_user(current_work(), user_id, expected=expected_tags())
    return {"success": True, "message": "User deleted successfully"}


@blueprint.route("/<uuid:user_id>/approve", methods=["POST"])
@admins_only
@blueprint.response(200, schemas.ReviewedSchema())
def approve(user_id: UUID) -> dict[str, Any]:
    """Let a person in."""
    user = review.approve_user(current_work(), user_id, expected=expected_tags())
    return {"success": True, "message": "User approved successfully", "user": user}


@blueprint.route("/<uuid:user_id>/reject", methods=["POST"])
@admins_only
@blueprint.arguments(schemas.RejectSchema(), required=False)
@blueprint.response(200, schemas.ReviewedSchema())
def reject(fields: dict[str, Any], user_id: UUID) -> dict[str, Any]:
    """Turn a waiting person away, with a reason they will be told."""
    reason = fields.get("reason")
    user = review.reject_user(current_work(), user_id, reason, expected=expected_tags())
    return {"success": True, "message": "User rejected successfully", "user": user}


@blueprint.route("/<uuid:user_id>/second-factor", methods=["DELETE"])
@admins_only
@blueprint.response(200, MessageSchema())
def take_off_second_factors(user_id: UUID) -> dict[str, Any]:
    """Take app, passkeys and recovery codes off a person who has lost them. Every session of theirs ends."""
    factor_setup.take_off_second_factors(current_work(), user_id)
    return {"success": True, "message": "Second factor removed"}


@blueprint.route("/<uuid:user_id>/sessions", methods=["DELETE"])
@admins_only
@blueprint.response(200, MessageSchema())
def end_sessions(user_id: UUID) -> dict[str, Any]:
    """Sign a person out everywhere; their API tokens end too."""
    sessions.end_sessions_of(current_work(), user_id)
    return {"success": True, "message": "Signed out everywhere."}
