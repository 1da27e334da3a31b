"""``/auth/sessions``: where one is signed in."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from webapp.access import approved_only
from webapp.api.accounts.schemas import SessionSchema
from webapp.api.auth import current_session_id
from webapp.api.blueprint import Blueprint
from webapp.api.fields import MessageSchema
from webapp.api.paging import PagingQuery, envelope, list_schema
from webapp.domain.accounts import sessions
from webapp.kernel.paging import PageRequest
from webapp.web import current_work

blueprint = Blueprint(
    "sessions", __name__, url_prefix="/api/v1/auth/sessions", description="Where one is signed in"
)


@blueprint.route("", methods=["GET"])
@approved_only
@blueprint.arguments(PagingQuery(), location="query")
@blueprint.response(200, list_schema(SessionSchema(), "SessionPage"))
def list_sessions(query: dict[str, PageRequest]) -> dict[str, Any]:
    """Your sessions, the newest first; `is_current` marks the one of this token."""
    return envelope(sessions.list_sessions(current_work(), query["paging"]))


@blueprint.route("", methods=["DELETE"])
@approved_only
@blueprint.response(200, MessageSchema())
def end_other_sessions() -> dict[str, Any]:
    """Sign out everywhere else."""
    count = sessions.end_other_sessions(current_work(), current_session_id())
    return {"success": True, "message": f"Signed out of {count} other sessions."}


@blueprint.route("/<uuid:session_id>", methods=["DELETE"])
@approved_only
@blueprint.response(200, MessageSchema())
def end_session(session_id: UUID) -> dict[str, Any]:
    """Sign out of one session."""
    sessions.end_own_session(current_work(), session_id)
    return {"success": True, "message": "Signed out."}
