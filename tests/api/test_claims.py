"""Security claims that hold over the whole API, by their number in the list of abuse cases.

19, 20, 21, 44 and 45 are also in ``test_protocol.py``, 47 in ``test_themes.py``, 48 in
``test_theme_races.py``, 5, 16 and 50 in ``test_admin_users.py``.
"""

from __future__ import annotations

import base64
import json
import time
from typing import Any
from uuid import uuid4

import jwt
import pytest
from flask import Flask
from flask.testing import FlaskClient

from config import Settings
from tests.api.conftest import MakeApp
from tests.api.documents import pointers, theme_document
from tests.api.operations import operations, send
from tests.api.test_stylesheets import take_database_away
from tests.conftest import PASSWORD, MakeUser, Person
from tests.installations import SECRET_KEY
from webapp.kernel.db import Base

ME = "/api/v1/auth/me"


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def token_of(person: Person) -> str:
    return person.headers["Authorization"].removeprefix("Bearer ")


def claims_of(person: Person) -> dict[str, Any]:
    return dict(jwt.decode(token_of(person), options={"verify_signature": False}))


def unsigned(header: dict[str, Any], claims: dict[str, Any], signature: str = "") -> str:
    parts = (
        base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in (header, claims)
    )
    return ".".join((*parts, signature))


class TestTokens:
    def test_03_a_sound_one_opens(self, client: FlaskClient, admin: Person) -> None:
        again = jwt.encode(claims_of(admin), SECRET_KEY, "HS256")
        for token in (token_of(admin), again):
            assert client.get(ME, headers=bearer(token)).status_code == 200

    @pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")
    def test_03_header_changed(self, client: FlaskClient, admin: Person) -> None:
        claims, signature = claims_of(admin), token_of(admin).rsplit(".", 1)[1]
        tokens = [
            *(unsigned({"alg": alg, "typ": "JWT"}, claims) for alg in ("none", "None", "NONE", "nOnE", "")),
            *(unsigned({"alg": alg, "typ": "JWT"}, claims, signature) for alg in ("none", "HS384", "RS256")),
            unsigned({"alg": "HS256", "typ": "JWT", "kid": "../../dev/null"}, claims, signature),
            unsigned({"alg": "HS256", "typ": "JWT", "jku": "https://evil.example/k"}, claims, signature),
            unsigned({"typ": "JWT"}, claims, signature),
            jwt.encode(claims, "another key which is long enough to be one", "HS256"),
            jwt.encode(claims, SECRET_KEY, "HS512"),
            token_of(admin)[:-4],
            token_of(admin).rsplit(".", 1)[0] + ".",
        ]
        for token in tokens:
            answer = client.get(ME, headers=bearer(token))
            assert (answer.status_code, answer.json["code"]) == (401, "invalid_token"), token

    def test_03_claims_changed(self, client: FlaskClient, admin: Person, member: Person) -> None:
        now = int(time.time())
        other = claims_of(member)
        changes: list[dict[str, Any]] = [
            {"exp": now - 10},
            {"exp": None},
            {"exp": "tomorrow"},
            {"nbf": now + 600},
            {"aud": "another"},
            {"aud": None},
            {"iss": "another"},
            {"iss": None},
            {"type": "refresh"},
            {"sub": str(member.id)},
            {"sub": None},
            {"sub": 7},
            {"sid": other["sid"]},
            {"sid": uuid4().hex},
            {"sid": "x"},
            {"sid": None},
            {"sid": ["x"]},
            {"ver": 0},
            {"ver": None},
            {"ver": "1"},
        ]
        for change in changes:
            claims = {k: v for k, v in (claims_of(admin) | change).items() if v is not None}
            answer = client.get(ME, headers=bearer(jwt.encode(claims, SECRET_KEY, "HS256")))
            assert answer.status_code == 401, change
            assert answer.json["code"] == (
                "token_expired" if change == {"exp": now - 10} else "invalid_token"
            )
            assert answer.headers["WWW-Authenticate"] == "Bearer"

    def test_03_rights_come_from_the_database_and_not_from_claims(
        self, client: FlaskClient, member: Person
    ) -> None:
        claims = claims_of(member) | {"is_admin": True, "permissions": ["users:admin"], "role": "admin"}
        headers = bearer(jwt.encode(claims, SECRET_KEY, "HS256"))
        assert client.get("/api/v1/admin/users", headers=headers).status_code == 403

    def test_03_refresh_and_access_tokens_are_not_each_other(
        self, client: FlaskClient, admin: Person
    ) -> None:
        assert client.get(ME, headers=bearer(f"refresh-{admin.id}")).status_code == 401
        answer = client.post("/api/v1/auth/refresh", json={"refresh_token": token_of(admin)[:512]})
        assert (answer.status_code, answer.json["code"]) == (401, "invalid_refresh_token")

    def test_03_headers_that_hold_no_token(self, client: FlaskClient, admin: Person) -> None:
        token = token_of(admin)
        for value in (
            "",
            " ",
            ",",
            "Bearer",
            "Bearer ",
            f"Bearer {token} x",
            f"Token {token}",
            token,
            "Bearer é",
            "Bearer a.b.c",
            "Bearer ..",
            "Basic eDp4",
        ):
            for url in (ME, "/api/v1/admin/users"):
                answer = client.get(url, headers={"Authorization": value})
                assert answer.status_code == 401, repr(value)
            assert client.get("/api/v1/themes", headers={"Authorization": value}).status_code == 200

    def test_03_the_scheme_is_read_without_regard_to_case(self, client: FlaskClient, admin: Person) -> None:
        for scheme in ("bearer", "BEARER"):
            answer = client.get(ME, headers={"Authorization": f"{scheme} {token_of(admin)}"})
            assert answer.status_code == 200

    def test_03_a_token_in_the_address_or_a_cookie_opens_nothing(self, app: Flask, admin: Person) -> None:
        client = app.test_client()
        client.set_cookie("access_token_cookie", token_of(admin))
        for url in (f"{ME}?jwt={token_of(admin)}", f"{ME}?access_token={token_of(admin)}"):
            assert client.get(url).status_code == 401


