"""Signing in with accounts elsewhere by API: who gets in, who waits, and what is refused on the way."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit
from uuid import UUID

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from tests.api.test_auth import set_policy
from tests.api.test_second_factor_login import codes as app_codes  # noqa: F401  a fixture
from tests.conftest import MakeUser, Person
from tests.identity_provider import ProviderServer
from tests.mails import body, do_jobs, read_mails, token_in
from webapp.app import Rangoli
from webapp.domain.accounts.models import User
from webapp.domain.accounts.oauth import (
    STATE_LIFETIME,
    answer_callback,
    challenge_of,
    forget_codes,
    may_return_to,
)
from webapp.domain.accounts.oauth_models import LinkedAccount, OAuthCode
from webapp.domain.audit.models import AuditEvent
from webapp.extensions import db
from webapp.kernel.clock import utc_now
from webapp.kernel.work import SYSTEM, Work

API = "/api/v1"
FRONTEND = "http://localhost:5173/signed-in?tab=1"
VERIFIER = "verifier-of-the-frontend-which-is-43-letters-long"
VERIFIED = {"email": "asha@example.org", "email_verified": True, "name": "Asha Rao"}


@dataclass(frozen=True)
class Frontend:
    """A frontend or an app that signs people in, and the browser it does that in."""

    client: FlaskClient
    server: ProviderServer

    def begin(self, provider: str = "google", **query: str) -> Any:
        asked = {"redirect_uri": FRONTEND, "code_challenge": challenge_of(VERIFIER), "state": "own", **query}
        return self.client.get(f"{API}/auth/oauth/{provider}?{urlencode(asked)}")

    def consent(self, provider: str = "google", **query: str) -> dict[str, str]:
        """What the browser brings back from the provider."""
        begun = self.begin(provider, **query)
        assert begun.status_code == 303, begun.json
        return self.server.consent(begun.headers["Location"])

    def call_back(self, answer: dict[str, str], provider: str = "google") -> Any:
        url = f"{API}/auth/oauth/{provider}/callback"
        if provider == "apple":
            return self.client.post(url, data=answer)
        return self.client.get(f"{url}?{urlencode(answer)}")

    def code(self, provider: str = "google") -> str:
        """The one-time code, after consent."""
        return returned(self.call_back(self.consent(provider), provider))["code"]

    def exchange(self, code: str, verifier: str = VERIFIER) -> Any:
        return self.client.post(f"{API}/auth/oauth/token", json={"code": code, "code_verifier": verifier})

    def sign_in(self, provider: str = "google") -> Any:
        return self.exchange(self.code(provider))


def returned(answer: Any) -> dict[str, str]:
    """What a callback gives to the page that it leads to."""
    assert answer.status_code == 303, answer.json
    where = urlsplit(answer.headers["Location"])
    assert f"{where.scheme}://{where.netloc}{where.path}" == "http://localhost:5173/signed-in"
    found = dict(parse_qsl(where.query))
    assert (found.pop("tab"), found.pop("state")) == ("1", "own")
    return found


@pytest.fixture
def frontend(client: FlaskClient, elsewhere: ProviderServer) -> Frontend:
    return Frontend(client, elsewhere)


def prove_address(app: Flask, user_id: UUID) -> None:
    with app.app_context():
        db.session.get_one(User, user_id).email_verified_at = utc_now()
        db.session.commit()


def counted(app: Flask, model: type[Any]) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(model)) or 0


class TestSigningIn:
    def test_somebody_new_waits_for_approval_and_gets_in_after_it(
        self, app: Flask, frontend: Frontend, client: FlaskClient, admin: Person
    ) -> None:
        frontend.server.tongue.claims = VERIFIED
        first = frontend.sign_in()
        assert (first.status_code, first.json["code"]) == (403, "awaiting_approval")
        (waiting,) = client.get(f"{API}/admin/users/pending", headers=admin.headers).json["data"]
        assert (waiting["email"], waiting["full_name"]) == ("asha@example.org", "Asha Rao")
        client.post(f"{API}/admin/users/{waiting['id']}/approve", headers=admin.headers)
        tokens = frontend.sign_in().json
        me = client.get(f"{API}/users/me", headers={"Authorization": f"Bearer {tokens['access_token']}"})
        assert (me.json["id"], tokens["user"]["email"]) == (waiting["id"], "asha@example.org")
        assert set(tokens) == {"access_token", "refresh_token", "token_type", "expires_in", "user"}

    @pytest.mark.one_database
    def test_no_token_stands_in_any_address(self, app: Flask, frontend: Frontend) -> None:
        set_policy(app, "open")
        answer = frontend.consent()
        location = frontend.call_back(answer).headers["Location"]
        assert set(dict(parse_qsl(urlsplit(location).query))) == {"tab", "state", "code"}
        tokens = frontend.exchange(dict(parse_qsl(urlsplit(location).query))["code"])
        assert tokens.status_code == 200
        assert tokens.headers["Cache-Control"] == "no-store"

    @pytest.mark.one_database
    def test_closed_registration(self, app: Flask, frontend: Frontend) -> None:
        set_policy(app, "closed")
        answer = frontend.sign_in()
        assert (answer.status_code, answer.json["code"]) == (403, "registration_closed")
        assert counted(app, User) == 0

    @pytest.mark.one_database
    def test_apple_answers_with_a_form_and_its_name_is_kept(self, app: Flask, frontend: Frontend) -> None:
        set_policy(app, "open")
        frontend.server.tongue.claims = {"email": "x1@privaterelay.appleid.com", "email_verified": "true"}
        told = '{"name":{"firstName":"Asha","lastName":"Rao"}}'
        first = frontend.call_back({**frontend.consent("apple"), "user": told}, "apple")
        user = frontend.exchange(returned(first)["code"]).json["user"]
        assert (user["email"], user["full_name"]) == ("x1@privaterelay.appleid.com", "Asha Rao")
        assert frontend.sign_in("apple").json["user"]["full_name"] == "Asha Rao"

    @pytest.mark.one_database
    def test_without_an_address_a_name_is_made(self, app: Flask, frontend: Frontend) -> None:
        set_policy(app, "open")
        frontend.server.tongue.facebook_user = {"id": "1", "name": "अ"}
        frontend.server.tongue.github_user = {"id": 2, "login": "octocat", "name": None}
        assert frontend.sign_in("facebook").json["user"]["username"] == "facebook-a"
        assert frontend.sign_in("github").json["user"]["username"] == "octocat"
        frontend.server.tongue.github_user = {"id": 3, "login": "Octocat"}
        assert frontend.sign_in("github").json["user"]["username"] == "octocat-2"

    @pytest.mark.one_database
    def test_what_a_provider_says_is_text_that_may_be_wrong(self, app: Flask, frontend: Frontend) -> None:
        set_policy(app, "open")
        frontend.server.tongue.claims = {
            "email": "no address",
            "email_verified": True,
            "name": "a\u202e\n" * 300,
        }
        user = frontend.sign_in().json["user"]
        assert (user["email"], user["full_name"], user["username"]) == (None, "a" * 255, "-".join("a" * 21))

    @pytest.mark.one_database
    @pytest.mark.parametrize("status", ["pending", "rejected", "suspended", "unverified"])
    def test_who_may_not_sign_in_may_not_here_either(
        self, app: Flask, frontend: Frontend, make_user: MakeUser, status: str
    ) -> None:
        person = make_user(status=status, email="asha@example.org")
        prove_address(app, person.id)
        frontend.server.tongue.claims = VERIFIED
        answer = frontend.sign_in()
        assert answer.status_code == 403
        assert answer.json["code"] in ("awaiting_approval", "rejected", "suspended", "email_unverified")

    @pytest.mark.one_database
    def test_providers_are_listed_and_others_are_not_there(
        self, frontend: Frontend, client: FlaskClient
    ) -> None:
        listed = client.get(f"{API}/auth/oauth").json
        assert [found["name"] for found in listed] == ["google", "apple", "facebook", "github"]
        assert listed[0]["url"] == f"{API}/auth/oauth/google"
        answer = frontend.begin("myspace")
        assert (answer.status_code, answer.json["code"]) == (404, "unknown_provider")
        bare = client.get(f"{API}/auth/oauth/google")
        assert (bare.status_code, bare.headers["Location"]) == (303, "/console/oauth/google")


class TestAddresses:
    """Case 8: an address that nobody has proved neither takes over an account nor links to one."""

    @pytest.mark.one_database
    def test_08_an_unverified_one_does_not_link(
        self, app: Flask, frontend: Frontend, make_user: MakeUser
    ) -> None:
        person = make_user(email="asha@example.org")
        prove_address(app, person.id)
        frontend.server.tongue.claims = {**VERIFIED, "email_verified": False}
        answer = frontend.sign_in()
        assert (answer.status_code, answer.json["code"]) == (409, "account_exists")
        assert counted(app, LinkedAccount) == 0

    @pytest.mark.one_database
    def test_08_nor_does_facebooks(self, app: Flask, frontend: Frontend, make_user: MakeUser) -> None:
        prove_address(app, make_user(email="asha@example.org").id)
        frontend.server.tongue.facebook_user = {"id": "7", "email": "ASHA@example.org"}
        assert frontend.sign_in("facebook").json["code"] == "account_exists"

    @pytest.mark.one_database
    def test_08_an_account_whose_address_was_never_proved_is_not_joined(
        self, app: Flask, frontend: Frontend, make_user: MakeUser
    ) -> None:
        """Somebody may have registered with a stranger's address and wait for the stranger to come."""
        make_user(email="asha@example.org")
        frontend.server.tongue.claims = VERIFIED
        assert frontend.sign_in().json["code"] == "account_exists"

    def test_08_proved_on_both_sides_they_are_one_person(
        self, app: Flask, frontend: Frontend, make_user: MakeUser
    ) -> None:
        person = make_user(email="Asha@Example.org")
        prove_address(app, person.id)
        frontend.server.tongue.claims = VERIFIED
        assert frontend.sign_in().json["user"]["id"] == str(person.id)
        assert counted(app, LinkedAccount) == 1

    @pytest.mark.one_database
    def test_08_another_address_has_to_be_proved_again(
        self, app: Flask, frontend: Frontend, client: FlaskClient, make_user: MakeUser
    ) -> None:
        person = make_user()
        prove_address(app, person.id)
        client.patch(f"{API}/users/me", json={"email": "asha@example.org"}, headers=person.headers)
        frontend.server.tongue.claims = VERIFIED
        assert frontend.sign_in().json["code"] == "account_exists"


