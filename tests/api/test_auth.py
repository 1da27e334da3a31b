"""Registering, signing in, refreshing and signing out by API."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import bcrypt
import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.conftest import PASSWORD, MakeUser, Person
from webapp.domain.accounts.models import User
from webapp.domain.settings.models import AppSetting
from webapp.extensions import db
from webapp.kernel.clock import utc_now


def set_policy(app: Flask, policy: str) -> None:
    with app.app_context():
        now = utc_now()
        row = AppSetting(key="registration_policy", value=policy, created_at=now, updated_at=now)
        db.session.merge(row)
        db.session.commit()


def login(client: FlaskClient, name: str, password: str = PASSWORD) -> dict[str, str]:
    answer = client.post("/api/v1/auth/login", json={"username": name, "password": password})
    assert answer.status_code == 200, answer.json
    return dict(answer.json)


class TestRegister:
    def test_as_the_gallery_app_does(self, client: FlaskClient) -> None:
        answer = client.post("/api/auth/register", json={"username": "testuser", "password": "password123"})
        assert answer.status_code == 200
        assert answer.json["success"] is True
        assert "Registration successful" in answer.json["message"]
        assert answer.json["user"]["status"] == "pending"
        assert answer.json["user"]["is_approved"] is False
        assert "password_hash" not in answer.json["user"]

    def test_open_policy_lets_people_in_at_once(self, app: Flask, client: FlaskClient) -> None:
        set_policy(app, "open")
        client.post("/api/v1/auth/register", json={"email": "a@example.org", "password": PASSWORD})
        assert login(client, "a@example.org")["token_type"] == "bearer"

    def test_closed_policy(self, app: Flask, client: FlaskClient) -> None:
        set_policy(app, "closed")
        answer = client.post("/api/v1/auth/register", json={"username": "anyone", "password": PASSWORD})
        assert (answer.status_code, answer.json["code"]) == (403, "registration_closed")

    def test_every_wrong_field_is_named_at_once(self, client: FlaskClient) -> None:
        answer = client.post(
            "/api/v1/auth/register",
            json={"username": "x", "email": "no", "password": "short", "full_name": 7, "role": "admin"},
        )
        assert answer.status_code == 422
        found = {(error["pointer"], error["code"]) for error in answer.json["errors"]}
        assert found == {
            ("/username", "too_short"),
            ("/email", "invalid_email"),
            ("/password", "too_short"),
            ("/full_name", "invalid_type"),
            ("/role", "unknown_field"),
        }

    @pytest.mark.parametrize("taken", ["FLOWER", "flower ", "\uff46lower"])
    def test_spellings_that_look_alike_collide(
        self, client: FlaskClient, make_user: MakeUser, taken: str
    ) -> None:
        make_user(name="flower")
        answer = client.post("/api/v1/auth/register", json={"username": taken, "password": PASSWORD})
        assert answer.status_code == 409
        assert answer.json["errors"][0]["pointer"] == "/username"

    @pytest.mark.parametrize(
        ("username", "code"),
        [("flower\uff20example.org", "invalid_characters"), ("\ufdfa" * 50, "too_long")],
        ids=["reads-as-an-address", "eighteen-letters-each"],
    )
    def test_a_username_is_judged_as_it_is_compared(
        self, client: FlaskClient, username: str, code: str
    ) -> None:
        answer = client.post("/api/v1/auth/register", json={"username": username, "password": PASSWORD})
        assert answer.status_code == 422
        assert [(e["pointer"], e["code"]) for e in answer.json["errors"]] == [("/username", code)]

    @pytest.mark.parametrize("password", ["password", "12345678", "PassWord", "iloveyou"])
    def test_the_commonest_passwords_are_refused(self, client: FlaskClient, password: str) -> None:
        answer = client.post("/api/v1/auth/register", json={"username": "someone", "password": password})
        assert answer.json["errors"][0]["code"] == "common_password"

    def test_50_two_at_once_make_one_account(self, app: Flask) -> None:
        def attempt(_: int) -> int:
            answer = app.test_client().post(
                "/api/v1/auth/register", json={"username": "twice", "password": PASSWORD}
            )
            return answer.status_code

        with ThreadPoolExecutor(4) as pool:
            statuses = sorted(pool.map(attempt, range(4)))
        assert statuses == [200, 409, 409, 409]


class TestLogin:
    def test_answers_tokens_and_the_person(self, client: FlaskClient, member: Person) -> None:
        answer = login(client, member.username.upper())
        assert answer["expires_in"] == 900
        assert answer["user"]["email"] == member.email
        me = client.get("/api/v1/auth/me", headers={"Authorization": f"Bearer {answer['access_token']}"})
        assert me.json["username"] == member.username
        assert me.headers["Cache-Control"] == "no-store"

    def test_01_unknown_name_and_wrong_password_answer_alike(
        self, app: Flask, client: FlaskClient, member: Person, make_user: MakeUser
    ) -> None:
        without_password, waiting = make_user(), make_user(status="pending")
        with app.app_context():
            db.session.get_one(User, without_password.id).password_hash = None
            db.session.commit()
        names = (member.username, without_password.username, waiting.username, "nobody-at-all", "n" * 700)
        answers = [
            client.post("/api/v1/auth/login", json={"username": name, "password": "not the password"})
            for name in names
        ]
        assert [answer.status_code for answer in answers] == [401] * len(names)
        assert len({answer.get_data() for answer in answers}) == 1
        assert answers[0].headers["WWW-Authenticate"] == "Bearer"

    @pytest.mark.parametrize(
        ("status", "code"),
        [
            ("pending", "awaiting_approval"),
            ("unverified", "email_unverified"),
            ("rejected", "rejected"),
            ("suspended", "suspended"),
        ],
    )
    def test_status_is_told_only_to_who_knows_the_password(
        self, client: FlaskClient, make_user: MakeUser, status: str, code: str
    ) -> None:
        person = make_user(status=status)
        right = client.post("/api/v1/auth/login", json={"username": person.username, "password": PASSWORD})
        wrong = client.post("/api/v1/auth/login", json={"username": person.username, "password": "wrong one"})
        assert (right.status_code, right.json["code"]) == (403, code)
        assert (wrong.status_code, wrong.json["code"]) == (401, "invalid_credentials")

    def test_a_bcrypt_hash_verifies_and_is_replaced(
        self, app: Flask, client: FlaskClient, member: Person
    ) -> None:
        long_password = "x" * 70 + "yz and more"
        with app.app_context():
            user = db.session.get_one(User, member.id)
            user.password_hash = bcrypt.hashpw(long_password.encode()[:72], bcrypt.gensalt(4)).decode()
            db.session.commit()
        login(client, member.username, long_password)
        with app.app_context():
            assert db.session.get_one(User, member.id).password_hash.startswith("$argon2id$")
        login(client, member.username, long_password)

    def test_an_old_token_does_not_stand_in_the_way(self, client: FlaskClient, member: Person) -> None:
        answer = client.post(
            "/api/v1/auth/login",
            json={"username": member.username, "password": PASSWORD},
            headers={"Authorization": "Bearer not.a.token"},
        )
        assert answer.status_code == 200


class TestRefresh:
    def refresh(self, client: FlaskClient, token: str) -> tuple[int, dict[str, str]]:
        answer = client.post("/api/v1/auth/refresh", json={"refresh_token": token})
        return answer.status_code, dict(answer.json)

    def test_rotates(self, client: FlaskClient, member: Person) -> None:
        first = login(client, member.username)["refresh_token"]
        status, answer = self.refresh(client, first)
        assert status == 200
        assert answer["refresh_token"] != first
        assert self.refresh(client, answer["refresh_token"])[0] == 200

    def test_04_the_token_just_replaced_answers_the_same_successor(
        self, client: FlaskClient, member: Person
    ) -> None:
        first = login(client, member.username)["refresh_token"]
        successors = {self.refresh(client, first)[1]["refresh_token"] for _ in range(3)}
        assert len(successors) == 1

    def test_04_an_older_token_ends_the_session(self, client: FlaskClient, member: Person) -> None:
        answer = login(client, member.username)
        first, access = answer["refresh_token"], answer["access_token"]
        second = self.refresh(client, first)[1]["refresh_token"]
        third = self.refresh(client, second)[1]["refresh_token"]
        assert self.refresh(client, first) == (401, self.refresh_problem("refresh_token_reused"))
        assert self.refresh(client, third)[0] == 401
        me = client.get("/api/v1/auth/me", headers={"Authorization": f"Bearer {access}"})
        assert me.status_code == 401

    def refresh_problem(self, code: str) -> dict[str, object]:
        return {
            "type": f"urn:rangoli:problem:{code}",
            "title": "Unauthorized",
            "status": 401,
            "detail": "This refresh token was used before. The session has ended; sign in again.",
            "code": code,
        }

    def test_after_the_grace_the_replaced_token_ends_the_session(
        self, app: Flask, client: FlaskClient, member: Person
    ) -> None:
        from webapp.domain.accounts.models import RefreshToken

        first = login(client, member.username)["refresh_token"]
        second = self.refresh(client, first)[1]["refresh_token"]
        with app.app_context():
            used = db.session.query(RefreshToken).filter(RefreshToken.used_at.is_not(None)).one()
            used.used_at = used.used_at - timedelta(seconds=11)
            db.session.commit()
        assert self.refresh(client, first)[0] == 401
        assert self.refresh(client, second)[0] == 401

    def test_04_twenty_at_once_leave_one_live_successor(
        self, app: Flask, client: FlaskClient, member: Person
    ) -> None:
        first = login(client, member.username)["refresh_token"]
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda _: self.refresh(app.test_client(), first), range(20)))
        assert {status for status, _ in answers} == {200}
        assert len({answer["refresh_token"] for _, answer in answers}) == 1

    def test_an_unknown_token(self, client: FlaskClient) -> None:
        status, answer = self.refresh(client, "x" * 43)
        assert (status, answer["code"]) == (401, "invalid_refresh_token")


class TestLogout:
    def test_05_ends_the_session_of_the_bearer(self, client: FlaskClient, member: Person) -> None:
        tokens = login(client, member.username)
        headers = {"Authorization": f"Bearer {tokens['access_token']}"}
        assert client.post("/api/v1/auth/logout", headers=headers).json["message"]
        assert client.get("/api/v1/auth/me", headers=headers).status_code == 401
        answer = client.post("/api/v1/auth/refresh", json={"refresh_token": tokens["refresh_token"]})
        assert answer.status_code == 401

    def test_by_refresh_token(self, client: FlaskClient, member: Person) -> None:
        tokens = login(client, member.username)
        client.post("/api/v1/auth/logout", json={"refresh_token": tokens["refresh_token"]})
        headers = {"Authorization": f"Bearer {tokens['access_token']}"}
        assert client.get("/api/v1/auth/me", headers=headers).status_code == 401


class TestMe:
    def test_changes_only_what_is_sent(self, client: FlaskClient, member: Person) -> None:
        answer = client.patch("/api/v1/auth/me", json={"full_name": "Some Body"}, headers=member.headers)
        assert (answer.json["full_name"], answer.json["email"]) == ("Some Body", member.email)

    def test_a_stale_etag_is_refused(self, client: FlaskClient, member: Person) -> None:
        etag = client.get("/api/v1/auth/me", headers=member.headers).headers["ETag"]
        client.put("/api/v1/auth/me", json={"full_name": "First"}, headers=member.headers)
        answer = client.put(
            "/api/v1/auth/me", json={"full_name": "Second"}, headers={**member.headers, "If-Match": etag}
        )
        assert answer.status_code == 412

    def test_neither_name_can_be_given_up_last(self, client: FlaskClient, member: Person) -> None:
        answer = client.put("/api/v1/auth/me", json={"username": "", "email": None}, headers=member.headers)
        assert answer.status_code == 422
