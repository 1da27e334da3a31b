"""Sign in with Apple: OpenID Connect with a signed client secret, and an answer that comes as a form."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import replace

from authlib.integrations.requests_client import OAuth2Session
from joserfc import jwt
from joserfc.jwk import ECKey

from webapp.adapters.oauth.client import text
from webapp.adapters.oauth.openid import OpenIdProvider
from webapp.ports import AuthorizationRequest, Identity

ISSUER = "https://appleid.apple.com"
SECRET_LIFETIME = 300
"""Seconds a client secret holds; Apple takes up to six months."""


class Apple(OpenIdProvider):
    """Apple. It tells a name only once, at the first sign-in, beside the code and not in the ID token; an
    address may be one that it relays."""

    label = "Apple"
    scope = "openid email name"
    extra = {"response_mode": "form_post"}

    def __init__(
        self, client_id: str, team_id: str, key_id: str, private_key: str, issuer: str = ISSUER
    ) -> None:
        aliases = ("https://account.apple.com",) if issuer == ISSUER else ()
        super().__init__(client_id, "", issuer, *aliases)
        self._team_id, self._key_id = team_id, key_id
        self._key = ECKey.import_key(private_key)

    def _secret(self) -> str:
        """A JWT instead of a secret, signed with the key of the developer's team."""
        now = int(time.time())
        claims = {
            "iss": self._team_id,
            "iat": now,
            "exp": now + SECRET_LIFETIME,
            "aud": self._issuer,
            "sub": self._client_id,
        }
        return jwt.encode({"alg": "ES256", "kid": self._key_id}, claims, self._key)

    def _identity(
        self, client: OAuth2Session, request: AuthorizationRequest, answer: Mapping[str, str]
    ) -> Identity:
        identity = super()._identity(client, request, answer)
        told = json.loads(answer.get("user") or "{}")
        name = told.get("name") or {}
        first, last = text(name.get("firstName")), text(name.get("lastName"))
        full = " ".join(part for part in (first, last) if part) or None
        return replace(identity, first_name=first, last_name=last, full_name=full)
