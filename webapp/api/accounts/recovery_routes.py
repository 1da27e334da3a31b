"""Verifying an address and choosing a new password, by links in mails."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Response

from webapp.access import admins_only, public
from webapp.api.accounts import schemas
from webapp.api.blueprint import Blueprint
from webapp.api.fields import MessageSchema, SentenceSchema
from webapp.api.requests import small_body
from webapp.domain.accounts import recovery, verification
from webapp.domain.accounts.models import Status
from webapp.extensions import recovery_limit, token_limit
from webapp.headers import MAIL_POLICY
from webapp.web import current_ports, current_work

MAILED = "If that email is registered, we sent a password recovery link"
UPDATED = "Password updated successfully"
VERIFIED = {
    Status.APPROVED: "Your e-mail address is verified. You can sign in now.",
    Status.PENDING: "Your e-mail address is verified. An admin will approve your account.",
}

blueprint = Blueprint("recovery", __name__, url_prefix="/api/v1", description="Links in mails")


@blueprint.route("/auth/forgot-password", methods=["POST"])
@public
@recovery_limit
@small_body
@blueprint.arguments(schemas.EmailSchema())
@blueprint.response(200, MessageSchema())
@blueprint.refuses(HTTPStatus.TOO_MANY_REQUESTS)
def forgot_password(fields: dict[str, str]) -> dict[str, Any]:
    """Have a link to a new password mailed. The answer is the same whoever the address belongs to."""
    recovery.request_password_reset(current_work(), fields["email"])
    return {"success": True, "message": MAILED}


@blueprint.route("/auth/reset-password", methods=["POST"])
@public
@token_limit
@small_body
@blueprint.arguments(schemas.NewPasswordSchema())
@blueprint.response(200, MessageSchema())
@blueprint.refuses(HTTPStatus.TOO_MANY_REQUESTS)
def reset_password(fields: dict[str, str]) -> dict[str, Any]:
    """Choose a new password with the token of a mailed link. Every session and token ends."""
    recovery.reset_password(current_work(), **fields)
    return {"success": True, "message": UPDATED}


@blueprint.route("/auth/verify-email", methods=["POST"])
@public
@token_limit
@small_body
@blueprint.arguments(schemas.TokenSchema())
@blueprint.response(200, MessageSchema())
@blueprint.refuses(HTTPStatus.TOO_MANY_REQUESTS)
def verify_email(fields: dict[str, str]) -> dict[str, Any]:
    """Prove with the token of a mailed link that an e-mail address is yours."""
    user = verification.verify_email(current_work(), fields["token"])
    message = VERIFIED.get(Status(user.status), "Your e-mail address is verified.")
    return {"success": True, "message": message}


@blueprint.route("/auth/resend-verification", methods=["POST"])
@public
@recovery_limit
@small_body
@blueprint.arguments(schemas.EmailSchema())
@blueprint.response(200, MessageSchema())
@blueprint.refuses(HTTPStatus.TOO_MANY_REQUESTS)
def resend_verification(fields: dict[str, str]) -> dict[str, Any]:
    """Have the link that proves an address mailed again. The answer is the same whoever it belongs to."""
    verification.request_verification(current_work(), fields["email"])
    return {"success": True, "message": "If that email waits to be verified, we sent a link"}


@blueprint.route("/password-recovery/<email>", methods=["POST"])
@public
@recovery_limit
@small_body
@blueprint.response(200, SentenceSchema())
@blueprint.refuses(HTTPStatus.TOO_MANY_REQUESTS)
def recover_password(email: str) -> dict[str, str]:
    """Have a link to a new password mailed, as STARTER asks for it."""
    recovery.request_password_reset(current_work(), email)
    return {"message": MAILED}


@blueprint.route("/reset-password", methods=["POST"])
@public
@token_limit
@small_body
@blueprint.arguments(schemas.NewPasswordSchema())
@blueprint.response(200, SentenceSchema())
@blueprint.refuses(HTTPStatus.TOO_MANY_REQUESTS)
def set_password(fields: dict[str, str]) -> dict[str, str]:
    """Choose a new password with the token of a mailed link, as STARTER asks for it."""
    recovery.reset_password(current_work(), **fields)
    return {"message": UPDATED}


@blueprint.route("/password-recovery-html-content/<email>", methods=["POST"])
@admins_only
@blueprint.response(200, {"type": "string"}, content_type="text/html")
def recovery_mail(email: str) -> Response:
    """The mail with a new link, shown instead of sent, as STARTER has it."""
    ports = current_ports()
    mail = recovery.write_recovery_mail(current_work(), email, ports.mail_renderer, ports.site)
    return Response(mail.html, mimetype="text/html", headers={"Content-Security-Policy": MAIL_POLICY})
