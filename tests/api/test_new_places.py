"""Mails about a sign-in from somewhere new, and about a changed address."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from tests.conftest import MakeUser, Person
from tests.mails import body, do_jobs, read_mails, token_in
from webapp.domain.accounts.known_places import FORGOTTEN_AFTER, forget_places
from webapp.domain.accounts.models import KnownPlace, User
from webapp.domain.settings.models import AppSetting
from webapp.extensions import db
from webapp.kernel.clock import utc_now
from webapp.kernel.work import Work

API = "/api/v1"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:131.0) Gecko/20100101 Firefox/131.0"
CHROME = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/130.0 Safari/537.36"


def mails_to(app: Flask, folder: Path, address: str) -> list[str]:
    do_jobs(app)
    return [str(mail["Subject"]) for mail in read_mails(folder) if mail["To"] == address]


@pytest.mark.one_database
class TestNewSignIn:
    @staticmethod
    def sign_in(client: FlaskClient, person: Person, agent: str, address: str) -> None:
        answer = client.post(
            f"{API}/auth/login",
            json={"username": person.username, "password": person.password},
            headers={"User-Agent": agent},
            environ_overrides={"REMOTE_ADDR": address},
        )
        assert answer.status_code == 200

    def test_a_new_device_or_a_new_place_is_told_once(
        self, app: Flask, client: FlaskClient, make_user: MakeUser, data_dir: Path
    ) -> None:
        person = make_user(language="hi")
        self.sign_in(client, person, FIREFOX, "192.0.2.7")
        self.sign_in(client, person, FIREFOX, "192.0.2.200")  # the same network
        assert mails_to(app, data_dir, person.email) == []
        self.sign_in(client, person, CHROME, "192.0.2.7")
        assert len(mails_to(app, data_dir, person.email)) == 1
        (mail,) = read_mails(data_dir)
        assert "Chrome on Windows" in body(mail) and "/console/profile/sessions" in body(mail)
        assert "साइन इन" in mail["Subject"] and "192.0.2" not in body(mail)
        self.sign_in(client, person, CHROME, "192.0.2.7")
        self.sign_in(client, person, CHROME, "2001:db8::1")
        self.sign_in(client, person, CHROME, "2001:db8:0:ffff::1")
        assert len(mails_to(app, data_dir, person.email)) == 2

    def test_62_what_is_kept_tells_no_address_and_goes(
        self, app: Flask, client: FlaskClient, make_user: MakeUser, work: Callable[..., Work]
    ) -> None:
        """Case 62."""
        self.sign_in(client, make_user(), FIREFOX, "192.0.2.7")
        unit = work()
        rows = unit.session.execute(select(KnownPlace.__table__)).all()
        assert len(rows) == 1 and "192.0.2" not in repr(rows) and "Firefox" not in repr(rows)
        forget_places(replace(unit, now=utc_now() + FORGOTTEN_AFTER + timedelta(days=1)))
        assert unit.session.scalar(select(func.count()).select_from(KnownPlace)) == 0


def require_verification(app: Flask) -> None:
    with app.app_context():
        now = utc_now()
        db.session.merge(AppSetting(key="require_verification", value=True, created_at=now, updated_at=now))
        db.session.commit()


class TestNewAddress:
    def change(self, client: FlaskClient, person: Person, email: str) -> str | None:
        answer = client.patch(f"{API}/users/me", json={"email": email}, headers=person.headers)
        assert answer.status_code == 200, answer.json
        assert answer.json["pending_email"] == (None if answer.json["email"] == email else email)
        return answer.json["email"]

    def pending(self, client: FlaskClient, person: Person) -> str | None:
        return client.get(f"{API}/auth/me", headers=person.headers).json["pending_email"]

    def test_it_takes_effect_with_its_link_and_the_old_one_is_told(
        self,
        app: Flask,
        client: FlaskClient,
        make_user: MakeUser,
        data_dir: Path,
        load_user: Callable[[UUID], User],
    ) -> None:
        require_verification(app)
        person = make_user(email="old@example.org", name="somebody")
        assert self.change(client, person, "new@example.org") == "old@example.org"
        assert mails_to(app, data_dir, "old@example.org") == []
        (mail,) = read_mails(data_dir)
        assert mail["To"] == "new@example.org"
        assert self.pending(client, person) == "new@example.org"
        answer = client.post(f"{API}/auth/verify-email", json={"token": token_in(mail)})
        assert answer.status_code == 200
        assert self.pending(client, person) is None
        user = load_user(person.id)
        assert user.email == "new@example.org" and user.email_verified_at is not None
        assert mails_to(app, data_dir, "old@example.org") == ["Your e-mail address at Rangoli was changed"]
        again = client.post(f"{API}/auth/verify-email", json={"token": token_in(mail)})
        assert (again.status_code, again.json["code"]) == (400, "invalid_link")

    @pytest.mark.one_database
    def test_the_link_is_worth_nothing_once_the_address_is_taken_or_the_password_new(
        self, app: Flask, client: FlaskClient, make_user: MakeUser, data_dir: Path
    ) -> None:
        require_verification(app)
        first, second = make_user(), make_user()
        for person in (first, second):
            self.change(client, person, "new@example.org")
        do_jobs(app)
        tokens = [token_in(mail) for mail in read_mails(data_dir)]
        statuses = [client.post(f"{API}/auth/verify-email", json={"token": t}).status_code for t in tokens]
        assert statuses == [200, 409]
        body = {"current_password": second.password, "new_password": "another one of mine"}
        self.change(client, second, "third@example.org")
        client.patch(f"{API}/users/me/password", json=body, headers=second.headers)
        do_jobs(app)
        token = next(token_in(mail) for mail in read_mails(data_dir) if mail["To"] == "third@example.org")
        assert client.post(f"{API}/auth/verify-email", json={"token": token}).status_code == 400

    @pytest.mark.one_database
    def test_at_once_where_nothing_is_verified_and_by_an_admin(
        self, app: Flask, client: FlaskClient, make_user: MakeUser, admin: Person, data_dir: Path
    ) -> None:
        person = make_user(email="old@example.org")
        assert self.change(client, person, "new@example.org") == "new@example.org"
        require_verification(app)
        url = f"{API}/admin/users/{person.id}"
        answer = client.put(url, json={"email": "newest@example.org"}, headers=admin.headers)
        assert answer.json["email"] == "newest@example.org"
        assert len(mails_to(app, data_dir, "old@example.org")) == 1
        assert len(mails_to(app, data_dir, "new@example.org")) == 1

    @pytest.mark.one_database
    def test_a_taken_address_is_refused_and_nobody_is_flooded(
        self, app: Flask, client: FlaskClient, make_user: MakeUser, admin: Person
    ) -> None:
        require_verification(app)
        person, url = make_user(), f"{API}/users/me"
        taken = client.patch(url, json={"email": admin.email.upper()}, headers=person.headers)
        assert (taken.status_code, taken.json["code"]) == (409, "taken")
        for number in range(5):
            self.change(client, person, f"n{number}@example.org")
        answer = client.patch(url, json={"email": "n6@example.org"}, headers=person.headers)
        assert (answer.status_code, answer.headers["Retry-After"]) == (429, "3600")