class TestOnTheWay:
    """Case 8: state, PKCE and the one-time code."""

    def test_08_a_code_works_once_and_of_twenty_at_once_for_one(self, app: Flask, frontend: Frontend) -> None:
        set_policy(app, "open")
        code = frontend.code()

        def exchange(_: int) -> int:
            return Frontend(app.test_client(), frontend.server).exchange(code).status_code

        with ThreadPoolExecutor(8) as pool:
            statuses = sorted(pool.map(exchange, range(20)))
        assert statuses == [200] + [400] * 19
        assert counted(app, User) == 1

    def test_sign_ins_of_one_new_person_at_once_make_one_account(
        self, app: Flask, frontend: Frontend
    ) -> None:
        set_policy(app, "open")
        frontend.server.tongue.claims = VERIFIED
        codes = [frontend.code() for _ in range(8)]

        def exchange(code: str) -> int:
            return Frontend(app.test_client(), frontend.server).exchange(code).status_code

        with ThreadPoolExecutor(8) as pool:
            assert set(pool.map(exchange, codes)) == {200}
        assert (counted(app, User), counted(app, LinkedAccount)) == (1, 1)

    @pytest.mark.one_database
    def test_08_a_code_is_worth_nothing_with_another_verifier_nor_after_that(
        self, app: Flask, frontend: Frontend
    ) -> None:
        set_policy(app, "open")
        code = frontend.code()
        for verifier in ("x" * 43, VERIFIER):
            answer = frontend.exchange(code, verifier)
            assert (answer.status_code, answer.json["code"]) == (400, "invalid_code")
        assert counted(app, User) == 0

    @pytest.mark.one_database
    def test_a_code_expires_and_is_forgotten(self, app: Flask, frontend: Frontend) -> None:
        set_policy(app, "open")
        code = frontend.code()
        with app.app_context():
            left = db.session.scalars(select(OAuthCode.expires_at)).one() - utc_now()
            assert timedelta(minutes=1) < left <= timedelta(minutes=2)
            db.session.execute(update(OAuthCode).values(expires_at=utc_now()))
            db.session.commit()
        assert frontend.exchange(code).json["code"] == "invalid_code"
        with app.app_context():
            later = utc_now() + 2 * STATE_LIFETIME
            forget_codes(Work(db.session(), SYSTEM, later))
            assert db.session.scalar(select(OAuthCode.id)) is None
            db.session.rollback()

    @pytest.mark.one_database
    def test_what_is_kept_of_a_code_is_its_hash_and_the_identity_goes_with_it(
        self, app: Flask, frontend: Frontend
    ) -> None:
        set_policy(app, "open")
        frontend.server.tongue.claims = VERIFIED
        code = frontend.code()
        assert code not in everything_kept(app)
        assert "asha@example.org" in everything_kept(app)
        frontend.exchange(code)
        assert "asha@example.org" not in everything_kept(app)

    def test_08_a_replayed_state(self, app: Flask, frontend: Frontend) -> None:
        answer = frontend.consent()
        assert "code" in returned(frontend.call_back(answer))
        again = {**answer, "code": frontend.consent()["code"]}
        assert returned(frontend.call_back(again)) == {"error": "invalid_state"}

    @pytest.mark.one_database
    @pytest.mark.parametrize("state", ["", "made-up", "eyJhIjoxfQ.c2lnbmF0dXJl"])
    def test_08_a_state_that_is_not_ours(self, app: Flask, frontend: Frontend, state: str) -> None:
        answer = frontend.call_back({"code": "anything", "state": state})
        assert (answer.status_code, answer.json["code"]) == (400, "invalid_state")
        assert counted(app, OAuthCode) == 0

    @pytest.mark.one_database
    def test_08_a_state_of_another_provider_or_too_old(
        self, app: Rangoli, frontend: Frontend, work: Callable[..., Work]
    ) -> None:
        answer = frontend.consent()
        assert frontend.call_back(answer, "github").status_code == 400
        late = replace(work(), now=utc_now() + STATE_LIFETIME + timedelta(seconds=2))
        where = answer_callback(late, lambda: late, app.ports, "google", answer, "code")
        assert "error=invalid_state" in where and "code=" not in where

    @pytest.mark.one_database
    def test_08_an_answer_to_somebody_elses_question(self, frontend: Frontend) -> None:
        """The provider's code was asked for with another state, so with another verifier and nonce."""
        answer = {**frontend.consent(), "code": frontend.consent()["code"]}
        assert returned(frontend.call_back(answer)) == {"error": "provider_refused"}

    @pytest.mark.one_database
    def test_what_a_provider_may_answer_instead(self, frontend: Frontend) -> None:
        frontend.server.tongue.denies = "access_denied"
        assert returned(frontend.call_back(frontend.consent())) == {"error": "access_denied"}
        frontend.server.tongue.denies = "server_error"
        assert returned(frontend.call_back(frontend.consent())) == {"error": "provider_refused"}
        frontend.server.tongue.denies = None
        frontend.server.tongue.claims = {"nonce": "another"}
        assert returned(frontend.call_back(frontend.consent())) == {"error": "provider_refused"}

    @pytest.mark.one_database
    def test_a_provider_that_is_down(self, app: Rangoli, frontend: Frontend) -> None:
        answer = frontend.consent()
        frontend.server.tongue.is_down = True
        assert returned(frontend.call_back(answer)) == {"error": "provider_unavailable"}
        app.ports = replace(app.ports, identity_providers=frontend.server.providers())
        begun = frontend.begin()
        assert (begun.status_code, begun.json["code"]) == (503, "provider_unavailable")

    def test_the_database_is_free_while_a_provider_is_asked(self, app: Rangoli, frontend: Frontend) -> None:
        """Another request writes meanwhile, or this one would wait for itself."""
        set_policy(app, "open")
        google = app.ports.identity_providers["google"]

        class Watched:
            label = google.label
            authorization_url = staticmethod(google.authorization_url)

            def identify(self, *args: Any) -> Any:
                body = {"username": "meanwhile", "password": "correct horse battery"}
                answer = app.test_client().post(f"{API}/auth/register", json=body)
                assert answer.status_code == 200
                return google.identify(*args)

        app.ports = replace(app.ports, identity_providers={"google": Watched()})
        assert frontend.sign_in().status_code == 200

    @pytest.mark.one_database
    def test_where_a_browser_may_be_sent(self, app: Rangoli) -> None:
        site = replace(
            app.ports.site,
            origin="https://rangoli.example.org",
            frontend_origins=("https://app.example.org",),
            app_redirects=("org.example.app:/signed-in", "http://127.0.0.1/done"),
        )
        for good in (
            *("https://rangoli.example.org/console", "https://app.example.org/a?b=c"),
            *("org.example.app:/signed-in", "http://127.0.0.1:51004/done"),
        ):
            assert may_return_to(site, good), good
        for bad in (
            *("https://evil.example/", "https://app.example.org.evil.example/", "//app.example.org/"),
            *(
                "https://app.example.org@evil.example/",
                "https://app.example.org:444/",
                "http://app.example.org/",
            ),
            *("https://app.example.org\\@evil.example/", "https://app.example.org/\t", "javascript:alert(1)"),
            *("org.example.app:/other", "http://127.0.0.1:51004/other", "https://app.example.org/#x"),
            *("https://app.example.org:x/", "/console", ""),
        ):
            assert not may_return_to(site, bad), bad

    @pytest.mark.one_database
    def test_every_wrong_parameter_is_named(self, frontend: Frontend, client: FlaskClient) -> None:
        answer = frontend.begin(redirect_uri="https://evil.example/")
        assert answer.json["errors"][0]["pointer"] == "/query/redirect_uri"
        bare = client.get(f"{API}/auth/oauth/google?redirect_uri=http://localhost/")
        assert bare.json["errors"][0]["pointer"] == "/query/code_challenge"
        assert frontend.begin(code_challenge="short", code_challenge_method="plain").status_code == 422


