"""What the API takes and answers of people."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask import g
from marshmallow import fields, validate

from webapp.api.fields import Answer, CheckedSchema, Choice, Coded, Flag, Moment, QueryMoment, Schema, Text
from webapp.api.paging import PagingQuery
from webapp.domain.accounts import models
from webapp.domain.accounts.api_tokens import DAYS_MAX, SCOPES
from webapp.domain.accounts.fields import password_errors, profile_errors, registration_errors
from webapp.domain.accounts.models import Status
from webapp.domain.accounts.queries import SORTS
from webapp.kernel.clock import utc_now
from webapp.kernel.errors import FieldError
from webapp.kernel.work import Role

ROLES = tuple(role.value for role in Role)
STATUSES = tuple(status.value for status in Status)
PASSWORD_INPUT_MAX = 1024
CODE_INPUT_MAX = 100
TOKEN_MAX = 512


class UserSchema(Answer):
    """A person as the API shows them."""

    id = fields.UUID(dump_only=True)
    email = fields.String(allow_none=True)
    username = fields.String(allow_none=True)
    full_name = fields.String(allow_none=True)
    first_name = fields.String(allow_none=True)
    last_name = fields.String(allow_none=True)
    profile_image_url = fields.String(allow_none=True)
    role = fields.String(validate=validate.OneOf(ROLES))
    status = fields.String(validate=validate.OneOf(STATUSES))
    is_active = fields.Boolean()
    is_verified = fields.Boolean()
    is_approved = fields.Boolean()
    is_admin = fields.Boolean()
    is_superuser = fields.Boolean()
    is_premium = fields.Function(lambda user: user.is_premium_at(utc_now()), metadata={"type": "boolean"})
    subscription_expires_at = Moment(allow_none=True)
    created_at = Moment()
    updated_at = Moment()
    last_login = Moment(allow_none=True)


class OwnUserSchema(UserSchema):
    """Oneself. `pending_email` becomes one's address with the link that was mailed to it."""

    pending_email = fields.String(allow_none=True)


class ProfileSchema(CheckedSchema):
    """The names a person goes by; every field may be left out."""

    def errors_of(self, data: dict[str, Any]) -> list[FieldError]:
        return profile_errors(data)

    email = Text(models.EMAIL_MAX, allow_none=True)
    username = Text(models.USERNAME_MAX, allow_none=True)
    full_name = Text(models.NAME_MAX, allow_none=True)
    first_name = Text(models.NAME_MAX, allow_none=True)
    last_name = Text(models.NAME_MAX, allow_none=True)
    profile_image_url = Text(models.URL_MAX, allow_none=True)


class RegisterSchema(CheckedSchema):
    """GALLERY registers with a username, CARDS with an e-mail address; either will do, or both."""

    def errors_of(self, data: dict[str, Any]) -> list[FieldError]:
        return registration_errors(data)

    username = Text(models.USERNAME_MAX, allow_none=True)
    email = Text(models.EMAIL_MAX, allow_none=True)
    password = Text(PASSWORD_INPUT_MAX, strip=False, required=True)
    full_name = Text(models.NAME_MAX, allow_none=True)
    first_name = Text(models.NAME_MAX, allow_none=True)
    last_name = Text(models.NAME_MAX, allow_none=True)


class LoginSchema(Schema):
    """A username or an e-mail address, the password, and a code where the person has a second factor."""

    username = Text(PASSWORD_INPUT_MAX)
    email = Text(PASSWORD_INPUT_MAX)
    password = Text(PASSWORD_INPUT_MAX, minimum=1, strip=False, required=True)
    totp = Text(
        CODE_INPUT_MAX,
        allow_none=True,
        metadata={"description": "For people with a second factor: a code of their app, or a recovery code."},
    )

    @ma.validates_schema
    def needs_a_name(self, data: dict[str, str], **_: object) -> None:
        if not data.get("username") and not data.get("email"):
            raise ma.ValidationError(
                {"username": [Coded("A username or an e-mail address is required.", "required")]}
            )


class RefreshTokenSchema(Schema):
    """A refresh token in the body, never in a URL."""

    refresh_token = Text(TOKEN_MAX, minimum=1, required=True)


class LogoutSchema(Schema):
    """Signing out may name the refresh token of the session to end."""

    refresh_token = Text(TOKEN_MAX)


class TokensSchema(Answer):
    """The answer to a sign-in or a refresh."""

    access_token = fields.String()
    refresh_token = fields.String()
    token_type = fields.String()
    expires_in = fields.Integer(metadata={"description": "Seconds."})
    user = fields.Nested(UserSchema)


