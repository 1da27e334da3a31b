"""``/users/me/tokens``: one's own API tokens."""

from __future__ import annotations

import secrets
from typing import Any
from uuid import UUID

from webapp.access import approved_only
from webapp.api.accounts.schemas import ApiTokenSchema, MadeApiTokenSchema, NewApiTokenSchema
from webapp.api.blueprint import Blueprint
from webapp.api.paging import PagingQuery, envelope, list_schema
from webapp.domain.accounts import api_tokens
from webapp.kernel.paging import PageRequest
from webapp.web import current_work

blueprint = Blueprint(
    "tokens", __name__, url_prefix="/api/v1/users/me/tokens", description="Keys for scripts and frontends"
)


@blueprint.route("", methods=["GET"])
@approved_only
@blueprint.arguments(PagingQuery(), location="query")
@blueprint.response(200, list_schema(ApiTokenSchema(), "ApiTokenPage"))
def list_tokens(query: dict[str, PageRequest]) -> dict[str, Any]:
    """Your API tokens, the newest first, without what makes them work."""
    return envelope(api_tokens.list_api_tokens(current_work(), query["paging"]))


@blueprint.route("", methods=["POST"])
@approved_only
@blueprint.arguments(NewApiTokenSchema())
@blueprint.response(201, MadeApiTokenSchema())
def create_token(fields: dict[str, Any]) -> dict[str, Any]:
    """Make an API token. Its `token` is in this answer and never again."""
    secret = api_tokens.PREFIX + secrets.token_urlsafe(32)
    token = api_tokens.create_api_token(current_work(), secret, **fields)
    shown = ("id", "name", "scopes", "hint", "created_at", "expires_at", "last_used_at")
    return {**{name: getattr(token, name) for name in shown}, "token": secret}


@blueprint.route("/<uuid:token_id>", methods=["DELETE"])
@approved_only
@blueprint.response(204)
def revoke_token(token_id: UUID) -> None:
    """Make a token worthless at once."""
    api_tokens.revoke_api_token(current_work(), token_id)