@pytest.mark.one_database
def test_a_second_factor_is_asked_for_here_too(
    app: Flask,
    frontend: Frontend,
    member: Person,
    app_codes: tuple[pyotp.TOTP, list[str]],  # noqa: F811
) -> None:
    prove_address(app, member.id)
    frontend.server.tongue.claims = {"email": member.email, "email_verified": True}
    code = frontend.code()
    without = frontend.exchange(code)
    assert (without.status_code, without.json["code"]) == (403, "second_factor_required")
    body = {"code": code, "code_verifier": VERIFIER, "totp": app_codes[0].now()}
    answer = frontend.client.post(f"{API}/auth/oauth/token", json=body)
    assert (answer.status_code, answer.json["user"]["id"]) == (200, str(member.id))
    again = frontend.client.post(
        f"{API}/auth/oauth/token", json={**body, "code": frontend.code(), "totp": "000000"}
    )
    assert (again.status_code, again.json["code"]) == (401, "invalid_second_factor")


def everything_kept(app: Flask) -> str:
    """The rows of answers, as text."""
    with app.app_context():
        rows = db.session.execute(select(OAuthCode.__table__)).all()
        return repr(rows)


class TestLinking:
    def test_link_sign_in_and_unlink(
        self, app: Flask, frontend: Frontend, client: FlaskClient, make_user: MakeUser
    ) -> None:
        person = make_user()
        frontend.server.tongue.claims = VERIFIED
        made = self.link(frontend, person)
        assert (made.status_code, made.json["provider"], made.json["email"]) == (
            201,
            "google",
            "asha@example.org",
        )
        assert frontend.sign_in().json["user"]["id"] == str(person.id)
        (listed,) = client.get(f"{API}/users/me/linked-accounts", headers=person.headers).json["data"]
        assert listed["last_used_at"] is not None
        url = f"{API}/users/me/linked-accounts/{listed['id']}"
        assert client.delete(url, headers=person.headers).status_code == 204
        assert frontend.sign_in().status_code == 403
        with app.app_context():
            actions = list(
                db.session.scalars(
                    select(AuditEvent.action).where(AuditEvent.subject_type == "linked_account")
                )
            )
        assert actions[:3] == [f"linked_account.{verb}" for verb in ("link", "use", "unlink")]

    def test_the_last_way_in_stays(self, app: Flask, frontend: Frontend, client: FlaskClient) -> None:
        set_policy(app, "open")
        frontend.server.tongue.github_user = {"id": 2, "login": "octocat"}
        headers = {"Authorization": f"Bearer {frontend.sign_in('github').json['access_token']}"}
        made = self.link(frontend, headers=headers).json
        url = f"{API}/users/me/linked-accounts"
        assert client.delete(f"{url}/{made['id']}", headers=headers).status_code == 204
        (last,) = client.get(url, headers=headers).json["data"]
        answer = client.delete(f"{url}/{last['id']}", headers=headers)
        assert (last["provider"], answer.status_code, answer.json["code"]) == ("github", 409, "last_way_in")

    @pytest.mark.one_database
    def test_an_account_belongs_to_one_person_and_a_person_has_one_of_each(
        self, frontend: Frontend, make_user: MakeUser
    ) -> None:
        first, second = make_user(), make_user()
        assert self.link(frontend, first).status_code == 201
        assert self.link(frontend, second).json["code"] == "linked_to_another"
        frontend.server.tongue.claims = {"sub": "another"}
        assert self.link(frontend, first).json["code"] == "already_linked"

    @pytest.mark.one_database
    def test_13_nobody_unlinks_for_others(
        self, frontend: Frontend, client: FlaskClient, make_user: MakeUser
    ) -> None:
        """Case 13."""
        owner, other = make_user(), make_user("admin")
        made = self.link(frontend, owner).json
        url = f"{API}/users/me/linked-accounts/{made['id']}"
        assert client.delete(url, headers=other.headers).status_code == 404
        assert client.get(f"{API}/users/me/linked-accounts", headers=other.headers).json["data"] == []

    @pytest.mark.one_database
    def test_61_links_go_with_their_person(
        self, app: Flask, frontend: Frontend, client: FlaskClient, make_user: MakeUser
    ) -> None:
        """Case 61."""
        person = make_user()
        self.link(frontend, person)
        assert client.delete(f"{API}/users/me", headers=person.headers).status_code == 200
        assert counted(app, LinkedAccount) == 0

    @pytest.mark.one_database
    def test_08_a_first_proof_of_the_address_ends_links_of_before(
        self, app: Flask, frontend: Frontend, data_dir: Path
    ) -> None:
        """Whoever registered with a stranger's address and an account of their own does not stay in."""
        set_policy(app, "open")
        frontend.server.tongue.facebook_user = {"id": "7", "email": "victim@example.org"}
        assert frontend.sign_in("facebook").status_code == 200
        frontend.client.post(f"{API}/auth/forgot-password", json={"email": "victim@example.org"})
        do_jobs(app)
        (mail,) = (found for found in read_mails(data_dir) if "/reset-password" in body(found))
        chosen = {"token": token_in(mail), "new_password": "correct horse battery"}
        assert frontend.client.post(f"{API}/auth/reset-password", json=chosen).status_code == 200
        assert counted(app, LinkedAccount) == 0
        assert frontend.sign_in("facebook").json["code"] == "account_exists"

    @staticmethod
    def link(frontend: Frontend, person: Person | None = None, headers: dict[str, str] | None = None) -> Any:
        body = {"code": frontend.code(), "code_verifier": VERIFIER}
        sent = headers or (person.headers if person else {})
        return frontend.client.post(f"{API}/users/me/linked-accounts", json=body, headers=sent)
