"""What all identity providers have in common: the authorization code grant with PKCE (RFC 6749, RFC 7636)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import structlog
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from joserfc.errors import JoseError
from requests import RequestException, Response

from webapp.kernel.concurrency import waiting
from webapp.kernel.errors import Unavailable
from webapp.ports import AuthorizationRequest, Identity, IdentityRefused

log = structlog.get_logger(__name__)

TIMEOUT = (3.05, 8.0)
"""Seconds to connect, and to wait for each answer."""


@dataclass(frozen=True, slots=True)
class Endpoints:
    """The addresses of a provider that is asked for consent and for tokens."""

    authorization: str
    token: str


class OAuthProvider:
    """The grant; how the person behind a token is told is a provider's own."""

    label: str
    scope: str
    extra: Mapping[str, str] = {}
    """Parameters of the authorization request beyond the standard."""

    def __init__(self, client_id: str, client_secret: str) -> None:
        self._client_id = client_id
        self._client_secret = client_secret

    def authorization_url(self, request: AuthorizationRequest) -> str:
        with self._reaching(), self._client(request) as client:
            url, _ = client.create_authorization_url(
                self._endpoints().authorization,
                state=request.state,
                code_verifier=request.code_verifier,
                **self._authorization_parameters(request),
            )
        return str(url)

    def identify(self, request: AuthorizationRequest, answer: Mapping[str, str]) -> Identity:
        with self._reaching(), self._client(request) as client:
            client.client_secret = self._secret()
            client.fetch_token(
                self._endpoints().token,
                grant_type="authorization_code",
                code=answer["code"],
                code_verifier=request.code_verifier,
            )
            return self._identity(client, request, answer)

    def check(self) -> None:
        with self._reaching(), self._client() as client:
            client.head(self._endpoints().authorization, withhold_token=True, allow_redirects=False)

    # --- a provider's own ---

    def _endpoints(self) -> Endpoints:
        raise NotImplementedError

    def _identity(
        self, client: OAuth2Session, request: AuthorizationRequest, answer: Mapping[str, str]
    ) -> Identity:
        """Who the token that ``client`` holds by now was given for."""
        raise NotImplementedError

    def _authorization_parameters(self, request: AuthorizationRequest) -> dict[str, str]:
        return dict(self.extra)

    def _secret(self) -> str:
        return self._client_secret

    # --- the parts ---

    def _client(self, request: AuthorizationRequest | None = None) -> OAuth2Session:
        return OAuth2Session(
            client_id=self._client_id,
            scope=self.scope,
            redirect_uri=request.redirect_uri if request else None,
            code_challenge_method="S256",
            token_endpoint_auth_method="client_secret_post",  # noqa: S106  the name of a method
            default_timeout=TIMEOUT,
        )

    @contextmanager
    def _reaching(self) -> Iterator[None]:
        """Translate what can go wrong on the way to a provider and in its answers."""
        try:
            with waiting():
                yield
        except RequestException as error:
            words = f"{self.label} cannot be reached right now. Try again later, or sign in another way."
            raise Unavailable(words, code="provider_unavailable") from error
        except (OAuthError, JoseError, KeyError, TypeError, ValueError, AttributeError) as error:
            reason = str(getattr(error, "error", "") or type(error).__name__)
            log.warning("identity_refused", provider=self.label, reason=reason)
            raise IdentityRefused(reason) from error


def members(response: Response) -> dict[str, object]:
    """The JSON object that a provider answers. Raises RequestException, and TypeError for other JSON."""
    response.raise_for_status()
    found = response.json()
    if not isinstance(found, dict):
        raise TypeError("not an object")
    return found


def text(value: object) -> str | None:
    """``value`` where it is text that says something."""
    return value.strip() or None if isinstance(value, str) else None
