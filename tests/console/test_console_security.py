"""Second factors on the console's pages: set-up, the second step, recovery codes, and help from an admin."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from tests.conftest import Person, console_client, post
from webapp.domain.accounts.factor_models import AuthenticatorApp
from webapp.domain.accounts.models import UserSession
from webapp.domain.settings.models import AppSetting
from webapp.extensions import db
from webapp.kernel.clock import utc_now

SECURITY, LOGIN, STEP = "/console/profile/security", "/console/login", "/console/login/second-step"
SET_UP = "/console/set-up/app"
Change = Callable[[Any], None]


@pytest.fixture
def change(app: Flask) -> Change:
    """Do something to the database from outside."""

    def run(*statements: Any) -> None:
        with app.app_context():
            for statement in statements:
                db.session.execute(statement)
            db.session.commit()
            db.session.remove()

    return run


def demand(app: Flask, value: str) -> None:
    with app.app_context():
        db.session.add(
            AppSetting(key="require_second_factor", value=value, created_at=utc_now(), updated_at=utc_now())
        )
        db.session.commit()
        db.session.remove()


def set_up(browser: FlaskClient) -> tuple[pyotp.TOTP, list[str]]:
    """An app by the pages, as a person does it; the codes that were shown."""
    assert post(browser, f"{SET_UP}/new").headers["Location"].startswith(SET_UP)
    page = browser.get(SET_UP).text
    (key,) = re.findall(r'app-key">([A-Z2-7 ]+)<', page)
    picture = browser.get(f"{SET_UP}.svg")
    assert (picture.mimetype, "no-store" in picture.headers["Cache-Control"]) == ("image/svg+xml", True)
    totp = pyotp.TOTP(key.replace(" ", ""))
    shown = post(browser, SET_UP, {"code": totp.now()})
    assert shown.status_code == 200
    return totp, re.findall(r"<li>([A-Z2-7]{4}(?:-[A-Z2-7]{4}){3})</li>", shown.text)


def sign_in(browser: FlaskClient, person: Person, query: str = "") -> Any:
    return post(browser, LOGIN + query, {"identifier": person.username, "password": person.password})


def forget_last_code(change: Change) -> None:
    """As if the code of the set-up was of half an hour ago."""
    change(update(AuthenticatorApp).values(last_step=None))


def test_set_up_and_the_second_step(
    app: Flask, as_member: FlaskClient, member: Person, change: Change
) -> None:
    totp, codes = set_up(as_member)
    assert len(codes) == 10
    assert codes[0] not in as_member.get(SECURITY).text
    forget_last_code(change)
    browser = app.test_client()
    location = sign_in(browser, member, "?next=/console/profile").headers["Location"]
    assert location.startswith(STEP)
    for closed in ("/console", "/console/profile", SECURITY, SET_UP, f"{SET_UP}.svg"):
        assert browser.get(closed).status_code == 303, closed
    assert post(browser, f"{SET_UP}/new").headers["Location"].startswith(LOGIN)
    assert "does not work" in post(browser, location, {"code": "000000"}).text
    assert post(browser, location, {"code": totp.now()}).headers["Location"] == "/console/profile"
    assert browser.get("/console/profile").status_code == 200


def test_the_cookie_of_the_second_step_opens_nothing_twice(
    app: Flask, as_member: FlaskClient, member: Person, change: Change
) -> None:
    totp, codes = set_up(as_member)
    browser, thief = app.test_client(), app.test_client()
    sign_in(browser, member)
    with browser.session_transaction("/console") as mine, thief.session_transaction("/console") as other:
        other.update(mine)
    assert post(browser, STEP, {"code": codes[0]}).status_code == 303
    assert post(thief, STEP, {"code": codes[1]}).headers["Location"].startswith(LOGIN)
    forget_last_code(change)
    late = app.test_client()
    sign_in(late, member)
    change(update(UserSession).values(revoked_at=utc_now()))
    from webapp.domain.accounts.models import User

    change(update(User).values(credentials_version=User.credentials_version + 1))
    assert post(late, STEP, {"code": totp.now()}).headers["Location"].startswith(LOGIN)


def test_where_one_is_demanded_the_first_sign_in_leads_to_the_set_up_and_nowhere_else(
    app: Flask, member: Person
) -> None:
    demand(app, "everyone")
    browser = app.test_client()
    location = sign_in(browser, member).headers["Location"]
    page = browser.get(location, follow_redirects=True)
    assert "Protect your account" in page.text
    assert browser.get("/console").status_code == 303
    _, codes = set_up(browser)
    assert len(codes) == 10
    assert browser.get("/console").status_code == 200
    refused = post(browser, f"{SECURITY}/app/remove", follow_redirects=True)
    assert "has to have a second factor" in refused.text


def test_a_sign_in_of_long_ago_asks_for_the_password_first(
    as_member: FlaskClient, member: Person, change: Change
) -> None:
    set_up(as_member)
    change(update(UserSession).values(created_at=utc_now() - timedelta(hours=1)))
    confirm = f"/console/profile/confirm?next={SECURITY}"
    for url in (f"{SET_UP}/new", f"{SECURITY}/app/remove", f"{SECURITY}/codes"):
        assert post(as_member, url).headers["Location"].startswith("/console/profile/confirm"), url
    assert as_member.get("/console/set-up/passkey").status_code == 303
    assert post(as_member, confirm, {"password": "wrong password"}).status_code == 422
    assert post(as_member, f"{SECURITY}/codes").status_code == 303
    assert post(as_member, confirm, {"password": member.password}).headers["Location"] == SECURITY
    assert post(as_member, f"{SECURITY}/codes").text.count("<li>") >= 10
    assert "taken off" in post(as_member, f"{SECURITY}/app/remove", follow_redirects=True).text


def test_an_admin_takes_it_off_on_the_persons_page(
    app: Flask, as_admin: FlaskClient, as_member: FlaskClient, member: Person
) -> None:
    set_up(as_member)
    url = f"/console/people/{member.id}/second-factor"
    assert url in as_admin.get(f"/console/people/{member.id}").text
    assert post(as_admin, url).status_code == 303
    assert console_client(app, member).get("/console").status_code == 303
    assert sign_in(app.test_client(), member).headers["Location"] == "/console"


def test_the_command_line_lets_the_last_admin_in_again(
    app: Flask, as_admin: FlaskClient, admin: Person
) -> None:
    set_up(as_admin)
    assert sign_in(app.test_client(), admin).headers["Location"].startswith(STEP)
    run = app.test_cli_runner().invoke(args=["remove-second-factor", admin.email])
    assert (run.exit_code, "with the password alone" in run.output) == (0, True)
    assert sign_in(app.test_client(), admin).headers["Location"] == "/console"
    for name in (admin.email, "nobody"):
        assert app.test_cli_runner().invoke(args=["remove-second-factor", name]).exit_code == 1
