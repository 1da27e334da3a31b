"""The page of people who have signed in and are not let in (yet)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.conftest import PASSWORD, MakeUser, Person, post
from tests.console.test_console_oauth import GoAndReturn, go_and_return  # noqa: F401  a fixture
from tests.identity_provider import ProviderServer
from tests.mails import do_jobs, read_mails
from webapp.domain.accounts.models import Status, User
from webapp.extensions import db
from webapp.kernel.clock import utc_now

PAGE = "/console/standing"


def sign_in(client: FlaskClient, person: Person) -> Any:
    data = {"identifier": person.username, "password": PASSWORD}
    return post(client, "/console/login?next=/console/people", data, follow_redirects=True)


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("unverified", "Verify your e-mail address"),
        ("pending", "Your registration is being looked at"),
        ("rejected", "Not one of us."),
        ("suspended", "Your account is suspended"),
    ],
)
def test_it_says_how_things_stand(client: FlaskClient, make_user: MakeUser, status: str, words: str) -> None:
    person = make_user("admin", status=status, rejection_reason="Not one of us.")
    page = sign_in(client, person)
    assert (page.status_code, page.request.path) == (200, PAGE)
    assert words in page.text
    assert ("Send the mail again" in page.text) is (status == "unverified")
    assert page.headers["Cache-Control"] == "no-store"


def test_18_a_pending_person_sees_their_status_and_can_sign_out_no_more(
    app: Flask, client: FlaskClient, make_user: MakeUser
) -> None:
    """Case 18."""
    sign_in(client, make_user("admin", status="pending"))
    for path in (
        "/console",
        "/console/people",
        "/console/profile",
        "/console/profile/security",
        "/console/search",
    ):
        assert client.get(path).headers["Location"].startswith("/console/login"), path
    assert client.get("/api/v1/users/me").status_code == 401
    assert post(client, "/console/logout").status_code == 303
    assert client.get(PAGE).headers["Location"] == "/console/login"


def test_the_mail_is_sent_again(app: Flask, client: FlaskClient, make_user: MakeUser, data_dir: Path) -> None:
    sign_in(client, make_user(status="unverified", email="newcomer@example.org"))
    assert post(client, f"{PAGE}/resend").headers["Location"] == PAGE
    do_jobs(app)
    assert [mail["To"] for mail in read_mails(data_dir)] == ["newcomer@example.org"]


def test_nobody_else_has_anything_sent(
    app: Flask, client: FlaskClient, make_user: MakeUser, data_dir: Path
) -> None:
    post(client, f"{PAGE}/resend")
    sign_in(client, make_user(status="pending"))
    post(client, f"{PAGE}/resend")
    assert do_jobs(app) == 0


def test_it_ends_with_the_status_with_time_and_with_a_new_password(
    app: Flask, client: FlaskClient, make_user: MakeUser, load_user: Callable[[UUID], User]
) -> None:
    person = make_user(status="pending")
    sign_in(client, person)
    with client.session_transaction("/console") as kept:
        before = dict(kept["standing"])
        kept["standing"] = {**before, "at": int((utc_now() - timedelta(hours=2)).timestamp())}
    assert client.get(PAGE).headers["Location"] == "/console/login"
    with client.session_transaction("/console") as kept:
        kept["standing"] = {**before, "version": before["version"] - 1}
    assert client.get(PAGE).headers["Location"] == "/console/login"
    with client.session_transaction("/console") as kept:
        kept["standing"] = before
    assert client.get(PAGE).status_code == 200
    with app.app_context():
        db.session.get_one(User, person.id).status = Status.APPROVED
        db.session.commit()
    assert "You are let in" in client.get(PAGE, follow_redirects=True).text
    assert client.get("/console").status_code == 303, "it signs nobody in"


def test_who_registers_with_an_account_elsewhere_lands_there(
    client: FlaskClient,
    elsewhere: ProviderServer,
    go_and_return: GoAndReturn,  # noqa: F811
) -> None:
    elsewhere.tongue.claims = {"email": "asha@example.org", "email_verified": True, "name": "Asha Rao"}
    answer = go_and_return(client, "/console/oauth/google")
    assert answer.headers["Location"] == PAGE
    page = client.get(PAGE).text
    assert "Your registration is being looked at" in page and "Asha Rao" in page
