"""Sessions and API tokens on the pages of one's own account."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.conftest import MakeUser, Person, console_client, post

SESSIONS, TOKENS = "/console/profile/sessions", "/console/profile/tokens"


def test_the_list_marks_the_present_one_and_ends_others(
    app: Flask, client: FlaskClient, as_member: FlaskClient, member: Person
) -> None:
    page = as_member.get(SESSIONS).text
    assert page.count("This one") == 1
    (action,) = re.findall(r'action="(/console/profile/sessions/[^"/]+/end)"', page)
    assert post(as_member, action).status_code == 303
    assert client.get("/api/v1/auth/me", headers=member.headers).status_code == 401
    assert as_member.get(SESSIONS).status_code == 200


def test_sign_out_everywhere_else(client: FlaskClient, as_member: FlaskClient, member: Person) -> None:
    assert post(as_member, f"{SESSIONS}/end-others").status_code == 303
    assert client.get("/api/v1/auth/me", headers=member.headers).status_code == 401
    assert as_member.get(SESSIONS).status_code == 200


def test_somebody_elses_session_is_not_there(app: Flask, as_member: FlaskClient, make_user: MakeUser) -> None:
    other = console_client(app, make_user())
    (action,) = re.findall(r'action="(/console/profile/sessions/[^"/]+/end)"', other.get(SESSIONS).text)
    assert post(as_member, action).status_code == 404


def test_a_token_is_made_shown_once_and_revoked(client: FlaskClient, as_member: FlaskClient) -> None:
    form = {"name": "Script", "scopes": ["account:read"], "expires_in_days": "30"}
    answer = post(as_member, TOKENS, form)
    (secret,) = re.findall(r'value="(rgl_[\w-]{40,})"', answer.text)
    assert "no-store" in answer.headers["Cache-Control"]
    headers = {"Authorization": f"Bearer {secret}"}
    assert client.get("/api/v1/auth/me", headers=headers).status_code == 200
    page = as_member.get(TOKENS).text
    assert secret not in page
    (action,) = re.findall(r'action="(/console/profile/tokens/[^"]+/revoke)"', page)
    post(as_member, action)
    assert client.get("/api/v1/auth/me", headers=headers).status_code == 401


@pytest.mark.parametrize(
    "wrong", [{"name": ""}, {"scopes": ["all"]}, {"scopes": []}, {"expires_in_days": "9"}]
)
def test_wrong_fields(as_member: FlaskClient, wrong: dict[str, object]) -> None:
    form = {"name": "Script", "scopes": ["account:read"], "expires_in_days": "30", **wrong}
    answer = post(as_member, TOKENS, form)
    assert answer.status_code == 422
    assert "rgl_" not in answer.text


def test_an_answer_that_has_nothing_to_say_sets_no_cookie(as_member: FlaskClient) -> None:
    """A preview or an autosave that ends late would take away the message that was left for the next page."""
    as_member.get(SESSIONS)
    assert "Set-Cookie" not in as_member.get(SESSIONS).headers
    assert post(as_member, f"{SESSIONS}/end-others").headers["Set-Cookie"], "it leaves a message"
    assert as_member.get(SESSIONS).headers["Set-Cookie"], "which is shown once"
