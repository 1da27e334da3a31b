"""Signing in to the console with an account elsewhere, and linking one on the security page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.conftest import MakeUser, Person, console_client, post
from tests.identity_provider import ProviderServer
from webapp.app import Rangoli
from webapp.domain.accounts.models import User
from webapp.domain.accounts.oauth_models import LinkedAccount
from webapp.domain.settings.models import AppSetting
from webapp.extensions import db
from webapp.kernel.clock import utc_now

GoAndReturn = Callable[..., Any]


def text(answer: Any) -> str:
    return str(answer.get_data(as_text=True))


def local(address: str) -> str:
    """The path and query of an address of ours."""
    where = urlsplit(address)
    assert where.netloc in ("", "127.0.0.1:8000"), address
    return f"{where.path}?{where.query}"


@pytest.fixture
def go_and_return(elsewhere: ProviderServer) -> GoAndReturn:
    """Follow a link to a provider, say yes there, and come back; the last answer."""

    def going(client: FlaskClient, path: str) -> Any:
        begun = client.get(path)
        assert begun.status_code == 303, text(begun)
        answer = elsewhere.consent(begun.headers["Location"])
        if (
            "response_mode=form_post" in begun.headers["Location"]
        ):  # the cookie does not come with a foreign form
            apple = client.application.test_client().post("/api/v1/auth/oauth/apple/callback", data=answer)
            return client.get(local(apple.headers["Location"]))
        google = client.get("/api/v1/auth/oauth/google/callback", query_string=answer)
        return client.get(local(google.headers["Location"]))

    return going


def link(app: Flask, person: Person, provider: str = "google") -> None:
    with app.app_context():
        account = LinkedAccount(
            user_id=person.id, provider=provider, subject="110169484474386276334", created_at=utc_now()
        )
        db.session.add(account)
        db.session.commit()


def test_the_sign_in_page_offers_what_is_set(
    app: Rangoli, client: FlaskClient, elsewhere: ProviderServer
) -> None:
    page = text(client.get("/console/login?next=/console/themes"))
    assert "Continue with Google" in page
    assert "/console/oauth/apple?next=/console/themes" in page
    app.ports = replace(app.ports, identity_providers={})
    assert "Continue with" not in text(client.get("/console/login"))


@pytest.mark.parametrize("provider", ["google", "apple"])
def test_sign_in_leads_to_the_page_that_was_wanted(
    app: Flask, client: FlaskClient, editor: Person, go_and_return: GoAndReturn, provider: str
) -> None:
    link(app, editor, provider)
    answer = go_and_return(client, f"/console/oauth/{provider}?next=/console/themes")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/console/themes")
    assert client.get("/console/themes").status_code == 200


def test_22_next_never_leaves_the_console(
    app: Flask, client: FlaskClient, editor: Person, go_and_return: GoAndReturn
) -> None:
    """Case 22."""
    link(app, editor)
    answer = go_and_return(client, "/console/oauth/google?next=/%09/evil.example")
    assert answer.headers["Location"] == "/console"


def test_08_an_answer_in_another_browser_signs_nobody_in(
    app: Flask, client: FlaskClient, editor: Person, elsewhere: ProviderServer
) -> None:
    """Case 8: nobody can be made to sign in as somebody else."""
    link(app, editor)
    begun = client.get("/console/oauth/google")
    answer = elsewhere.consent(begun.headers["Location"])
    back = client.get("/api/v1/auth/oauth/google/callback", query_string=answer).headers["Location"]
    victim = app.test_client()
    assert victim.get(local(back)).headers["Location"] == "/console/login"
    victim.get("/console/oauth/google")  # one that has begun by itself has another verifier
    assert victim.get(local(back)).headers["Location"] == "/console/login"
    assert victim.get("/console").status_code == 303


def test_the_words_when_it_did_not_work(
    client: FlaskClient, elsewhere: ProviderServer, go_and_return: GoAndReturn
) -> None:
    elsewhere.tongue.denies = "access_denied"
    assert go_and_return(client, "/console/oauth/google").headers["Location"] == "/console/login"
    assert "You did not agree there" in text(client.get("/console/login"))


def test_a_provider_that_is_down(app: Rangoli, client: FlaskClient, elsewhere: ProviderServer) -> None:
    elsewhere.tongue.is_down = True
    assert client.get("/console/oauth/google").headers["Location"] == "/console/login"
    assert "Google cannot be reached right now" in text(client.get("/console/login"))


def test_a_second_step_follows_where_one_is_needed(
    app: Flask, client: FlaskClient, editor: Person, go_and_return: GoAndReturn
) -> None:
    link(app, editor)
    with app.app_context():
        now = utc_now()
        row = AppSetting(key="require_second_factor", value="everyone", created_at=now, updated_at=now)
        db.session.merge(row)
        db.session.commit()
    answer = go_and_return(client, "/console/oauth/google?next=/console/themes")
    assert answer.headers["Location"] == "/console/login/second-step?next=/console/themes"
    assert client.get("/console/themes").headers["Location"].startswith("/console/login")


class TestLinking:
    def test_43_the_page_says_whose_account_it_is_before_it_is_linked(
        self, app: Flask, make_user: MakeUser, elsewhere: ProviderServer, go_and_return: GoAndReturn
    ) -> None:
        """Case 43: a page elsewhere could lead here with its own account signed in at the provider."""
        browser = console_client(app, make_user())
        elsewhere.tongue.claims = {"email": "asha@example.org", "email_verified": True}
        page = go_and_return(browser, "/console/profile/linked-accounts/google")
        assert "asha@example.org" in text(page)
        assert linked(app) == []
        (code,) = [v for k, v in parse_qsl(urlsplit(page.request.url).query) if k == "code"]
        assert browser.post("/console/profile/linked-accounts", data={"code": code}).status_code == 400
        answer = post(browser, "/console/profile/linked-accounts", {"code": code})
        assert (answer.status_code, linked(app)) == (303, ["google"])
        page = text(browser.get("/console/profile/security"))
        assert "Unlink Google" in page and "Link Apple" in page

    def test_unlink(
        self, app: Flask, make_user: MakeUser, elsewhere: ProviderServer, load_user: Callable[[UUID], User]
    ) -> None:
        person = make_user()
        link(app, person)
        with app.app_context():
            account_id = db.session.scalars(select(LinkedAccount.id)).one()
        url, browser = f"/console/profile/linked-accounts/{account_id}/unlink", console_client(app, person)
        set_password_hash(app, person, None)
        assert post(browser, url).status_code == 303
        assert "This is your only way to sign in" in text(browser.get("/console/profile/security"))
        set_password_hash(app, person, "of a password")
        post(browser, url)
        assert linked(app) == []


def linked(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(select(LinkedAccount.provider)))


def set_password_hash(app: Flask, person: Person, password_hash: str | None) -> None:
    with app.app_context():
        db.session.get_one(User, person.id).password_hash = password_hash
        db.session.commit()
