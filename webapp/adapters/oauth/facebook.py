"""Facebook: OAuth 2.0 and the Graph API. It may know no address, and does not say whether one is verified."""

from __future__ import annotations

import hmac
from collections.abc import Mapping

from authlib.integrations.requests_client import OAuth2Session

from webapp.adapters.oauth.client import Endpoints, OAuthProvider, members, text
from webapp.ports import AuthorizationRequest, Identity

VERSION = "v24.0"
FIELDS = "id,name,first_name,last_name,email"


class Facebook(OAuthProvider):
    """Facebook."""

    label = "Facebook"
    scope = "email public_profile"

    def __init__(
        self,
        client_id: str,
        client_secret: str,
        origin: str = "https://www.facebook.com",
        graph: str = "https://graph.facebook.com",
    ) -> None:
        super().__init__(client_id, client_secret)
        self._origin, self._graph = origin, graph

    def _endpoints(self) -> Endpoints:
        return Endpoints(
            f"{self._origin}/{VERSION}/dialog/oauth", f"{self._graph}/{VERSION}/oauth/access_token"
        )

    def _identity(
        self, client: OAuth2Session, request: AuthorizationRequest, answer: Mapping[str, str]
    ) -> Identity:
        token = client.token["access_token"]
        proof = hmac.new(self._client_secret.encode(), token.encode(), "sha256").hexdigest()
        query = {"fields": FIELDS, "appsecret_proof": proof}
        user = members(client.get(f"{self._graph}/{VERSION}/me", params=query))
        return Identity(
            subject=str(int(str(user["id"]))),
            email=text(user.get("email")),
            full_name=text(user.get("name")),
            first_name=text(user.get("first_name")),
            last_name=text(user.get("last_name")),
        )