class ReviewedSchema(Answer):
    """The answer to a registration, an approval or a rejection."""

    success = fields.Boolean()
    message = fields.String()
    user = fields.Nested(UserSchema)


class RejectSchema(Schema):
    """Why a person is turned away; they are told."""

    reason = Text(models.REASON_MAX, allow_none=True)


class AdminUserSchema(ProfileSchema):
    """What an admin may change about a person; the booleans are those of older systems."""

    role = Choice(ROLES)
    status = Choice(STATUSES)
    is_active = Flag()
    is_approved = Flag()
    is_admin = Flag()
    is_superuser = Flag()
    is_premium = Flag()
    subscription_expires_at = QueryMoment(allow_none=True)


class SignupSchema(CheckedSchema):
    """STARTER registers with an e-mail address."""

    def errors_of(self, data: dict[str, Any]) -> list[FieldError]:
        return registration_errors(data)

    email = Text(models.EMAIL_MAX, required=True)
    password = Text(PASSWORD_INPUT_MAX, strip=False, required=True)
    full_name = Text(models.NAME_MAX, allow_none=True)


class NewUserSchema(SignupSchema):
    """A person whom an admin adds; they are approved unless ``is_active`` is false."""

    username = Text(models.USERNAME_MAX, allow_none=True)
    role = Choice(ROLES)
    is_active = Flag()
    is_superuser = Flag()


class PrivateUserSchema(SignupSchema):
    """A person made for a test during development; their address counts as verified either way."""

    is_verified = Flag()


class UpdateUserSchema(AdminUserSchema):
    """What STARTER lets an admin change, the password among it."""

    def errors_of(self, data: dict[str, Any]) -> list[FieldError]:
        return profile_errors(data) + password_errors(data)

    password = Text(PASSWORD_INPUT_MAX, strip=False, allow_none=True)


class PasswordChangeSchema(Schema):
    """The password one has and the one one wants."""

    current_password = Text(PASSWORD_INPUT_MAX, minimum=1, strip=False, required=True)
    new_password = Text(PASSWORD_INPUT_MAX, minimum=1, strip=False, required=True)


class EmailSchema(Schema):
    """An e-mail address that may be anybody's."""

    email = Text(PASSWORD_INPUT_MAX, minimum=1, required=True)


class TokenSchema(Schema):
    """The token of a mailed link."""

    token = Text(TOKEN_MAX, minimum=1, required=True)


class NewPasswordSchema(TokenSchema):
    """The token of a mailed link, and the password to be."""

    new_password = Text(PASSWORD_INPUT_MAX, minimum=1, strip=False, required=True)


class AccessTokenForm(Schema):
    """OAuth2's password grant (RFC 6749, section 4.3.2); only name and password are looked at."""

    username = Text(PASSWORD_INPUT_MAX, minimum=1, required=True)
    password = Text(PASSWORD_INPUT_MAX, minimum=1, strip=False, required=True)
    grant_type = Text(PASSWORD_INPUT_MAX)
    scope = Text(PASSWORD_INPUT_MAX)
    client_id = Text(PASSWORD_INPUT_MAX)
    client_secret = Text(PASSWORD_INPUT_MAX)


class UsersQuery(PagingQuery):
    """Filters of the list of people."""

    status = Choice(STATUSES)
    role = Choice(ROLES)
    q = Text(200)
    sort = Choice(tuple(SORTS))


class SessionSchema(Answer):
    """Somewhere a person is signed in."""

    id = fields.UUID()
    kind = fields.String(validate=validate.OneOf(("console", "client")))
    device = fields.String()
    ip_address = fields.String(attribute="address", allow_none=True)
    user_agent = fields.String(allow_none=True)
    created_at = Moment()
    last_seen_at = Moment(allow_none=True)
    expires_at = Moment()
    is_current = fields.Function(
        lambda session: session.id == g.get("session_id"), metadata={"type": "boolean"}
    )


class ApiTokenSchema(Answer):
    """A key for scripts and frontends."""

    id = fields.UUID()
    name = fields.String()
    scopes = fields.List(fields.String(validate=validate.OneOf(SCOPES)))
    hint = fields.String()
    created_at = Moment()
    expires_at = Moment()
    last_used_at = Moment(allow_none=True)


class MadeApiTokenSchema(ApiTokenSchema):
    """A new key, with what makes it work; that is shown once."""

    token = fields.String()


class NewApiTokenSchema(Schema):
    """What a new token is for."""

    name = Text(models.TOKEN_NAME_MAX, minimum=1, required=True)
    scopes = fields.List(Choice(SCOPES), required=True, validate=validate.Length(min=1, max=len(SCOPES)))
    expires_in_days = fields.Integer(strict=True, load_default=90, validate=validate.Range(1, DAYS_MAX))
