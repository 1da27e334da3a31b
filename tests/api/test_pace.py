"""After wrong passwords for one account the next try has to wait, but its owner is not locked out."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from tests.conftest import Person, post
from webapp.domain.accounts.models import SignInFailures
from webapp.domain.accounts.pace import DELAY_MAX, FREE_FAILURES, delay
from webapp.extensions import db
from webapp.kernel.clock import utc_now

LOGIN = "/api/v1/auth/login"
ELSEWHERE = {"REMOTE_ADDR": "192.0.2.7"}


def attempt(client: FlaskClient, name: str, password: str, **environ: str) -> int:
    body = {"username": name, "password": password}
    return client.post(LOGIN, json=body, environ_overrides=environ or ELSEWHERE).status_code


def fail_often(app: Flask, client: FlaskClient, name: str) -> None:
    """Until the next try waits, and then as if so often more that a slow machine is in time to see it."""
    assert [attempt(client, name, "wrong password") for _ in range(FREE_FAILURES)] == [401] * FREE_FAILURES
    make_it_long(app)


def make_it_long(app: Flask) -> None:
    with app.app_context():
        assert db.session.scalars(select(SignInFailures.failures)).all() == [FREE_FAILURES]
        db.session.execute(update(SignInFailures).values(failures=FREE_FAILURES + 8))
        db.session.commit()


def wait(app: Flask) -> None:
    """Let the present delays be over."""
    with app.app_context():
        db.session.execute(update(SignInFailures).values(last_at=utc_now() - DELAY_MAX))
        db.session.commit()


@pytest.mark.parametrize("is_known", [True, False])
def test_01_the_next_try_waits_for_known_and_unknown_names_alike(
    app: Flask, client: FlaskClient, member: Person, is_known: bool
) -> None:
    name = member.username if is_known else "nobody"
    fail_often(app, client, name)
    answer = client.post(LOGIN, json={"username": name, "password": "x"}, environ_overrides=ELSEWHERE)
    assert answer.status_code == 429
    assert 100 < int(answer.headers["Retry-After"]) <= 257


def test_the_right_password_waits_too_and_then_begins_anew(
    app: Flask, client: FlaskClient, member: Person
) -> None:
    fail_often(app, client, member.username)
    assert attempt(client, member.email, member.password) == 429
    wait(app)
    assert attempt(client, member.username, member.password) == 200
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(SignInFailures)) == 0
        db.session.remove()


def test_the_owner_at_a_known_address_does_not_wait(app: Flask, client: FlaskClient, member: Person) -> None:
    home = {"REMOTE_ADDR": "192.0.2.1"}
    assert attempt(client, member.username, member.password, **home) == 200
    fail_often(app, client, member.username)
    assert attempt(client, member.username, "wrong password") == 429
    assert attempt(client, member.username, member.password, **home) == 200
    assert attempt(client, member.username, member.password) == 429


def test_failures_in_the_console_and_by_form_count_as_well(
    app: Flask, client: FlaskClient, member: Person
) -> None:
    form = {"identifier": member.username, "password": "wrong password"}
    for _ in range(FREE_FAILURES - 1):
        post(client, "/console/login", form, environ_overrides=ELSEWHERE)
    form = {"username": member.username, "password": "wrong password"}
    answer = client.post("/api/v1/login/access-token", data=form, environ_overrides=ELSEWHERE)
    assert answer.status_code == 400
    make_it_long(app)
    assert attempt(client, member.username, member.password) == 429


def test_delays_double_up_to_an_end() -> None:
    assert [delay(n).total_seconds() for n in (0, 4, 5, 6, 9)] == [0, 0, 1, 2, 16]
    assert delay(1000) == DELAY_MAX == timedelta(minutes=5)