class TestPasswords:
    def test_10_long_ones_are_taken_unchanged(self, client: FlaskClient, make_user: MakeUser) -> None:
        for number, password in enumerate(
            ("x" * 127 + "y", "  spaces stay  ", "पासवर्ड🎉 ünïcode", "a\tb\nc defgh")
        ):
            name = f"person{number}"
            made = client.post("/api/v1/auth/register", json={"username": name, "password": password})
            assert made.status_code == 200

            def login(sent: str, name: str = name) -> str:
                answer = client.post("/api/v1/auth/login", json={"username": name, "password": sent})
                return str(answer.json["code"])

            assert login(password) == "awaiting_approval"
            assert (
                login(password[:-1])
                == login(password.upper())
                == login(f"{password} ")
                == "invalid_credentials"
            )

    def test_10_what_is_too_long_is_refused(self, client: FlaskClient, admin: Person) -> None:
        def send(where: str, name: str, length: int) -> Any:
            body = {"username": name, "password": "x" * length}
            return client.post(f"/api/v1/auth/{where}", json=body)

        for length in (129, 200_000):
            assert pointers(send("register", "someone", length)) == {("/password", "too_long")}
        assert pointers(send("login", admin.username, 200_000)) == {("/password", "too_long")}
        for where in ("register", "login"):
            assert send(where, "someone", 1_000_000).status_code == 413
        answer = client.post(
            "/api/v1/auth/login", json={"username": admin.username, "password": PASSWORD + "x" * 900}
        )
        assert answer.status_code == 401


class TestWrites:
    def test_14_columns_that_are_no_fields_are_refused_in_every_write(
        self, app: Flask, client: FlaskClient, admin: Person
    ) -> None:
        columns = {column.name for table in Base.metadata.tables.values() for column in table.columns}
        assert {"password_hash", "credentials_version", "live_number", "slug"} <= columns
        body = dict.fromkeys(sorted(columns), 1)
        tried = 0
        for operation in operations(app, {}):
            if operation.body_schema is None:
                continue
            allowed = set(operation.body_schema["properties"])
            answer = send(client, operation, admin.headers, json=body)
            assert answer.status_code == 422, operation
            unknown = {pointer for pointer, code in pointers(answer) if code == "unknown_field"}
            assert unknown == {f"/{name}" for name in columns - allowed}, operation
            tried += 1
        assert tried >= 20

    def test_14_what_may_be_written_is_a_short_list(self, app: Flask) -> None:
        profile = {"email", "username", "full_name", "first_name", "last_name", "profile_image_url"}
        allowed = {
            ("POST", "/api/v1/auth/register"): profile - {"profile_image_url"} | {"password"},
            ("PUT", "/api/v1/auth/me"): profile,
            ("PATCH", "/api/v1/auth/me"): profile,
        }
        for operation in operations(app, {}):
            if (expected := allowed.get((operation.method, operation.path))) is not None:
                assert operation.body_schema is not None
                assert set(operation.body_schema["properties"]) == expected

    def test_47_every_write_that_takes_if_match_refuses_a_stale_one(
        self, app: Flask, client: FlaskClient, admin: Person, samples: dict[str, str]
    ) -> None:
        client.post("/api/v1/themes", json=theme_document(), headers=admin.headers)
        bodies = {
            "/api/v1/themes/color-scheme": {"primary": "#010203"},
            "/api/v1/admin/settings": {"site_name": "Stale"},
            "/api/v1/themes/{theme_id}": {"name": "Stale"},
            "/api/v1/data/{key}": {"title": "Stale"},
            "/api/v1/projects/{key}": {"title": "Stale"},
            "/api/v1/experiences/{key}": {"role": "Stale"},
            "/api/v1/{content_type}/{key}/schedule": {"publish_at": "2031-01-01T00:00:00Z"},
            "/api/v1/tags/{tag_id}": {"name": "Stale"},
            "/api/v1/kinds/{kind_name}": {"label": "Stale"},
            "/api/v1/upload/image/{object_key}": {"alt_text": "Stale"},
            "/api/v1/festivals/{festival_id}": {"name": "Stale"},
            "/api/v1/templates/{template_id}": {"name": "Stale"},
            "/api/v1/templates/categories/{category_id}": {"name": "Stale"},
            "/api/v1/cards/{card_id}": {"title": "Stale"},
            "/api/v1/users/collections/{collection_id}": {"name": "Stale"},
            "/api/v1/items/{item_id}": {"title": "Stale"},
            "/api/v1/admin/webhooks/{webhook_id}": {"name": "Stale"},
            "/api/v1/designs/{design_id}": {"title": "Stale"},
        }
        headers = {**admin.headers, "If-Match": '"stale"'}
        tried = []
        routes = operations(app, samples)
        resources = {operation.path for operation in routes if operation.method == "GET"}
        resources.remove("/api/v1/auth/sessions")  # a list, which is ended but for one
        for operation in routes:
            if operation.method in ("PUT", "PATCH", "DELETE") and operation.path in resources:
                body = bodies.get(operation.path, {"full_name": "Stale"})
                answer = send(client, operation, headers, json=body)
                assert (answer.status_code, answer.json["code"]) == (412, "stale"), operation
                tried.append(operation)
        assert len(tried) >= 10


