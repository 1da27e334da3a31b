"""``/login``: STARTER's way in."""

from __future__ import annotations

import secrets
from http import HTTPStatus
from typing import Any

from webapp.access import approved_only, public
from webapp.api.accounts import schemas
from webapp.api.auth import token_answer
from webapp.api.blueprint import Blueprint
from webapp.api.requests import small_body
from webapp.domain.accounts import sign_in
from webapp.domain.accounts.models import User
from webapp.domain.accounts.queries import get_self
from webapp.extensions import login_limit
from webapp.kernel.errors import Denied, Malformed, Unauthenticated
from webapp.metrics import LOGINS, counting
from webapp.web import current_ports, current_work

blueprint = Blueprint("login", __name__, url_prefix="/api/v1/login", description="STARTER's way in")


@blueprint.route("/access-token", methods=["POST"])
@public
@login_limit
@small_body
@blueprint.arguments(schemas.AccessTokenForm(), location="form")
@blueprint.response(200, schemas.TokensSchema())
@blueprint.refuses(HTTPStatus.TOO_MANY_REQUESTS)
def access_token(form: dict[str, str]) -> dict[str, Any]:
    """Sign in with a form. All refusals answer 400, as STARTER's clients expect.

    The form has no room for a second factor: people who have one sign in at `/auth/login`.
    """
    work, secret = current_work(), current_ports().site.secret
    try:
        with counting(LOGINS):
            user = sign_in.authenticate(work, form["username"], form["password"], secret=secret)
    except Unauthenticated as error:
        words = "Incorrect email or password"
        raise Malformed(words, code=error.code, keeps_work=error.keeps_work) from error
    except Denied as error:
        words = error.detail if error.code.startswith("second_factor") else "Inactive user"
        raise Malformed(words, code=error.code) from error
    return token_answer(sign_in.start_client_session(work, user, secrets.token_urlsafe(32)))


@blueprint.route("/test-token", methods=["POST"])
@approved_only
@blueprint.response(200, schemas.UserSchema())
def test_token() -> User:
    """Whose token this is."""
    return get_self(current_work())
