"""OpenID Connect providers (Core 1.0, Discovery 1.0); Google is one."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from webapp.adapters.oauth.client import Endpoints, OAuthProvider, members, text
from webapp.ports import AuthorizationRequest, Identity

KEPT_FOR = 3600.0
"""Seconds until addresses and keys are asked for again."""
LEEWAY = 60
"""Seconds that clocks may differ by."""
ALGORITHMS = ("RS256", "ES256")


class OpenIdProvider(OAuthProvider):
    """A provider that tells who somebody is by an ID token, which is checked by its published keys."""

    scope = "openid email profile"

    def __init__(self, client_id: str, client_secret: str, issuer: str, *aliases: str) -> None:
        super().__init__(client_id, client_secret)
        self._issuer = issuer
        self._issuers = [issuer, *aliases]
        self._kept: dict[str, tuple[float, dict[str, Any]]] = {}

    def _endpoints(self) -> Endpoints:
        found = self._metadata()
        return Endpoints(found["authorization_endpoint"], found["token_endpoint"])

    def _authorization_parameters(self, request: AuthorizationRequest) -> dict[str, str]:
        return {"nonce": request.nonce, **self.extra}

    def _identity(
        self, client: OAuth2Session, request: AuthorizationRequest, answer: Mapping[str, str]
    ) -> Identity:
        claims = self._claims(client.token, request.nonce)
        return Identity(
            subject=claims["sub"],
            email=text(claims.get("email")),
            is_email_verified=claims.get("email_verified") in (True, "true"),
            full_name=text(claims.get("name")),
            first_name=text(claims.get("given_name")),
            last_name=text(claims.get("family_name")),
        )

    def _claims(self, token: Mapping[str, Any], nonce: str) -> dict[str, Any]:
        """The claims of the ID token. Raises JoseError unless signature, issuer, audience, times and
        nonce hold (Core 1.0, section 3.1.3.7)."""
        registry = JWSRegistry(algorithms=list(ALGORITHMS), strict_check_header=False)
        try:
            found = jwt.decode(token["id_token"], self._keys(), registry=registry)
        except InvalidKeyIdError:  # the provider signs with a key that is newer than what is kept
            found = jwt.decode(token["id_token"], self._keys(afresh=True), registry=registry)
        claims = CodeIDToken(
            found.claims,
            found.header,
            {
                "iss": {"essential": True, "values": self._issuers},
                "aud": {"essential": True, "value": self._client_id},
            },
            {"nonce": nonce, "client_id": self._client_id, "access_token": token.get("access_token")},
        )
        claims.validate(leeway=LEEWAY)
        if not isinstance(claims["sub"], str):
            raise TypeError("sub is no text")
        return dict(claims)

    def _metadata(self) -> dict[str, Any]:
        found = self._fetch(f"{self._issuer}/.well-known/openid-configuration")
        if found.get("issuer") not in self._issuers:
            raise ValueError("the discovery document is of another issuer")
        return found

    def _keys(self, *, afresh: bool = False) -> KeySet:
        return KeySet.import_key_set(self._fetch(self._metadata()["jwks_uri"], afresh=afresh))  # type: ignore[arg-type]

    def _fetch(self, url: str, *, afresh: bool = False) -> dict[str, Any]:
        at, found = self._kept.get(url, (0.0, {}))
        if afresh or not found or time.monotonic() - at > KEPT_FOR:
            with self._client() as client:
                found = members(client.get(url, withhold_token=True))
            self._kept[url] = (time.monotonic(), found)
        return found


class Google(OpenIdProvider):
    """Google, whose ID tokens may name it without a scheme."""

    label = "Google"
    extra = {"prompt": "select_account"}

    def __init__(
        self, client_id: str, client_secret: str, issuer: str = "https://accounts.google.com"
    ) -> None:
        super().__init__(client_id, client_secret, issuer, issuer.removeprefix("https://"))