class TestNames:
    def test_27_spellings_that_look_alike_collide(
        self, client: FlaskClient, admin: Person, make_user: MakeUser
    ) -> None:
        make_user(name="Ångström Öl", email="angstrom@example.org")
        other = make_user(name="other")
        url = f"/api/v1/admin/users/{other.id}"
        for alike in (
            "ångström öl",
            "Ångström  Öl",
            " ÅNGSTRÖM ÖL ",
            "A\u030angstro\u0308m Öl",
        ):
            for method, path in (("PUT", url), ("POST", "/api/v1/auth/register")):
                body = {"username": alike} | ({"password": PASSWORD} if method == "POST" else {})
                answer = client.open(path, method=method, json=body, headers=admin.headers)
                assert answer.status_code == 409, (alike, method)
                assert pointers(answer) == {("/username", "taken")}
        answer = client.put(url, json={"email": "ANGSTROM@Example.ORG"}, headers=admin.headers)
        assert pointers(answer) == {("/email", "taken")}

    def test_27_themes_too(self, client: FlaskClient, admin: Person) -> None:
        for name in ("Straße", "Diwali Night"):
            client.post("/api/v1/themes", json=theme_document(name), headers=admin.headers)
        for alike in ("STRASSE", "diwali  night", "Ｄiwali Night"):
            answer = client.put("/api/v1/themes/1", json={"name": alike}, headers=admin.headers)
            assert answer.status_code == 409, alike
            answer = client.post("/api/v1/themes", json=theme_document(alike), headers=admin.headers)
            assert (answer.status_code, answer.json["code"]) == (400, "name_taken"), alike


def test_45_tokens_and_answers_to_writes_are_never_stored(client: FlaskClient, member: Person) -> None:
    credentials = {"username": member.username, "password": PASSWORD}
    signed_in = client.post("/api/v1/auth/login", json=credentials)
    refreshed = client.post("/api/v1/auth/refresh", json={"refresh_token": signed_in.json["refresh_token"]})
    registered = client.post("/api/v1/auth/register", json={"username": "new", "password": PASSWORD})
    for answer in (signed_in, refreshed, registered):
        assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")


def test_62_a_fault_tells_no_secret_to_the_log_or_the_caller(
    capfd: pytest.CaptureFixture[str], settings: Settings, another_app: MakeApp
) -> None:
    take_database_away(settings.database_url)
    client = another_app().test_client()
    body = {"username": "someone", "email": "someone@example.org", "password": "a very secret password"}
    answers = [
        client.post("/api/v1/auth/register", json=body),
        client.post("/api/v1/auth/login", json=body),
        client.get(ME, headers=bearer("some.secret.token")),
    ]
    log = capfd.readouterr().err
    assert "request failed" in log
    for answer in answers[:2]:
        assert (answer.status_code, answer.json["code"]) == (503, "database_unavailable")
    for text in (log, *(answer.get_data(as_text=True) for answer in answers)):
        for secret in ("a very secret password", "someone", "some.secret.token", SECRET_KEY):
            assert secret not in text
