"""Identity providers: accounts elsewhere that people sign in with (OAuth 2.0, OpenID Connect)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a provider says somebody is. Everything but ``subject`` may be missing, and is as they wrote it."""

    subject: str
    """The provider's own name for the account; it never changes and belongs to nobody else there."""
    email: str | None = None
    is_email_verified: bool = False
    full_name: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    username: str | None = None


@dataclass(frozen=True, slots=True)
class AuthorizationRequest:
    """What a provider is asked with, and what its answer is held against (RFC 6749, RFC 7636, OpenID
    Connect Core 1.0): ``redirect_uri`` is the address of ours that the answer comes to."""

    redirect_uri: str
    state: str
    nonce: str
    code_verifier: str


class IdentityRefused(Exception):
    """The provider will not say who somebody is, or what it says does not hold; the text is for the log."""


class IdentityProvider(Protocol):
    """One provider, as this installation is registered with it. Every method may take seconds."""

    @property
    def label(self) -> str:
        """What people call it."""
        ...

    def authorization_url(self, request: AuthorizationRequest) -> str:
        """Where a browser goes to ask for somebody's consent. Raises Unavailable."""
        ...

    def identify(self, request: AuthorizationRequest, answer: Mapping[str, str]) -> Identity:
        """Exchange the ``code`` of the provider's ``answer`` for who has given it.

        Raises IdentityRefused, and Unavailable when the provider cannot be reached.
        """
        ...

    def check(self) -> None:
        """Raises Unavailable when the provider cannot be reached."""
        ...
