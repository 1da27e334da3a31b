"""What the API takes and answers of sign-ins elsewhere."""

from __future__ import annotations

import marshmallow as ma
from marshmallow import fields, validate

from webapp.api.accounts.schemas import CODE_INPUT_MAX, TOKEN_MAX
from webapp.api.fields import Answer, Choice, Coded, Moment, Schema, Text
from webapp.domain.accounts.oauth import CLIENT_STATE_MAX, REDIRECT_MAX

CHALLENGE = r"[A-Za-z0-9_-]{43}"
VERIFIER = r"[A-Za-z0-9._~-]{43,128}"


class AuthorizationQuery(Schema):
    """Who asks (RFC 6749, section 4.1.1; RFC 7636, section 4.3). With nothing at all, the console does."""

    redirect_uri = Text(REDIRECT_MAX, minimum=1)
    code_challenge = fields.String(validate=validate.Regexp(f"{CHALLENGE}\\Z"))
    code_challenge_method = Choice(("S256",))
    state = Text(CLIENT_STATE_MAX)

    @ma.validates_schema
    def is_whole(self, data: dict[str, str], **_: object) -> None:
        if data.get("redirect_uri") and not data.get("code_challenge"):
            raise ma.ValidationError({"code_challenge": [Coded("This field is required.", "required")]})
        if data.get("code_challenge") and not data.get("redirect_uri"):
            raise ma.ValidationError({"redirect_uri": [Coded("This field is required.", "required")]})


class CodeSchema(Schema):
    """A one-time code, and the verifier of the challenge that it was asked with."""

    code = Text(TOKEN_MAX, minimum=1, required=True)
    code_verifier = fields.String(required=True, validate=validate.Regexp(f"{VERIFIER}\\Z"))


class SignInCodeSchema(CodeSchema):
    """The same, and what people with a second factor send besides."""

    totp = Text(
        CODE_INPUT_MAX,
        allow_none=True,
        metadata={"description": "For people with a second factor: a code of their app, or a recovery code."},
    )


class ProviderSchema(Answer):
    """A provider that people may sign in with here."""

    name = fields.String()
    label = fields.String()
    url = fields.String()


class LinkedAccountSchema(Answer):
    """An account elsewhere that signs its person in here."""

    id = fields.UUID()
    provider = fields.String()
    email = fields.String(allow_none=True)
    created_at = Moment()
    last_used_at = Moment(allow_none=True)
