"""Each provider against a real server: what holds, what does not, and quirks by recorded shapes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from joserfc.jwk import RSAKey

from tests.identity_provider import CLIENT_ID, CLIENT_SECRET, SUBJECT, ProviderServer
from webapp.checks import check_sign_in
from webapp.kernel.errors import Unavailable
from webapp.ports import AuthorizationRequest, Identity, IdentityProvider, IdentityRefused

REQUEST = AuthorizationRequest(
    redirect_uri="https://rangoli.example.org/api/v1/auth/oauth/google/callback",
    state="signed.state",
    nonce="nonce-of-the-request",
    code_verifier="verifier-of-the-request-which-is-43-letters-long",
)

GITHUB_USER = {"login": "octocat", "id": 583231, "name": "monalisa octocat", "email": "octocat@github.com"}
GITHUB_EMAILS = [
    {"email": "583231+octocat@users.noreply.github.com", "verified": True, "primary": False},
    {"email": "octocat@example.org", "verified": True, "primary": True, "visibility": "private"},
]
FACEBOOK_USER = {"id": "10221234567890123", "name": "A B", "first_name": "A", "last_name": "B"}


@pytest.fixture
def server(provider_server: ProviderServer) -> ProviderServer:
    provider_server.forget()
    return provider_server


Ask = Callable[..., Identity]


@pytest.fixture
def ask(server: ProviderServer) -> Ask:
    """Go through consent at a provider, and read who it is."""

    def asking(
        provider: str | IdentityProvider, request: AuthorizationRequest = REQUEST, **form: str
    ) -> Identity:
        found = server.providers()[provider] if isinstance(provider, str) else provider
        answer = server.consent(found.authorization_url(request))
        assert answer["state"] == request.state
        return found.identify(request, {**answer, **form})

    return asking


class TestOpenId:
    def test_an_id_token_that_holds(self, server: ProviderServer, ask: Ask) -> None:
        server.tongue.claims = {"email": "a@example.org", "email_verified": True, "name": "A B"}
        identity = ask("google")
        assert identity == Identity(SUBJECT, "a@example.org", True, full_name="A B")
        assert server.forms[0]["code_verifier"] == REQUEST.code_verifier

    @pytest.mark.parametrize(
        "claims",
        [
            {"nonce": "of another request"},
            {"nonce": None},
            {"aud": "another client"},
            {"aud": "another client", "azp": CLIENT_ID},
            {"aud": [CLIENT_ID, "another client"], "azp": "another client"},
            {"iss": "https://evil.example"},
            {"exp": 1_700_000_000},
            {"exp": None},
            {"iat": 4_000_000_000},
            {"sub": None},
            {"sub": 7},
            {"at_hash": "of another access token"},
        ],
        ids=str,
    )
    def test_08_an_id_token_that_does_not_hold(
        self, server: ProviderServer, ask: Ask, claims: dict[str, object]
    ) -> None:
        """Case 8."""
        server.tongue.claims = claims
        with pytest.raises(IdentityRefused):
            ask("google")

    def test_a_key_that_nobody_has_published(self, server: ProviderServer, ask: Ask) -> None:
        server.tongue.signs_with = RSAKey.generate_key(2048, {"kid": "first", "alg": "RS256"})
        with pytest.raises(IdentityRefused):
            ask("google")

    def test_a_key_that_is_newer_than_those_kept(self, server: ProviderServer, ask: Ask) -> None:
        google = server.providers()["google"]
        ask(google)
        server.published = [server.key, RSAKey.generate_key(2048, {"kid": "second", "alg": "RS256"})]
        assert ask(google).subject == SUBJECT

    def test_08_another_verifier_is_refused_by_the_provider(self, server: ProviderServer) -> None:
        google = server.providers()["google"]
        answer = server.consent(google.authorization_url(REQUEST))
        with pytest.raises(IdentityRefused, match="invalid_grant"):
            google.identify(replace(REQUEST, code_verifier="x" * 43), answer)

    def test_a_provider_that_is_down(self, server: ProviderServer) -> None:
        google = server.providers()["google"]
        answer = server.consent(google.authorization_url(REQUEST))
        server.tongue.is_down = True
        with pytest.raises(Unavailable) as caught:
            google.identify(REQUEST, answer)
        assert caught.value.code == "provider_unavailable"
        with pytest.raises(Unavailable):
            server.providers()["google"].check()


class TestApple:
    def test_a_name_comes_once_beside_the_code(self, server: ProviderServer, ask: Ask) -> None:
        server.tongue.claims = {"email": "x1y2@privaterelay.appleid.com", "email_verified": "true"}
        server.tongue.claims["is_private_email"] = "true"
        told = '{"name":{"firstName":"Asha","lastName":"Rao"},"email":"x1y2@privaterelay.appleid.com"}'
        first, later = ask("apple", user=told), ask("apple")
        assert (first.full_name, first.first_name, first.last_name) == ("Asha Rao", "Asha", "Rao")
        assert (first.email, first.is_email_verified) == ("x1y2@privaterelay.appleid.com", True)
        assert (later.subject, later.full_name) == (SUBJECT, None)

    def test_an_address_beside_the_code_proves_nothing(self, server: ProviderServer, ask: Ask) -> None:
        identity = ask("apple", user='{"name":{},"email":"victim@example.org"}')
        assert (identity.email, identity.is_email_verified) == (None, False)

    def test_the_answer_is_asked_for_as_a_form_and_the_secret_is_signed(
        self, server: ProviderServer, ask: Ask
    ) -> None:
        assert "response_mode=form_post" in server.providers()["apple"].authorization_url(REQUEST)
        ask("apple")
        assert server.forms[0]["client_secret"].count(".") == 2


class TestGitHub:
    def test_the_primary_address_of_the_list(self, server: ProviderServer, ask: Ask) -> None:
        server.tongue.github_user, server.tongue.github_emails = GITHUB_USER, GITHUB_EMAILS
        found = Identity("583231", "octocat@example.org", True, "monalisa octocat", username="octocat")
        assert ask("github") == found

    def test_an_address_that_is_not_verified(self, server: ProviderServer, ask: Ask) -> None:
        server.tongue.github_user = GITHUB_USER
        server.tongue.github_emails = [{"email": "v@example.org", "verified": False, "primary": True}]
        identity = ask("github")
        assert (identity.email, identity.is_email_verified) == ("v@example.org", False)

    def test_what_the_profile_shows_is_not_taken_for_an_address(
        self, server: ProviderServer, ask: Ask
    ) -> None:
        server.tongue.github_user = GITHUB_USER
        assert ask("github").email is None

    def test_an_error_comes_with_status_200(self, server: ProviderServer) -> None:
        github = server.providers()["github"]
        with pytest.raises(IdentityRefused):
            github.identify(REQUEST, {"code": "used before"})


class TestFacebook:
    def test_without_an_address(self, server: ProviderServer, ask: Ask) -> None:
        server.tongue.facebook_user = FACEBOOK_USER
        assert ask("facebook") == Identity("10221234567890123", None, False, "A B", "A", "B")

    def test_an_address_is_never_taken_for_verified(self, server: ProviderServer, ask: Ask) -> None:
        server.tongue.facebook_user = {**FACEBOOK_USER, "email": "a@example.org"}
        identity = ask("facebook")
        assert (identity.email, identity.is_email_verified) == ("a@example.org", False)


def test_no_secret_is_in_what_is_printed(server: ProviderServer) -> None:
    assert all(CLIENT_SECRET not in repr(provider) for provider in server.providers().values())


def test_the_doctor_names_them_and_says_when_one_is_out_of_reach(server: ProviderServer) -> None:
    providers = server.providers()
    assert check_sign_in({}, thorough=True).status == "ok"
    found = check_sign_in(providers, thorough=True)
    assert (found.status, found.detail) == ("ok", "with a password, Google, Apple, Facebook, GitHub")
    server.tongue.is_down = True
    assert check_sign_in(server.providers(), thorough=False).status == "ok"
    found = check_sign_in(server.providers(), thorough=True)
    assert found.status == "warning" and "Google cannot be reached" in found.detail
