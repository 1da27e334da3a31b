"""``/users/me/linked-accounts``: the accounts elsewhere that one signs in with."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from uuid import UUID

from webapp.access import approved_only
from webapp.api.accounts.oauth_schemas import CodeSchema, LinkedAccountSchema
from webapp.api.blueprint import Blueprint
from webapp.api.paging import PagingQuery, envelope, list_schema
from webapp.domain.accounts import linked_accounts
from webapp.domain.accounts.oauth_models import LinkedAccount
from webapp.kernel.paging import PageRequest
from webapp.web import current_work

blueprint = Blueprint(
    "linked_accounts",
    __name__,
    url_prefix="/api/v1/users/me/linked-accounts",
    description="Accounts elsewhere that one signs in with",
)


@blueprint.route("", methods=["GET"])
@approved_only
@blueprint.arguments(PagingQuery(), location="query")
@blueprint.response(200, list_schema(LinkedAccountSchema(), "LinkedAccountPage"))
def list_accounts(query: dict[str, PageRequest]) -> dict[str, Any]:
    """The accounts that you have linked, the newest first."""
    return envelope(linked_accounts.list_linked_accounts(current_work(), query["paging"]))


@blueprint.route("", methods=["POST"])
@approved_only
@blueprint.arguments(CodeSchema())
@blueprint.response(201, LinkedAccountSchema())
def link(fields: dict[str, str]) -> LinkedAccount:
    """Link the account that a one-time code of `/auth/oauth` stands for."""
    return linked_accounts.link_by_code(current_work(), **fields)


@blueprint.route("/<uuid:account_id>", methods=["DELETE"])
@approved_only
@blueprint.response(204)
@blueprint.refuses(HTTPStatus.CONFLICT)
def unlink(account_id: UUID) -> None:
    """Unlink an account, unless it is your only way to sign in."""
    linked_accounts.unlink(current_work(), account_id)
