"""API tokens over HTTP: made once, good for what they are for, dead at once when they are to be."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from tests.conftest import MakeUser, Person
from webapp.access import Access, access_of
from webapp.api.token_scopes import scope_of
from webapp.domain.accounts.api_tokens import SCOPES
from webapp.domain.accounts.models import ApiToken
from webapp.extensions import db
from webapp.kernel.clock import utc_now

URL = "/api/v1/users/me/tokens"
USERS = "/api/v1/admin/users"


def make(client: FlaskClient, person: Person, *scopes: str) -> tuple[dict[str, Any], dict[str, str]]:
    """A new token and the headers of a request with it."""
    answer = client.post(URL, json={"name": "Script", "scopes": list(scopes)}, headers=person.headers)
    assert answer.status_code == 201, answer.text
    return answer.json, {"Authorization": f"Bearer {answer.json['token']}"}


def test_it_is_shown_once_and_only_its_digest_is_kept(
    app: Flask, client: FlaskClient, member: Person
) -> None:
    made, _ = make(client, member, "account:read")
    assert made["token"].startswith("rgl_")
    (listed,) = client.get(URL, headers=member.headers).json["data"]
    assert "token" not in listed
    assert listed == {name: value for name, value in made.items() if name != "token"}
    with app.app_context():
        row = db.session.scalars(select(ApiToken)).one()
        assert made["token"] not in str(vars(row))
        db.session.remove()


class TestScopes:
    def test_it_opens_what_it_is_for(self, client: FlaskClient, editor: Person) -> None:
        _, headers = make(client, editor, "content:write")
        assert client.post("/api/v1/tags", json={"name": "red"}, headers=headers).status_code == 201

    @pytest.mark.parametrize(
        ("scopes", "method", "path"),
        [
            (("content:read",), "POST", "/api/v1/tags"),
            (("themes:write",), "POST", "/api/v1/tags"),
            (("content:write",), "POST", "/api/v1/themes"),
            (("account:read",), "PUT", "/api/v1/users/me"),
            (("account:read",), "DELETE", "/api/v1/users/me"),
            (("people:read",), "DELETE", f"{USERS}/00000000-0000-0000-0000-000000000001"),
            (("admin:read",), "PUT", "/api/v1/admin/settings"),
        ],
    )
    def test_and_nothing_else(
        self, client: FlaskClient, admin: Person, scopes: tuple[str, ...], method: str, path: str
    ) -> None:
        _, headers = make(client, admin, *scopes)
        answer = client.open(path, method=method, json={}, headers=headers)
        assert (answer.status_code, answer.json["code"]) == (403, "insufficient_scope")

    def test_it_never_does_more_than_its_person(self, client: FlaskClient, member: Person) -> None:
        _, headers = make(client, member, *SCOPES)
        assert client.get(USERS, headers=headers).status_code == 403
        assert client.post("/api/v1/tags", json={"name": "red"}, headers=headers).status_code == 403

    def test_with_every_scope_it_manages_neither_tokens_nor_sessions_nor_passwords(
        self, client: FlaskClient, admin: Person
    ) -> None:
        _, headers = make(client, admin, *SCOPES)
        for method, path in (
            *(
                ("GET", URL),
                ("POST", URL),
                ("GET", "/api/v1/auth/sessions"),
                ("DELETE", "/api/v1/auth/sessions"),
            ),
            ("PUT", "/api/v1/users/me/password"),
        ):
            answer = client.open(path, method=method, json={}, headers=headers)
            assert (answer.status_code, answer.json["code"]) == (403, "insufficient_scope"), path

    def test_43_it_opens_no_console_route(self, client: FlaskClient, admin: Person) -> None:
        _, headers = make(client, admin, *SCOPES)
        assert client.get("/console", headers=headers).status_code == 303

    def test_a_public_route_answers_as_to_anybody(self, client: FlaskClient, member: Person) -> None:
        _, headers = make(client, member, "account:read")
        assert client.get("/api/v1/themes", headers=headers).status_code == 200

    def test_every_route_that_asks_for_rights_has_a_scope_or_is_closed_on_purpose(self, app: Flask) -> None:
        closed = {"sessions", "tokens", "linked_accounts", "export"}
        missing = [
            rule.rule
            for rule in app.url_map.iter_rules()
            if rule.rule.startswith("/api/v1/")
            and access_of(app, rule.endpoint) is not Access.PUBLIC
            and rule.endpoint.split(".")[0] not in closed
            and rule.endpoint not in ("users.change_password", "login.test_token")
            and scope_of(rule.rule.replace("<content_type:content_type>", "data"), "GET") is None
        ]
        assert missing == []


class TestEnd:
    def test_revoked(self, client: FlaskClient, member: Person) -> None:
        made, headers = make(client, member, "account:read")
        assert client.get("/api/v1/auth/me", headers=headers).status_code == 200
        assert client.delete(f"{URL}/{made['id']}", headers=member.headers).status_code == 204
        assert client.get("/api/v1/auth/me", headers=headers).status_code == 401
        assert client.get(URL, headers=member.headers).json["data"] == []

    def test_nobody_revokes_those_of_others(self, client: FlaskClient, member: Person, admin: Person) -> None:
        made, headers = make(client, member, "account:read")
        assert client.delete(f"{URL}/{made['id']}", headers=admin.headers).status_code == 404
        assert client.get("/api/v1/auth/me", headers=headers).status_code == 200

    def test_expired(self, app: Flask, client: FlaskClient, member: Person) -> None:
        _, headers = make(client, member, "account:read")
        with app.app_context():
            db.session.execute(update(ApiToken).values(expires_at=utc_now() - timedelta(seconds=1)))
            db.session.commit()
        assert client.get("/api/v1/auth/me", headers=headers).status_code == 401

    @pytest.mark.parametrize("change", [{"status": "suspended"}, {"role": "member"}])
    def test_05_with_the_rights_of_its_person(
        self, client: FlaskClient, admin: Person, editor: Person, change: dict[str, str]
    ) -> None:
        _, headers = make(client, editor, "account:read")
        client.put(f"{USERS}/{editor.id}", json=change, headers=admin.headers)
        assert client.get("/api/v1/auth/me", headers=headers).status_code == 401

    def test_05_with_the_password(self, client: FlaskClient, member: Person) -> None:
        _, headers = make(client, member, "account:read")
        body = {"current_password": member.password, "new_password": "another horse battery"}
        client.patch("/api/v1/users/me/password", json=body, headers=member.headers)
        assert client.get("/api/v1/auth/me", headers=headers).status_code == 401

    def test_signed_out_sessions_leave_it_alone(self, client: FlaskClient, member: Person) -> None:
        _, headers = make(client, member, "account:read")
        client.delete("/api/v1/auth/sessions", headers=member.headers)
        assert client.get("/api/v1/auth/me", headers=headers).status_code == 200


def test_use_is_noted(client: FlaskClient, member: Person) -> None:
    _, headers = make(client, member, "account:read")
    assert client.get(URL, headers=member.headers).json["data"][0]["last_used_at"] is None
    client.get("/api/v1/auth/me", headers=headers)
    assert client.get(URL, headers=member.headers).json["data"][0]["last_used_at"] is not None


def test_every_wrong_field_is_named(client: FlaskClient, member: Person) -> None:
    body = {"name": "", "scopes": ["everything"], "expires_in_days": 1000}
    answer = client.post(URL, json=body, headers=member.headers)
    assert answer.status_code == 422
    assert {error["pointer"].split("/")[1] for error in answer.json["errors"]} == {
        "name",
        "scopes",
        "expires_in_days",
    }


def test_a_person_has_so_many(
    app: Flask, client: FlaskClient, member: Person, make_user: MakeUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("webapp.domain.accounts.api_tokens.TOKENS_MAX", 1)
    make(client, member, "account:read")
    answer = client.post(URL, json={"name": "B", "scopes": ["account:read"]}, headers=member.headers)
    assert (answer.status_code, answer.json["code"]) == (409, "too_many_tokens")
    make(client, make_user(), "account:read")


def test_what_was_made_and_revoked_is_in_the_audit_log(
    client: FlaskClient, admin: Person, member: Person
) -> None:
    made, _ = make(client, member, "account:read")
    client.delete(f"{URL}/{made['id']}", headers=member.headers)
    events = client.get("/api/v1/admin/audit?action=token", headers=admin.headers).json["data"]
    assert [(e["action"], e["subject_id"], e["actor_id"]) for e in events] == [
        ("token.revoke", made["id"], str(member.id)),
        ("token.create", made["id"], str(member.id)),
    ]
