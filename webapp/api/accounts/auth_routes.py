"""``/auth``: register, sign in, refresh, sign out, and one's own account."""

from __future__ import annotations

import secrets
from http import HTTPStatus
from typing import Any

from flask import Response, current_app

from webapp.access import approved_only, public
from webapp.api.accounts import schemas
from webapp.api.accounts.presenting import OWN, change_own, present_own, register_visitor
from webapp.api.auth import current_session_id, token_answer
from webapp.api.blueprint import Blueprint
from webapp.api.fields import MessageSchema
from webapp.api.requests import small_body
from webapp.domain.accounts import sign_in
from webapp.domain.accounts.models import Status
from webapp.domain.accounts.queries import get_self
from webapp.extensions import login_limit, registration_limit
from webapp.metrics import LOGINS, REGISTRATIONS, counting
from webapp.web import current_ports, current_work

blueprint = Blueprint("auth", __name__, url_prefix="/api/v1/auth", description="Sign in and out")

REGISTERED = {
    Status.UNVERIFIED: "Registration successful. Follow the link in the mail that we sent to you.",
    Status.APPROVED: "Registration successful. You can sign in now.",
    Status.PENDING: "Registration successful. An admin will approve your account.",
}


@blueprint.route("/register", methods=["POST"])
@public
@registration_limit
@small_body
@blueprint.arguments(schemas.RegisterSchema())
@blueprint.response(200, schemas.ReviewedSchema())
@blueprint.refuses(HTTPStatus.FORBIDDEN, HTTPStatus.CONFLICT, HTTPStatus.TOO_MANY_REQUESTS)
def register(fields: dict[str, Any]) -> dict[str, Any]:
    """Register. The registration policy decides whether an admin has to approve the account first."""
    with counting(REGISTRATIONS):
        user = register_visitor(fields)
    return {"success": True, "message": REGISTERED[Status(user.status)], "user": user}


@blueprint.route("/login", methods=["POST"])
@public
@login_limit
@small_body
@blueprint.arguments(schemas.LoginSchema())
@blueprint.response(200, schemas.TokensSchema())
@blueprint.refuses(HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS)
def login(fields: dict[str, Any]) -> dict[str, Any]:
    """Sign in with a username or an e-mail address, and the password; second factors send `totp` too."""
    work, secret = current_work(), current_ports().site.secret
    name, code = fields.get("username") or fields["email"], fields.get("totp")
    with counting(LOGINS):
        user = sign_in.authenticate(work, name, fields["password"], code, secret=secret)
    return token_answer(sign_in.start_client_session(work, user, secrets.token_urlsafe(32)))


@blueprint.route("/refresh", methods=["POST"])
@public
@small_body
@blueprint.arguments(schemas.RefreshTokenSchema())
@blueprint.response(200, schemas.TokensSchema())
@blueprint.refuses(HTTPStatus.UNAUTHORIZED)
def refresh(fields: dict[str, Any]) -> dict[str, Any]:
    """Exchange a refresh token for new tokens. A token that was used before ends the session."""
    secret = current_app.config["SECRET_KEY"].encode()
    return token_answer(sign_in.refresh(current_work(), fields["refresh_token"], secret=secret))


@blueprint.route("/logout", methods=["POST"])
@public
@small_body
@blueprint.arguments(schemas.LogoutSchema(), required=False)
@blueprint.response(200, MessageSchema())
def logout(fields: dict[str, Any]) -> dict[str, Any]:
    """End the session of the bearer token, or of the refresh token in the body."""
    work = current_work()
    if (session_id := current_session_id()) is not None:
        sign_in.end_session(work, session_id)
    if fields.get("refresh_token"):
        sign_in.end_session_of_token(work, fields["refresh_token"])
    return {"success": True, "message": "Signed out."}


@blueprint.route("/me", methods=["GET"])
@approved_only
@blueprint.response(200, OWN)
def read_me() -> Response:
    """Your own account."""
    return present_own(get_self(current_work()))


@blueprint.route("/me", methods=["PUT", "PATCH"])
@approved_only
@blueprint.arguments(schemas.ProfileSchema())
@blueprint.response(200, OWN)
def update_me(fields: dict[str, Any]) -> Response:
    """Change the fields that are sent of your own account."""
    return present_own(change_own(fields))
