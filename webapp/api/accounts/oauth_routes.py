"""``/auth/oauth``: signing in with an account elsewhere, for frontends and apps."""

from __future__ import annotations

import secrets
from http import HTTPStatus
from typing import Any

from flask import Response, redirect, request, url_for

from webapp.access import public
from webapp.api.accounts.oauth_schemas import AuthorizationQuery, ProviderSchema, SignInCodeSchema
from webapp.api.accounts.schemas import TokensSchema
from webapp.api.auth import token_answer
from webapp.api.blueprint import Blueprint
from webapp.api.requests import small_body
from webapp.domain.accounts import oauth, sign_in
from webapp.domain.accounts.linked_accounts import sign_in_by_code
from webapp.extensions import oauth_limit
from webapp.kernel.clock import utc_now
from webapp.metrics import LOGINS, counting
from webapp.web import current_ports, current_work, go_on, preferred_language, rollback, writing_view

blueprint = Blueprint(
    "oauth", __name__, url_prefix="/api/v1/auth/oauth", description="Signing in with an account elsewhere"
)


@blueprint.route("", methods=["GET"])
@public
@blueprint.response(200, ProviderSchema(many=True))
def list_providers() -> list[dict[str, str]]:
    """The providers that this installation is registered with; `url` begins a sign-in."""
    return [
        {
            "name": name,
            "label": found.label,
            "url": url_for("oauth.authorize", provider=name),
        }
        for name, found in current_ports().identity_providers.items()
    ]


@blueprint.route("/<provider>", methods=["GET"])
@public
@oauth_limit
@blueprint.arguments(AuthorizationQuery(), location="query")
@blueprint.response(303)
@blueprint.refuses(HTTPStatus.NOT_FOUND, HTTPStatus.TOO_MANY_REQUESTS)
def authorize(query: dict[str, str], provider: str) -> Response:
    """Send a browser to the provider. It comes back to `redirect_uri` with `code` and `state`, or with
    `error`. Without parameters it signs in to the console."""
    rollback()  # nothing waits while the provider is asked for its addresses
    oauth.get_provider(current_ports(), provider)
    if not query.get("redirect_uri"):
        return redirect(f"/console/oauth/{provider}", 303)  # type: ignore[return-value]
    asked = oauth.Asked(query["redirect_uri"], query["code_challenge"], query.get("state"))
    state_id = secrets.token_urlsafe(16)
    url = oauth.authorization_url(current_ports(), provider, asked, state_id, utc_now())
    return redirect(url, 303)  # type: ignore[return-value]


@blueprint.route("/<provider>/callback", methods=["GET", "POST"])
@public
@oauth_limit
@small_body
@blueprint.response(303)
@blueprint.refuses(HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND, HTTPStatus.TOO_MANY_REQUESTS)
@writing_view
def callback(provider: str) -> Response:
    """Where providers send browsers back to, with parameters or (Apple) with a form."""
    answer = request.values.to_dict()
    code = secrets.token_urlsafe(32)
    url = oauth.answer_callback(current_work(), go_on, current_ports(), provider, answer, code)
    response = redirect(url, 303)
    response.headers["Referrer-Policy"] = "no-referrer"
    return response  # type: ignore[return-value]


@blueprint.route("/token", methods=["POST"])
@public
@oauth_limit
@small_body
@blueprint.arguments(SignInCodeSchema())
@blueprint.response(200, TokensSchema())
@blueprint.refuses(HTTPStatus.FORBIDDEN, HTTPStatus.CONFLICT, HTTPStatus.TOO_MANY_REQUESTS)
def exchange(fields: dict[str, Any]) -> dict[str, Any]:
    """Exchange the one-time code for tokens, as a sign-in with a password answers them. Somebody new is
    registered, and waits where the registration policy says so."""
    work, ports = current_work(), current_ports()
    can_verify, language = ports.mailer.reaches_people, preferred_language()
    with counting(LOGINS):
        user = sign_in_by_code(
            work, **fields, can_verify=can_verify, language=language, secret=ports.site.secret
        )
    return token_answer(sign_in.start_client_session(work, user, secrets.token_urlsafe(32)))
