"""The whole URL map × every kind of person: who gets in, and how the rest are turned away.

Generated from the application's own routes, so that a new route is covered on the day it is written.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

import pytest
from flask import Flask
from werkzeug.routing import Rule

from config import Settings
from tests.conftest import MakeUser, Person, console_client, csrf_token
from webapp.access import Access, access_of, require_declarations
from webapp.app import create_app

pytestmark = pytest.mark.one_database
RANK = {"member": 1, "editor": 2, "admin": 3}
OUTSIDE = ("pending", "suspended", "rejected", "unverified")
"""To all faces they are nobody. Each walks every fourth route, and all with ``EVERY_LOOK``."""
NEEDED = {Access.PUBLIC: 0, Access.APPROVED: 1, Access.EDITOR: 2, Access.ADMIN: 3}
SIGN_IN_AND_OUT = (
    *("auth.login", "auth.refresh", "auth.logout", "console.logout", "users.delete_me"),
    *("console.back_from_elsewhere", "console.standing"),
)
"""They refuse by nature, or end the walk (deleting oneself): each has tests of its own."""
SECOND_STEPS = ("console.second_step", "console.passkey_login")
"""They send everybody to the sign-in page who has not given the right password just before."""
SET_UPS = (
    *("console.set_up", "console.set_up_app", "console.new_app", "console.app_qr_code"),
    *("console.new_passkey_options", "console.set_up_passkey"),
)
"""The same, unless somebody is signed in and changes their own."""
OWN_ONLY = ("users.read_user",)
"""Open to everybody for themselves; the walk asks for somebody else."""
BY_SETTING = ("designs.list_designs", "designs.featured", "designs.read_design")
"""Public where a setting says so, which by default it does not."""
SAMPLE = {
    "id": 1,
    "uuid": uuid.UUID(int=7),
    "string": "sample",
    "content_type": "data",
    "subject": "data",
    "path": "console/console.css",
    "default": "sample",
}


@dataclass(frozen=True)
class Call:
    """One method of one route."""

    endpoint: str
    method: str
    url: str


def calls(app: Flask) -> Iterator[Call]:
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        values = {name: SAMPLE[kind(rule, name)] for name in rule.arguments}
        url = adapter.build(rule.endpoint, values)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield Call(rule.endpoint, method, url)


def kind(rule: Rule, name: str) -> str:
    kinds = ("id", "uuid", "path", "content_type", "subject")
    return next((key for key in kinds if f"<{key}:{name}>" in rule.rule), "default")


def walk_of(app: Flask, role: str) -> Iterator[Call]:
    """The calls that a person of this role makes."""
    if role not in OUTSIDE or "EVERY_LOOK" in os.environ:
        return calls(app)
    return islice(calls(app), OUTSIDE.index(role), None, len(OUTSIDE))


def is_allowed(level: Access, role: str) -> bool:
    return RANK.get(role, 0) >= NEEDED[level]


def expected_statuses(call: Call, level: Access, role: str) -> str:
    """What may come back, as a word: ``in`` (any answer but a refusal), ``401``, ``403`` or ``login``."""
    if call.endpoint in OWN_ONLY and role in RANK and role != "admin":
        return "403"
    is_signed_in = role in RANK
    if call.endpoint in SECOND_STEPS or (call.endpoint in SET_UPS and not is_signed_in):
        return "login"
    if is_allowed(level, role) and (is_signed_in or call.endpoint not in BY_SETTING):
        return "in"
    if call.url.startswith("/api/"):
        return "403" if is_signed_in else "401"
    return "403" if is_signed_in else "login"


def outcome(answer: Any, call: Call) -> str:
    if answer.status_code == 303 and answer.headers["Location"].startswith("/console/login"):
        return "login"
    if answer.status_code in (401, 403):
        return str(answer.status_code)
    assert answer.status_code < 500, answer.get_data(as_text=True)
    return "in"


@pytest.fixture
def people(make_user: MakeUser) -> dict[str, Person | None]:
    """One person of each kind; the last ones had a session before they lost their standing."""
    by_role = {role: make_user(role) for role in RANK}
    by_status = {status: make_user("admin", status=status) for status in OUTSIDE}
    return {"anonymous": None, **by_role, **by_status}


@pytest.mark.parametrize("role", ["anonymous", *RANK, *OUTSIDE])
def test_12_api_routes_by_token(app: Flask, people: dict[str, Person | None], role: str) -> None:
    person = people[role]
    found, stated = {}, {}
    for call in walk_of(app, role):
        if not call.url.startswith("/api/") or call.endpoint in SIGN_IN_AND_OUT:
            continue
        level = access_of(app, call.endpoint)
        answer = app.test_client().open(
            call.url, method=call.method, json={}, headers=person.headers if person else {}
        )
        found[call.method, call.endpoint] = outcome(answer, call)
        stated[call.method, call.endpoint] = expected_statuses(call, level, role)
    assert found == stated


@pytest.mark.parametrize("role", ["anonymous", *RANK, *OUTSIDE])
def test_12_other_routes_by_cookie(app: Flask, people: dict[str, Person | None], role: str) -> None:
    found, stated = {}, {}
    person = people[role]
    reader = console_client(app, person) if person else app.test_client()
    form = {"csrf_token": csrf_token(reader)}
    cookie = reader.get_cookie(app.config["SESSION_COOKIE_NAME"], path="/console")
    assert cookie is not None
    for call in walk_of(app, role):
        if call.url.startswith("/api/") or call.endpoint in SIGN_IN_AND_OUT:
            continue
        if person and not call.url.startswith("/console"):  # where the cookie is not sent
            continue
        client = reader
        if call.method == "POST":  # which may sign out
            client = app.test_client()
            client.set_cookie(cookie.key, cookie.value, path="/console")
        answer = client.open(call.url, method=call.method, data=form if call.method == "POST" else None)
        found[call.method, call.endpoint] = outcome(answer, call)
        stated[call.method, call.endpoint] = expected_statuses(call, access_of(app, call.endpoint), role)
    assert found == stated


def test_43_a_cookie_opens_no_api_route_and_a_token_no_console_route(app: Flask, admin: Person) -> None:
    browser = console_client(app, admin)
    assert browser.get("/api/v1/admin/users").status_code == 401
    assert app.test_client().get("/console", headers=admin.headers).status_code == 303


def test_43_unsafe_console_routes_need_a_csrf_token(app: Flask, admin: Person) -> None:
    unprotected, browser = [], console_client(app, admin)
    for call in calls(app):
        if call.method == "POST" and call.url.startswith("/console"):
            answer = browser.post(call.url, data={"scheme": "dark"})
            if answer.status_code != 400:
                unprotected.append((call.endpoint, answer.status_code))
    assert unprotected == []


def test_an_undeclared_route_keeps_the_application_from_starting(settings: Settings) -> None:
    app = create_app(settings)
    app.view_functions["undeclared"] = lambda: ""
    with pytest.raises(RuntimeError, match="undeclared"):
        require_declarations(app)


def test_the_matrix_sees_every_route(app: Flask) -> None:
    assert {call.endpoint for call in calls(app)} == set(app.view_functions)


def test_a_browser_may_ask_what_is_allowed_without_credentials(app: Flask) -> None:
    asking = {"Origin": "https://app.example.org", "Access-Control-Request-Method": "POST"}
    urls = {call.url for call in calls(app) if call.url.startswith("/api/")}
    refused = [url for url in urls if app.test_client().options(url, headers=asking).status_code != 200]
    assert refused == []
