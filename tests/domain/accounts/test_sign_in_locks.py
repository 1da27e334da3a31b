"""Hashing a password is slow on purpose; nobody's write waits for it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, text

from tests.conftest import MakeUser, Person, post
from webapp.api.accounts import users_routes
from webapp.domain.accounts import commands, recovery, sign_in
from webapp.domain.accounts.links import RESET_LIFETIME, make_link
from webapp.domain.accounts.models import Purpose, RefreshToken, User, UserSession
from webapp.domain.accounts.sign_in import clean_sessions
from webapp.domain.jobs.registry import get_kind
from webapp.domain.mail.links import token_of
from webapp.extensions import db
from webapp.kernel.clock import utc_now
from webapp.kernel.work import SYSTEM, Work

LOGIN, REGISTER = "/api/v1/auth/login", "/api/v1/auth/register"
Send = Callable[[FlaskClient, Person], Any]

WAYS: dict[str, Send] = {
    "sign in": lambda c, p: c.post(LOGIN, json={"username": p.username, "password": p.password}),
    "sign in to the console": lambda c, p: post(
        c, "/console/login", {"identifier": p.username, "password": p.password}
    ),
    "register": lambda c, p: c.post(REGISTER, json={"username": "newcomer", "password": p.password}),
    "add a person": lambda c, p: c.post(
        "/api/v1/users", json={"email": "n@example.org", "password": p.password}, headers=p.headers
    ),
    "set somebody's password": lambda c, p: c.patch(
        f"/api/v1/users/{p.id}", json={"password": "another one of mine"}, headers=p.headers
    ),
    "change the password": lambda c, p: c.patch(
        "/api/v1/users/me/password",
        json={"current_password": p.password, "new_password": "another one of mine"},
        headers=p.headers,
    ),
    "choose a new one by a link": lambda c, p: c.post(
        "/api/v1/auth/reset-password", json={"token": link_for(c, p), "new_password": "another one of mine"}
    ),
}


def link_for(client: FlaskClient, person: Person) -> str:
    """The token of a link to a new password."""
    app = client.application
    with app.app_context():
        site, user = app.ports.site, db.session.get_one(User, person.id)  # type: ignore[attr-defined]
        work = Work(db.session(), SYSTEM, utc_now())
        token = token_of(site, make_link(work, user, Purpose.PASSWORD, RESET_LIFETIME, site).id)
        db.session.commit()
        db.session.remove()
    return token


@pytest.mark.parametrize("way", WAYS)
def test_no_transaction_is_open_while_a_password_is_hashed(
    app: Flask, client: FlaskClient, admin: Person, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    with app.app_context():
        pool = db.engine.pool
    in_use: list[int] = []

    def watched(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any) -> Any:
            in_use.append(pool.checkedout())  # type: ignore[attr-defined]
            return real(*args)

        return call

    monkeypatch.setattr(sign_in, "verify_password", watched(sign_in.verify_password))
    monkeypatch.setattr(commands, "verify_password", watched(commands.verify_password))
    monkeypatch.setattr(commands, "hash_password", watched(commands.hash_password))
    monkeypatch.setattr(users_routes, "hash_password", watched(users_routes.hash_password))
    monkeypatch.setattr(recovery, "hash_password", watched(recovery.hash_password))
    assert WAYS[way](client, admin).status_code in (200, 303)
    assert in_use and set(in_use) == {0}


@pytest.fixture
def somebody_writes(app: Flask) -> Iterator[None]:
    """A write that lasts for the whole test."""
    with app.app_context():
        connection = db.engine.connect()
    connection.execute(text("UPDATE themes SET name = name"))
    yield
    connection.close()


@pytest.mark.parametrize(
    ("url", "body", "status"),
    [
        (REGISTER, {"username": "x", "password": "short"}, 422),
        (REGISTER, {"username": "Taken", "password": "correct horse battery"}, 409),
    ],
)
def test_refusals_wait_for_nobody(
    client: FlaskClient,
    make_user: MakeUser,
    request: pytest.FixtureRequest,
    url: str,
    body: dict[str, str],
    status: int,
) -> None:
    make_user(name="taken")
    request.getfixturevalue("somebody_writes")
    started = time.monotonic()
    assert client.post(url, json=body).status_code == status
    assert time.monotonic() - started < 5


def test_a_password_that_was_changed_while_it_was_checked(
    client: FlaskClient, app: Flask, member: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    verify = sign_in.verify_password

    def change() -> None:
        with app.app_context():
            db.session.execute(text("UPDATE users SET password_hash = 'another'"))
            db.session.commit()
            db.session.remove()

    def slow(password: str, password_hash: str | None) -> tuple[bool, str | None]:
        with ThreadPoolExecutor(1) as somebody_else:
            somebody_else.submit(change).result()
        return verify(password, password_hash)

    monkeypatch.setattr(sign_in, "verify_password", slow)
    answer = client.post(LOGIN, json={"username": member.username, "password": member.password})
    assert (answer.status_code, answer.json["code"]) == (401, "invalid_credentials")


def test_sessions_that_are_over_are_forgotten_with_their_tokens(
    work: Callable[..., Work], make_user: MakeUser
) -> None:
    live, ended, expired = make_user(), make_user(), make_user()
    unit = work()
    for session in unit.session.scalars(select(UserSession)):
        if session.user_id == ended.id:
            session.revoked_at = unit.now
        if session.user_id == expired.id:
            session.expires_at = unit.now - timedelta(seconds=1)
    unit.session.flush()
    assert clean_sessions(unit) == 4
    assert set(unit.session.scalars(select(UserSession.user_id))) == {live.id}
    assert unit.session.scalar(select(func.count()).select_from(RefreshToken)) == 1
    assert clean_sessions(unit) == 0


def test_they_are_forgotten_every_hour() -> None:
    assert get_kind("accounts.clean_sessions").every == timedelta(hours=1)
