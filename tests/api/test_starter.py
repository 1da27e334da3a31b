"""STARTER's people: its statuses, its sentences, its lists."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.conftest import PASSWORD, MakeUser, Person

NEW_PASSWORD = "another horse battery"


def access_token(client: FlaskClient, name: str, password: str = PASSWORD) -> Any:
    form = {"username": name, "password": password, "grant_type": "password", "scope": ""}
    return client.post("/api/v1/login/access-token", data=form)


class TestLogin:
    def test_access_token(self, client: FlaskClient, member: Person) -> None:
        answer = access_token(client, member.email)
        assert (answer.status_code, answer.json["token_type"]) == (200, "bearer")
        headers = {"Authorization": f"Bearer {answer.json['access_token']}"}
        assert client.post("/api/v1/login/test-token", headers=headers).json["email"] == member.email

    def test_wrong_password(self, client: FlaskClient, member: Person) -> None:
        for name in (member.email, "nobody@example.org"):
            answer = access_token(client, name, "incorrect")
            assert (answer.status_code, answer.json["detail"]) == (400, "Incorrect email or password")

    @pytest.mark.parametrize(
        ("status", "code"), [("pending", "awaiting_approval"), ("suspended", "suspended")]
    )
    def test_inactive(self, client: FlaskClient, make_user: MakeUser, status: str, code: str) -> None:
        answer = access_token(client, make_user(status=status).email)
        assert (answer.status_code, answer.json["detail"], answer.json["code"]) == (
            400,
            "Inactive user",
            code,
        )

    def test_a_form_it_is(self, client: FlaskClient, member: Person) -> None:
        body = {"username": member.email, "password": PASSWORD}
        assert client.post("/api/v1/login/access-token", json=body).status_code == 415
        unknown = client.post("/api/v1/login/access-token", data={**body, "is_admin": "1"})
        assert unknown.json["errors"][0] == {
            "pointer": "/is_admin",
            "detail": "This field is not known.",
            "code": "unknown_field",
        }


class TestMe:
    def test_read(self, client: FlaskClient, admin: Person) -> None:
        me = client.get("/api/v1/users/me", headers=admin.headers).json
        assert me["is_active"] is True and me["is_superuser"] is True and me["email"] == admin.email

    def test_update(self, client: FlaskClient, member: Person, editor: Person) -> None:
        changed = client.patch(
            "/api/v1/users/me",
            json={"full_name": "Updated", "email": "up@example.org"},
            headers=member.headers,
        )
        assert (changed.json["full_name"], changed.json["email"]) == ("Updated", "up@example.org")
        taken = client.patch("/api/v1/users/me", json={"email": editor.email}, headers=member.headers)
        assert (taken.status_code, taken.json["detail"]) == (409, "User with this email already exists")

    def test_profile_is_the_same(self, client: FlaskClient, member: Person) -> None:
        client.put("/api/v1/users/profile", json={"first_name": "A"}, headers=member.headers)
        assert client.get("/api/v1/users/profile", headers=member.headers).json["first_name"] == "A"

    def test_password(self, client: FlaskClient, member: Person) -> None:
        def change(current: str, new: str) -> Any:
            body = {"current_password": current, "new_password": new}
            return client.patch("/api/v1/users/me/password", json=body, headers=member.headers)

        wrong = change("incorrect one", NEW_PASSWORD)
        assert (wrong.status_code, wrong.json["detail"]) == (400, "Incorrect password")
        same = change(PASSWORD, PASSWORD)
        assert (same.status_code, same.json["detail"]) == (
            400,
            "New password cannot be the same as the current one",
        )
        weak = change(PASSWORD, "12345678")
        assert weak.json["errors"][0]["pointer"] == "/new_password"
        assert change(PASSWORD, NEW_PASSWORD).json["message"] == "Password updated successfully"
        assert client.get("/api/v1/users/me", headers=member.headers).status_code == 401
        assert access_token(client, member.email, NEW_PASSWORD).status_code == 200

    def test_delete(self, client: FlaskClient, member: Person, admin: Person) -> None:
        refused = client.delete("/api/v1/users/me", headers=admin.headers)
        assert (refused.status_code, refused.json["detail"]) == (
            403,
            "Super users are not allowed to delete themselves",
        )
        gone = client.delete("/api/v1/users/me", headers=member.headers)
        assert (gone.status_code, gone.json["message"]) == (200, "User deleted successfully")
        assert access_token(client, member.email).status_code == 400


class TestOdds:
    @pytest.mark.one_database
    def test_the_server_is_well(self, client: FlaskClient) -> None:
        answer = client.get("/api/v1/utils/health-check/")
        assert (answer.status_code, answer.json) == (200, True)

    @pytest.mark.one_database
    def test_a_token_that_does_not_hold(self, client: FlaskClient) -> None:
        answer = client.get("/api/v1/users/me", headers={"Authorization": "Bearer nothing"})
        assert (answer.status_code, answer.json["detail"]) == (401, "Could not validate credentials")


class TestSignup:
    def test_waits_for_approval(self, client: FlaskClient) -> None:
        body = {"email": "new@example.org", "password": PASSWORD, "full_name": "New"}
        answer = client.post("/api/v1/users/signup", json=body)
        assert (answer.status_code, answer.json["full_name"], answer.json["status"]) == (
            200,
            "New",
            "pending",
        )

    def test_taken(self, client: FlaskClient, member: Person) -> None:
        answer = client.post(
            "/api/v1/users/signup", json={"email": member.email.upper(), "password": PASSWORD}
        )
        assert answer.status_code == 400
        assert answer.json["detail"] == "The user with this email already exists in the system"

    def test_everything_that_is_wrong(self, client: FlaskClient) -> None:
        answer = client.post("/api/v1/users/signup", json={"password": "short"})
        pointers = {error["pointer"] for error in answer.json["errors"]}
        assert answer.status_code == 422 and {"/email", "/password"} <= pointers


class TestAdmins:
    def test_list_has_data_and_count(self, client: FlaskClient, admin: Person, member: Person) -> None:
        answer = client.get("/api/v1/users/?skip=0&limit=1", headers=admin.headers).json
        assert (len(answer["data"]), answer["count"]) == (1, 2)

    def test_create(self, client: FlaskClient, admin: Person) -> None:
        body = {"email": "made@example.org", "password": PASSWORD, "is_superuser": True}
        made = client.post("/api/v1/users/", json=body, headers=admin.headers)
        assert (made.status_code, made.json["is_superuser"]) == (200, True)
        again = client.post("/api/v1/users/", json=body, headers=admin.headers)
        assert (again.status_code, again.json["detail"]) == (
            400,
            "The user with this email already exists in the system.",
        )
        idle = {"email": "idle@example.org", "password": PASSWORD, "is_active": False}
        assert client.post("/api/v1/users", json=idle, headers=admin.headers).json["is_active"] is False
        assert access_token(client, "idle@example.org").json["detail"] == "Inactive user"

    def test_read(self, client: FlaskClient, admin: Person, member: Person, editor: Person) -> None:
        own = client.get(f"/api/v1/users/{member.id}", headers=member.headers)
        other = client.get(f"/api/v1/users/{editor.id}", headers=member.headers)
        assert own.json["email"] == member.email
        assert (other.status_code, other.json["detail"]) == (403, "The user doesn't have enough privileges")
        nobody = uuid.uuid4()
        assert client.get(f"/api/v1/users/{nobody}", headers=member.headers).status_code == 403
        missing = client.get(f"/api/v1/users/{nobody}", headers=admin.headers)
        assert (missing.status_code, missing.json["detail"]) == (404, "User not found")

    def test_update(self, client: FlaskClient, admin: Person, member: Person) -> None:
        url = f"/api/v1/users/{member.id}"
        changed = client.patch(
            url, json={"full_name": "Updated", "password": NEW_PASSWORD}, headers=admin.headers
        )
        assert changed.json["full_name"] == "Updated"
        assert client.get("/api/v1/users/me", headers=member.headers).status_code == 401
        assert access_token(client, member.email, NEW_PASSWORD).status_code == 200
        taken = client.patch(url, json={"email": admin.email}, headers=admin.headers)
        assert (taken.status_code, taken.json["detail"]) == (409, "User with this email already exists")
        missing = client.patch(f"/api/v1/users/{uuid.uuid4()}", json={}, headers=admin.headers)
        assert (missing.status_code, missing.json["detail"]) == (
            404,
            "The user with this id does not exist in the system",
        )

    def test_delete(self, client: FlaskClient, admin: Person, member: Person) -> None:
        answer = client.delete(f"/api/v1/users/{member.id}", headers=admin.headers)
        assert (answer.status_code, answer.json["message"]) == (200, "User deleted successfully")
        own = client.delete(f"/api/v1/users/{admin.id}", headers=admin.headers)
        assert (own.status_code, own.json["detail"]) == (
            403,
            "Super users are not allowed to delete themselves",
        )


class TestPrivate:
    body = {"email": "quick@example.org", "password": PASSWORD, "full_name": "Quick", "is_verified": False}

    def test_in_development_without_a_token(self, client: FlaskClient) -> None:
        assert client.post("/api/v1/private/users/", json=self.body).json["status"] == "approved"
        assert access_token(client, "quick@example.org").status_code == 200

    def test_not_in_production(self, app: Flask, client: FlaskClient) -> None:
        app.config["ENVIRONMENT"] = "production"
        assert client.post("/api/v1/private/users/", json=self.body).status_code == 404
