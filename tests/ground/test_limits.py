"""Rate limits: counted for each address, not dodged by headers, shared through Redis, alive without it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from redis import Redis

from tests.conftest import make_settings, post
from tests.services import free_port
from webapp.app import create_app
from webapp.extensions import db, limiter

MakeApp = Callable[..., Flask]


@pytest.fixture
def make_app(database_url: str, tmp_path: Path) -> Iterator[MakeApp]:
    """Applications with limits on, on one database."""
    apps: list[Flask] = []

    def make(**changes: object) -> Flask:
        apps.append(create_app(make_settings(database_url, tmp_path, rate_limits=True, **changes)))
        return apps[-1]

    yield make
    for app in apps:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


def attempts(app: Flask, number: int, **headers: str) -> list[int]:
    client = app.test_client()
    body = {"username": "nobody", "password": "not a password"}
    return [client.post("/api/v1/auth/login", json=body, headers=headers).status_code for _ in range(number)]


def test_the_sixth_login_of_a_minute_is_refused_with_the_time_to_wait(make_app: MakeApp) -> None:
    app = make_app()
    assert attempts(app, 6) == [401] * 5 + [429]
    answer = app.test_client().post("/api/v1/auth/login", json={"username": "x", "password": "y"})
    assert answer.json["code"] == "too_many_requests"
    assert 0 < int(answer.headers["Retry-After"]) <= 60


def test_a_header_does_not_make_another_address(make_app: MakeApp) -> None:
    app = make_app()
    statuses = [attempts(app, 1, **{"X-Forwarded-For": f"203.0.113.{n}"})[0] for n in range(6)]
    assert statuses == [401] * 5 + [429]


def test_behind_one_proxy_only_its_own_entry_counts(make_app: MakeApp) -> None:
    app = make_app(proxy_hops=1)
    forged = [attempts(app, 1, **{"X-Forwarded-For": f"198.51.100.{n}, 203.0.113.7"})[0] for n in range(6)]
    assert forged == [401] * 5 + [429]
    assert attempts(app, 1, **{"X-Forwarded-For": "203.0.113.8"}) == [401]


def test_registration_has_its_own_limit(make_app: MakeApp) -> None:
    client = make_app().test_client()
    statuses = [client.post("/api/v1/auth/register", json={}).status_code for _ in range(4)]
    assert statuses == [422] * 3 + [429]


def test_another_way_in_is_no_further_try(make_app: MakeApp) -> None:
    app = make_app()
    assert attempts(app, 5) == [401] * 5
    client = app.test_client()
    form = {"username": "nobody", "password": "not a password"}
    assert client.post("/api/v1/login/access-token", data=form).status_code == 429
    assert post(client, "/console/login", {"identifier": "nobody", "password": "x"}).status_code == 429
    assert client.get("/console/login").status_code == 200
    sign_ups = [client.post("/api/v1/users/signup", json={}).status_code for _ in range(3)]
    assert sign_ups == [422] * 3
    assert client.post("/api/v1/auth/register", json={}).status_code == 429


def test_the_console_shares_the_rule(make_app: MakeApp) -> None:
    client = make_app().test_client()
    statuses = [client.post("/console/login").status_code for _ in range(2)]
    assert statuses == [400, 400], "without a CSRF token nothing is counted or tried"


def test_two_processes_count_together_in_redis(make_app: MakeApp, redis_url: str) -> None:
    Redis.from_url(redis_url).flushdb()
    first, second = make_app(redis_url=redis_url), make_app(redis_url=redis_url)
    assert attempts(first, 3) + attempts(second, 3) == [401] * 5 + [429]


def test_a_lost_redis_leaves_limits_in_memory(make_app: MakeApp, monkeypatch: pytest.MonkeyPatch) -> None:
    # The extension is one for the process; without this it would remember the dead store in later tests.
    monkeypatch.setattr(limiter, "_storage_dead", False)
    app = make_app(redis_url=f"redis://127.0.0.1:{free_port()}/0")
    assert attempts(app, 6) == [401] * 5 + [429]


def test_limits_can_be_switched_off(app: Flask) -> None:
    assert attempts(app, 7) == [401] * 7
