"""``/users``: STARTER's people, with its statuses and sentences, and CARDS' profile."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import wraps
from http import HTTPStatus
from typing import Any, TypeVar
from uuid import UUID

from flask import Response, current_app

from webapp.access import admins_only, approved_only, public
from webapp.api.accounts import schemas
from webapp.api.accounts.presenting import OWN, USER, change_own, present, present_own, register_visitor
from webapp.api.blueprint import Blueprint
from webapp.api.etags import expected_tags
from webapp.api.fields import MessageSchema
from webapp.api.paging import PagingQuery100, envelope, list_schema
from webapp.api.requests import small_body
from webapp.domain.accounts import commands, queries
from webapp.domain.accounts.models import User
from webapp.domain.accounts.passwords import hash_password
from webapp.extensions import limiter, registration_limit
from webapp.kernel.errors import Conflict, Malformed, NotFound
from webapp.kernel.paging import PageRequest
from webapp.kernel.work import SYSTEM, Role
from webapp.metrics import REGISTRATIONS, counting
from webapp.web import current_work

View = TypeVar("View", bound=Callable[..., Any])
EXISTS = "The user with this email already exists in the system"

blueprint = Blueprint("users", __name__, url_prefix="/api/v1", description="One's own account, and people")


@contextmanager
def taken_is_malformed(sentence: str) -> Iterator[None]:
    """STARTER's clients test for 400 when a new person's address is taken."""
    try:
        yield
    except Conflict as error:
        if error.code != "taken":
            raise
        raise Malformed(sentence, code="taken", errors=error.errors) from error


@blueprint.route("/users", methods=["GET"])
@admins_only
@blueprint.arguments(PagingQuery100(), location="query")
@blueprint.response(200, list_schema(USER, "UserCountPage", count=True))
def list_users(query: dict[str, PageRequest]) -> dict[str, Any]:
    """People, newest first."""
    return envelope(queries.list_users(current_work(), query["paging"]))


def hashing_first(view: View) -> View:
    """Hash the password that is sent before ``once`` begins to write, so that nobody waits for it."""

    @wraps(view)
    def hashed(fields: dict[str, Any]) -> Any:
        return view({**fields, "password_hash": hash_password(fields["password"])})

    return hashed  # type: ignore[return-value]


@blueprint.route("/users", methods=["POST"])
@admins_only
@blueprint.arguments(schemas.NewUserSchema())
@hashing_first
@blueprint.once
@blueprint.response(200, USER)
def create_user(fields: dict[str, Any]) -> User:
    """Add a person, who is approved unless `is_active` is false."""
    work = current_work()
    is_active, is_superuser = fields.pop("is_active", True), fields.pop("is_superuser", False)
    role = Role(fields.pop("role", Role.ADMIN if is_superuser else Role.MEMBER))
    with taken_is_malformed(f"{EXISTS}."):
        return commands.create_user(work, role=role, is_active=is_active, **fields)


@blueprint.route("/users/signup", methods=["POST"])
@public
@registration_limit
@small_body
@blueprint.arguments(schemas.SignupSchema())
@blueprint.response(200, USER)
@blueprint.refuses(HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS)
def sign_up(fields: dict[str, Any]) -> User:
    """Register with an e-mail address; the registration policy decides whether it waits for an admin."""
    with taken_is_malformed(EXISTS), counting(REGISTRATIONS):
        return register_visitor(fields)


@blueprint.route("/private/users", methods=["POST"])
@public
@blueprint.arguments(schemas.PrivateUserSchema())
@blueprint.response(200, USER)
@blueprint.refuses(HTTPStatus.NOT_FOUND)
def create_private_user(fields: dict[str, Any]) -> User:
    """Make an approved person for a test. Only in development; there is no such address in production."""
    if current_app.config["ENVIRONMENT"] != "development":
        raise NotFound
    fields.pop("is_verified", None)
    work = current_work()
    with taken_is_malformed(f"{EXISTS}."):
        return commands.create_user(replace(work, actor=SYSTEM), **fields)


@blueprint.route("/users/me", methods=["GET"])
@approved_only
@blueprint.response(200, OWN)
def read_me() -> Response:
    """Your own account."""
    return present_own(queries.get_self(current_work()))


@blueprint.route("/users/me", methods=["PUT", "PATCH"])
@approved_only
@blueprint.arguments(schemas.ProfileSchema())
@blueprint.response(200, OWN)
def update_me(fields: dict[str, Any]) -> Response:
    """Change the fields that are sent of your own account."""
    return present_own(change_own(fields))


@blueprint.route("/users/me", methods=["DELETE"])
@approved_only
@blueprint.response(200, MessageSchema())
def delete_me() -> dict[str, Any]:
    """Delete your own account. Admins cannot."""
    commands.delete_own_account(current_work(), expected=expected_tags())
    return {"success": True, "message": "User deleted successfully"}


@blueprint.route("/users/me/password", methods=["PUT", "PATCH"])
@approved_only
@limiter.limit("5 per minute")
@blueprint.arguments(schemas.PasswordChangeSchema())
@blueprint.response(200, MessageSchema())
@blueprint.refuses(HTTPStatus.TOO_MANY_REQUESTS)
def change_password(fields: dict[str, str]) -> dict[str, Any]:
    """Change your password. Every session and token ends; sign in again."""
    commands.change_password(current_work(), **fields)
    return {"success": True, "message": "Password updated successfully"}


@blueprint.route("/users/profile", methods=["GET"])
@approved_only
@blueprint.response(200, OWN)
def read_profile() -> Response:
    """Your own account, under CARDS' name."""
    return present_own(queries.get_self(current_work()))


@blueprint.route("/users/profile", methods=["PUT", "PATCH"])
@approved_only
@blueprint.arguments(schemas.ProfileSchema())
@blueprint.response(200, OWN)
def update_profile(fields: dict[str, Any]) -> Response:
    """Change the fields that are sent of your own account, under CARDS' name."""
    return present_own(change_own(fields))


@blueprint.route("/users/<uuid:user_id>", methods=["GET"])
@approved_only
@blueprint.response(200, USER)
def read_user(user_id: UUID) -> Response:
    """Yourself, or for admins anybody."""
    return present(queries.get_visible_user(current_work(), user_id))


@blueprint.route("/users/<uuid:user_id>", methods=["PUT", "PATCH"])
@admins_only
@blueprint.arguments(schemas.UpdateUserSchema())
@blueprint.response(200, USER)
def update_user(fields: dict[str, Any], user_id: UUID) -> Response:
    """Change the fields that are sent. Losing rights or another password ends every session."""
    try:
        return present(commands.update_user(current_work(), user_id, fields, expected=expected_tags()))
    except NotFound as error:
        raise NotFound("The user with this id does not exist in the system") from error


@blueprint.route("/users/<uuid:user_id>", methods=["DELETE"])
@admins_only
@blueprint.response(200, MessageSchema())
def delete_user(user_id: UUID) -> dict[str, Any]:
    """Delete a person."""
    commands.delete_user(current_work(), user_id, expected=expected_tags())
    return {"success": True, "message": "User deleted successfully"}
