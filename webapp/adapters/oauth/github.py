"""GitHub: OAuth 2.0 without ID tokens; the person and their addresses are asked for."""

from __future__ import annotations

from collections.abc import Mapping

from authlib.integrations.requests_client import OAuth2Session

from webapp.adapters.oauth.client import Endpoints, OAuthProvider, members, text
from webapp.ports import AuthorizationRequest, Identity

ACCEPT = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}


class GitHub(OAuthProvider):
    """GitHub."""

    label = "GitHub"
    scope = "read:user user:email"

    def __init__(
        self,
        client_id: str,
        client_secret: str,
        origin: str = "https://github.com",
        api: str = "https://api.github.com",
    ) -> None:
        super().__init__(client_id, client_secret)
        self._origin, self._api = origin, api

    def _endpoints(self) -> Endpoints:
        start = f"{self._origin}/login/oauth"
        return Endpoints(f"{start}/authorize", f"{start}/access_token")

    def _identity(
        self, client: OAuth2Session, request: AuthorizationRequest, answer: Mapping[str, str]
    ) -> Identity:
        user = members(client.get(f"{self._api}/user", headers=ACCEPT))
        email, is_verified = self._email(client)
        return Identity(
            subject=str(int(str(user["id"]))),
            email=email,
            is_email_verified=is_verified,
            full_name=text(user.get("name")),
            username=text(user.get("login")),
        )

    def _email(self, client: OAuth2Session) -> tuple[str | None, bool]:
        """The address to use and whether it is verified: the primary one before others, if it is.

        A person may refuse us their addresses; what ``/user`` shows of them has proved nothing.
        """
        response = client.get(f"{self._api}/user/emails", headers=ACCEPT)
        if response.status_code in (403, 404):
            return None, False
        response.raise_for_status()
        found = sorted(
            ((row["verified"] is True, row["primary"] is True, row["email"]) for row in response.json()),
            reverse=True,
        )
        return (found[0][2], found[0][0]) if found else (None, False)
