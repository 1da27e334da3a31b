"""Product settings over HTTP."""

from __future__ import annotations

from flask import Flask
from flask.testing import FlaskClient

from tests.api.documents import pointers
from webapp.api.settings.schemas import SettingsSchema
from webapp.domain.settings.registry import BY_KEY

Headers = dict[str, str]
URL = "/api/v1/admin/settings"
DEFAULTS = {
    "site_name": "Rangoli",
    "registration_policy": "approval",
    "require_verification": False,
    "require_second_factor": "off",
    "gallery_visibility": "approved",
    "backups_every": "daily",
    "backups_kept": "7",
    "moderation": "after",
    "share_expiry": "never",
}


def test_defaults(client: FlaskClient, admin_headers: Headers) -> None:
    answer = client.get(URL, headers=admin_headers)
    assert (answer.status_code, answer.json) == (200, DEFAULTS)
    assert answer.headers["Cache-Control"] == "no-store"


def test_changes_only_what_is_sent_and_at_once(
    app: Flask, client: FlaskClient, admin_headers: Headers
) -> None:
    for method, body in (
        ("PUT", {"site_name": " Diwali 2026 "}),
        ("PATCH", {"gallery_visibility": "public"}),
    ):
        assert client.open(URL, method=method, json=body, headers=admin_headers).status_code == 200
    expected = {**DEFAULTS, "site_name": "Diwali 2026", "gallery_visibility": "public"}
    assert app.test_client().get(URL, headers=admin_headers).json == expected
    assert client.get("/info").json["name"] == "Diwali 2026"


def test_the_registration_policy_takes_effect(client: FlaskClient, admin_headers: Headers) -> None:
    client.put(URL, json={"registration_policy": "closed"}, headers=admin_headers)
    answer = client.post("/api/v1/auth/register", json={"username": "anyone", "password": "correct horse"})
    assert (answer.status_code, answer.json["code"]) == (403, "registration_closed")


def test_wrong_values_change_nothing(client: FlaskClient, admin_headers: Headers) -> None:
    body = {"site_name": " ", "registration_policy": "maybe", "gallery_visibility": None, "secret_key": "x"}
    answer = client.put(URL, json=body, headers=admin_headers)
    assert answer.status_code == 422
    assert pointers(answer) == {
        ("/site_name", "required"),
        ("/registration_policy", "invalid_choice"),
        ("/gallery_visibility", "null"),
        ("/secret_key", "unknown_field"),
    }
    answer = client.put(URL, json={"site_name": "x" * 61}, headers=admin_headers)
    assert pointers(answer) == {("/site_name", "too_long")}
    assert client.get(URL, headers=admin_headers).json == DEFAULTS


def test_conditional_requests(client: FlaskClient, admin_headers: Headers) -> None:
    etag = client.get(URL, headers=admin_headers).headers["ETag"]
    assert client.get(URL, headers={**admin_headers, "If-None-Match": etag}).status_code == 304
    stale = {**admin_headers, "If-Match": etag}
    assert client.put(URL, json={"site_name": "One"}, headers=stale).status_code == 200
    assert client.put(URL, json={"site_name": "Two"}, headers=stale).status_code == 412
    assert client.get(URL, headers=admin_headers).json["site_name"] == "One"


def test_are_for_admins(client: FlaskClient, editor_headers: Headers) -> None:
    for method in ("GET", "PUT", "PATCH"):
        assert client.open(URL, method=method, json={}).status_code == 401
        assert client.open(URL, method=method, json={}, headers=editor_headers).status_code == 403


def test_an_admin_reads_the_state_of_every_part(
    client: FlaskClient, admin_headers: Headers, editor_headers: Headers
) -> None:
    answer = client.get("/api/v1/admin/status", headers=admin_headers)
    assert {part["name"] for part in answer.json} >= {"database", "storage"}
    assert client.get("/api/v1/admin/status", headers=editor_headers).status_code == 403


def test_the_api_has_every_setting() -> None:
    assert set(SettingsSchema().fields) == set(BY_KEY)
