"""Signing in and out, the first admin, one's own profile."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.conftest import PASSWORD, MakeUser, Person, console_client, post
from tests.installations import SECRET_KEY
from tests.pictures import encoded, picture
from webapp.domain.accounts.first_admin import make_token
from webapp.domain.accounts.models import User

LOGIN = "/console/login"
Load = Callable[[UUID], User | None]


def text(answer: Any) -> str:
    return str(answer.get_data(as_text=True))


def sign_in(client: FlaskClient, identifier: str, password: str, query: str = "") -> Any:
    return post(client, LOGIN + query, {"identifier": identifier, "password": password})


@pytest.mark.parametrize("name", ["username", "email"])
def test_sign_in_leads_to_the_page_that_was_wanted(client: FlaskClient, admin: Person, name: str) -> None:
    wanted = client.get("/console/people?q=a+b")
    assert wanted.status_code == 303
    query = wanted.headers["Location"].removeprefix(LOGIN)
    answer = sign_in(client, getattr(admin, name), admin.password, query)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/console/people?q=a+b")
    assert client.get(answer.headers["Location"]).status_code == 200


@pytest.mark.parametrize(
    "target",
    ["https://evil.example", "//evil.example/console", "/\t/evil.example", "//[", "/console-of-another"],
)
def test_22_sign_in_never_leaves_the_site(client: FlaskClient, admin: Person, target: str) -> None:
    answer = client.get(LOGIN, query_string={"next": target})
    assert answer.status_code == 200
    answer = post(
        client,
        LOGIN,
        {"identifier": admin.username, "password": admin.password},
        query_string={"next": target},
    )
    assert answer.headers["Location"] == "/console"


def test_01_a_wrong_password_and_an_unknown_name_look_alike(client: FlaskClient, member: Person) -> None:
    answers = [sign_in(client, name, "wrong password") for name in (member.username, "nobody")]
    for answer, name in zip(answers, (member.username, "nobody"), strict=True):
        assert answer.status_code == 422
        assert "Incorrect username or password" in text(answer)
        assert f'value="{name}"' in text(answer)
        assert "wrong password" not in text(answer)


def test_09_a_sign_in_begins_a_session_of_its_own(client: FlaskClient, admin: Person) -> None:
    """What somebody has put into the browser before is worth nothing after it."""
    with client.session_transaction("/console") as kept:
        kept.update({"planted": "x", "_user_id": "a token that somebody knows"})
    sign_in(client, admin.username, admin.password)
    with client.session_transaction("/console") as kept:
        assert "planted" not in kept
        assert kept["_user_id"] not in ("a token that somebody knows", admin.cookie_token)
    assert client.get("/console").status_code == 200


def test_empty_fields_say_what_is_missing(client: FlaskClient) -> None:
    page = text(sign_in(client, "", ""))
    assert 'id="identifier-error"' in page
    assert 'id="password-error"' in page


def test_05_signing_out_ends_the_session_for_good(app: Flask, as_admin: FlaskClient, admin: Person) -> None:
    thief = console_client(app, admin)
    assert post(as_admin, "/console/logout").headers["Location"] == LOGIN
    assert "You are signed out." in text(as_admin.get(LOGIN))
    assert thief.get("/console").status_code == 303


# --- the first admin ------------------------------------------------------------------------


def test_the_first_admin_is_made_by_a_link_that_works_once(client: FlaskClient, app: Flask) -> None:
    url = f"/console/first-admin/{make_token(SECRET_KEY)}"
    assert "Make the first admin" in text(client.get(url))
    refused = post(client, url, {"email": "no address", "full_name": "Kept", "password": PASSWORD})
    assert refused.status_code == 422
    assert 'id="email-error"' in text(refused)
    assert 'value="Kept"' in text(refused)
    form = {"email": "owner@example.org", "full_name": "Owner", "password": PASSWORD}
    answer = post(client, url, form, follow_redirects=True)
    assert "Welcome. You are the first admin." in text(answer)
    assert client.get("/console/people").status_code == 200
    assert app.test_client().get(url).status_code == 404


def test_a_forged_link_makes_nobody_an_admin(client: FlaskClient) -> None:
    assert client.get(f"/console/first-admin/{make_token('another secret key')}").status_code == 404


# --- one's own profile ----------------------------------------------------------------------


def test_names_are_saved_and_shown_in_the_frame(
    as_member: FlaskClient, member: Person, load_user: Load
) -> None:
    form = {"full_name": " My <i>Name</i> ", "email": "mine@example.org", "username": member.username}
    answer = post(as_member, "/console/profile", form, follow_redirects=True)
    assert "Your profile is saved." in text(answer)
    assert "My &lt;i&gt;Name&lt;/i&gt;" in text(answer)
    saved = load_user(member.id)
    assert saved is not None
    assert (saved.full_name, saved.email) == ("My <i>Name</i>", "mine@example.org")


def test_a_name_that_is_taken_is_kept_in_its_field(
    as_member: FlaskClient, member: Person, editor: Person, load_user: Load
) -> None:
    form = {"full_name": "Typed", "email": member.email, "username": editor.username}
    answer = post(as_member, "/console/profile", form)
    page = text(answer)
    assert answer.status_code == 422
    assert 'id="username-error"' in page
    assert f'value="{editor.username}"' in page
    assert 'value="Typed"' in page
    assert load_user(member.id).full_name is None  # type: ignore[union-attr]


def test_one_needs_a_name_to_sign_in_with(as_member: FlaskClient) -> None:
    answer = post(as_member, "/console/profile", {"full_name": "Only", "email": "", "username": ""})
    assert "A username or an e-mail address is required." in text(answer)


def test_a_new_password_signs_out_everywhere(app: Flask, as_member: FlaskClient, member: Person) -> None:
    elsewhere = console_client(app, member)
    form = {"current_password": PASSWORD, "new_password": "a brand new password"}
    answer = post(as_member, "/console/profile/password", form)
    assert answer.headers["Location"] == LOGIN
    assert elsewhere.get("/console").status_code == 303
    assert sign_in(app.test_client(), member.username, PASSWORD).status_code == 422
    assert sign_in(app.test_client(), member.username, "a brand new password").status_code == 303


@pytest.mark.parametrize(
    ("current", "new", "field"),
    [
        ("wrong", "a brand new password", "current_password"),
        (PASSWORD, "short", "new_password"),
        (PASSWORD, "password", "new_password"),
    ],
)
def test_a_refused_password_changes_nothing(
    app: Flask, as_member: FlaskClient, member: Person, current: str, new: str, field: str
) -> None:
    form = {"current_password": current, "new_password": new}
    answer = post(as_member, "/console/profile/password", form)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in text(answer)
    assert as_member.get("/console").status_code == 200
    assert sign_in(app.test_client(), member.username, PASSWORD).status_code == 303


def test_a_fresh_installation_says_how_to_get_in(app: Flask, make_user: MakeUser) -> None:
    assert "There is no admin yet." in text(app.test_client().get(LOGIN))
    make_user("admin")
    assert "There is no admin yet." not in text(app.test_client().get(LOGIN))


# --- one's own data -------------------------------------------------------------------------


def test_one_takes_ones_data_away(as_member: FlaskClient) -> None:
    with post(as_member, "/console/profile/export") as answer:
        assert (answer.status_code, answer.mimetype) == (200, "application/zip")
        assert answer.data.startswith(b"PK")


def test_one_deletes_ones_own_account_with_the_words(
    app: Flask, as_member: FlaskClient, member: Person, load_user: Load
) -> None:
    page = as_member.get("/console/profile/delete")
    (tag,) = re.findall(r'name="tag" type="hidden" value="([^"]+)"', text(page))
    url, form = "/console/profile/delete", {"tag": tag, "confirmation": "delete"}
    assert post(as_member, url, form).status_code == 422
    assert load_user(member.id) is not None
    answer = post(as_member, url, {**form, "confirmation": "Delete my account"}, follow_redirects=True)
    assert "Your account is deleted." in text(answer)
    assert load_user(member.id) is None


def test_an_admin_stays(as_admin: FlaskClient, admin: Person, load_user: Load) -> None:
    page = as_admin.get("/console/profile/delete")
    (tag,) = re.findall(r'name="tag" type="hidden" value="([^"]+)"', text(page))
    answer = post(as_admin, "/console/profile/delete", {"tag": tag, "confirmation": "delete my account"})
    assert answer.status_code == 422
    assert load_user(admin.id) is not None


# --- one's own picture ----------------------------------------------------------------------


def send_picture(browser: FlaskClient, data: bytes) -> Any:
    form = {"file": (io.BytesIO(data), "me.png")}
    answer = post(browser, "/console/profile/picture", form, content_type="multipart/form-data")
    assert answer.status_code == 303
    return browser.get("/console/profile")


def test_a_picture_is_shown_everywhere_and_removed(
    as_member: FlaskClient, as_admin: FlaskClient, member: Person
) -> None:
    page = text(send_picture(as_member, encoded(picture())))
    (address,) = set(re.findall(r'src="(/media/avatars/[^"]+)"', page))
    assert as_member.get(address.replace("&amp;", "&")).status_code == 200
    assert address in text(as_admin.get("/console/people"))
    page = text(post(as_member, "/console/profile/picture/remove", follow_redirects=True))
    assert "Your picture is removed." in page
    assert "/media/avatars/" not in page


def test_what_is_no_picture_is_refused_in_words(as_member: FlaskClient) -> None:
    assert 'class="toast tone-error"' in text(send_picture(as_member, b"<svg onload=alert(1)>"))


@pytest.mark.parametrize(
    "url", ["https://evil.example/a.png", "https://evil.example/media/avatars/../x", "javascript:alert(1)"]
)
def test_an_address_of_elsewhere_is_not_loaded(
    app: Flask, make_user: MakeUser, as_admin: FlaskClient, url: str
) -> None:
    make_user(profile_image_url=url)
    page = text(as_admin.get("/console/people"))
    assert "evil.example" not in page
    assert "javascript:" not in page
