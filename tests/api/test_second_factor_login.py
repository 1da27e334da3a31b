"""Signing in by API with a second factor."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.conftest import Person
from webapp.domain.accounts import factor_setup
from webapp.domain.accounts.models import User
from webapp.domain.settings.models import AppSetting
from webapp.extensions import db
from webapp.kernel.clock import utc_now
from webapp.kernel.work import SYSTEM, Work

LOGIN, FORM = "/api/v1/auth/login", "/api/v1/login/access-token"


@pytest.fixture
def codes(app: Flask, member: Person) -> tuple[pyotp.TOTP, list[str]]:
    """The app of ``member``, set up a while ago, and the recovery codes."""
    with app.app_context():
        unit = Work(db.session(), SYSTEM, utc_now() - timedelta(minutes=5))
        user, secret = unit.session.get_one(User, member.id), app.ports.site.secret  # type: ignore[attr-defined]
        factor_setup.prepare_app(unit, user)
        totp = pyotp.TOTP(factor_setup.new_app_secret(unit, user, secret=secret))
        recovery = factor_setup.confirm_app(unit, user, totp.at(unit.now), secret=secret)
        db.session.commit()
        db.session.remove()
    return totp, list(recovery)


def answer(client: FlaskClient, person: Person, **more: Any) -> tuple[int, str | None]:
    found = client.post(LOGIN, json={"username": person.username, "password": person.password, **more})
    return found.status_code, (found.json or {}).get("code")


def test_a_code_is_asked_for_after_the_right_password_only(
    client: FlaskClient, member: Person, codes: tuple[pyotp.TOTP, list[str]]
) -> None:
    assert answer(client, member) == (403, "second_factor_required")
    assert answer(client, member, totp="") == (403, "second_factor_required")
    assert answer(client, member, password="wrong password") == (401, "invalid_credentials")
    assert answer(client, member, password="wrong password", totp=codes[0].now())[0] == 401


def test_a_code_of_the_app_or_a_recovery_code_lets_in_once(
    client: FlaskClient, member: Person, codes: tuple[pyotp.TOTP, list[str]]
) -> None:
    for code in (codes[0].now(), codes[1][0]):
        assert answer(client, member, totp=code) == (200, None)
        assert answer(client, member, totp=code) == (401, "invalid_second_factor")


def test_the_form_has_no_room_and_lets_nobody_in(
    client: FlaskClient, member: Person, codes: tuple[pyotp.TOTP, list[str]]
) -> None:
    found = client.post(FORM, data={"username": member.email, "password": member.password})
    assert (found.status_code, found.json["code"]) == (400, "second_factor_required")
    assert "access_token" not in found.json


@pytest.mark.one_database
def test_where_one_is_demanded_the_password_alone_gives_no_token(
    app: Flask, client: FlaskClient, member: Person
) -> None:
    with app.app_context():
        now = utc_now()
        db.session.add(
            AppSetting(key="require_second_factor", value="everyone", created_at=now, updated_at=now)
        )
        db.session.commit()
        db.session.remove()
    assert answer(client, member, totp="000000") == (403, "second_factor_missing")


@pytest.mark.one_database
def test_an_admin_takes_it_off(
    client: FlaskClient, admin: Person, editor: Person, member: Person, codes: tuple[pyotp.TOTP, list[str]]
) -> None:
    url = f"/api/v1/admin/users/{member.id}/second-factor"
    assert client.delete(url, headers=editor.headers).status_code == 403
    assert client.delete(url, headers=admin.headers).status_code == 200
    assert client.get("/api/v1/auth/me", headers=member.headers).status_code == 401
    assert answer(client, member) == (200, None)
