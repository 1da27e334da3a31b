"""Sessions over HTTP: where a person is signed in, ending that, and premium that runs out."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from tests.conftest import MakeUser, Person, console_client
from webapp.domain.accounts.devices import device_of
from webapp.domain.accounts.jobs import end_subscriptions
from webapp.domain.accounts.models import User, UserSession
from webapp.domain.accounts.sessions import expire_session_traces
from webapp.domain.audit.retention import ADDRESS_KEPT_FOR
from webapp.domain.jobs.registry import JobRun
from webapp.extensions import db
from webapp.kernel.clock import rfc3339, utc_now
from webapp.kernel.work import SYSTEM, Work

URL = "/api/v1/auth/sessions"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"


def sign_in(client: FlaskClient, person: Person, user_agent: str = FIREFOX) -> dict[str, str]:
    body = {"username": person.username, "password": person.password}
    answer = client.post("/api/v1/auth/login", json=body, headers={"User-Agent": user_agent})
    return {"Authorization": f"Bearer {answer.json['access_token']}"}


class TestList:
    def test_device_address_and_times(self, client: FlaskClient, member: Person) -> None:
        headers = sign_in(client, member)
        answer = client.get(URL, headers=headers).json
        found = answer["data"][0]
        assert (found["device"], found["ip_address"]) == ("Firefox on Linux", "127.0.0.1")
        assert found["is_current"] is True
        assert found["created_at"] <= found["last_seen_at"]
        assert answer["total"] == 3  # two more are made with the person
        assert [each["is_current"] for each in answer["data"]] == [True, False, False]

    def test_13_nobody_sees_those_of_others(
        self, client: FlaskClient, member: Person, make_user: MakeUser
    ) -> None:
        other = make_user()
        theirs = client.get(URL, headers=other.headers).json["data"][0]["id"]
        own = {each["id"] for each in client.get(URL, headers=member.headers).json["data"]}
        assert theirs not in own
        assert client.delete(f"{URL}/{theirs}", headers=member.headers).status_code == 404
        assert client.get("/api/v1/auth/me", headers=other.headers).status_code == 200


class TestEnd:
    def test_one(self, client: FlaskClient, member: Person) -> None:
        headers = sign_in(client, member)
        session_id = client.get(URL, headers=headers).json["data"][0]["id"]
        assert client.delete(f"{URL}/{session_id}", headers=member.headers).status_code == 200
        assert client.get("/api/v1/auth/me", headers=headers).status_code == 401
        assert client.get("/api/v1/auth/me", headers=member.headers).status_code == 200

    def test_all_others_the_console_too(self, app: Flask, client: FlaskClient, member: Person) -> None:
        headers = sign_in(client, member)
        assert client.delete(URL, headers=headers).status_code == 200
        assert client.get("/api/v1/auth/me", headers=headers).status_code == 200
        assert client.get("/api/v1/auth/me", headers=member.headers).status_code == 401
        assert console_client(app, member).get("/console").status_code == 303


class TestTraces:
    def seen(self, app: Flask, person: Person) -> list[UserSession]:
        with app.app_context():
            found = select(UserSession).where(UserSession.user_id == person.id)
            rows = list(db.session.scalars(found))
            db.session.remove()
        return rows

    def test_use_is_noted_now_and_then(self, app: Flask, client: FlaskClient, member: Person) -> None:
        long_ago = utc_now() - timedelta(days=1)
        with app.app_context():
            db.session.execute(update(UserSession).values(last_seen_at=long_ago))
            db.session.commit()
        client.get("/api/v1/auth/me", headers=member.headers)
        console_client(app, member).get("/console/profile")
        assert all(row.last_seen_at and row.last_seen_at > long_ago for row in self.seen(app, member))

    def test_62_addresses_expire(self, app: Flask, client: FlaskClient, member: Person) -> None:
        sign_in(client, member)
        with app.app_context():
            later = utc_now() + ADDRESS_KEPT_FOR
            assert expire_session_traces(Work(db.session(), SYSTEM, later - timedelta(hours=1))) == 0
            assert expire_session_traces(Work(db.session(), SYSTEM, later + timedelta(hours=1))) == 1
            db.session.commit()
        assert {(row.address, row.user_agent) for row in self.seen(app, member)} == {(None, None)}


class TestPremium:
    @pytest.mark.parametrize(("days", "is_premium"), [(1, True), (-1, False), (None, True)])
    def test_it_ends_by_itself(
        self, client: FlaskClient, admin: Person, member: Person, days: int | None, is_premium: bool
    ) -> None:
        end = None if days is None else rfc3339(utc_now() + timedelta(days=days))
        body = {"is_premium": True, "subscription_expires_at": end}
        answer = client.put(f"/api/v1/admin/users/{member.id}", json=body, headers=admin.headers)
        assert (answer.json["is_premium"], answer.json["subscription_expires_at"]) == (is_premium, end)

    def test_given_again_it_has_no_end(self, client: FlaskClient, admin: Person, member: Person) -> None:
        url = f"/api/v1/admin/users/{member.id}"
        over = {"is_premium": True, "subscription_expires_at": "2020-01-01T00:00:00Z"}
        client.put(url, json=over, headers=admin.headers)
        answer = client.put(url, json={"is_premium": True}, headers=admin.headers)
        assert (answer.json["is_premium"], answer.json["subscription_expires_at"]) == (True, None)

    def test_the_end_is_written_down(self, app: Flask, client: FlaskClient, make_user: MakeUser) -> None:
        over = make_user(is_premium=True, subscription_expires_at=utc_now() - timedelta(days=1))
        on = make_user(is_premium=True, subscription_expires_at=utc_now() + timedelta(days=1))
        with app.app_context():
            work = Work(db.session(), SYSTEM, utc_now())
            end_subscriptions(JobRun(work, {}, app.ports, 0))  # type: ignore[attr-defined]
            db.session.commit()
            found = {user.id: user.is_premium for user in db.session.scalars(select(User))}
            db.session.remove()
        assert (found[over.id], found[on.id]) == (False, True)


@pytest.mark.parametrize(
    ("user_agent", "device"),
    [
        (FIREFOX, "Firefox on Linux"),
        (
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/126.0 Safari/537.36 Edg/126.0",
            "Edge on Windows",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Mobile Safari/604.1",
            "Safari on iPhone",
        ),
        ("curl/8.5.0", "curl"),
        ("python-requests/2.32 (x)", "python-requests"),
        (None, "Unknown device"),
        ("", "Unknown device"),
    ],
)
def test_devices(user_agent: str | None, device: str) -> None:
    assert device_of(user_agent) == device
