"""Rate limits: counted for each address, not dodged by headers, shared through Redis, alive without it."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from uuid import uuid4

import pytest
from flask import Flask
from redis import Redis
from sqlalchemy import make_url

from tests.conftest import post
from tests.installations import close_app, make_settings
from tests.proxy import TcpProxy
from tests.services import RedisServer, free_port
from webapp.adapters import redis_client
from webapp.adapters.limits import machine
from webapp.app import create_app
from webapp.extensions import limiter

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
        close_app(app)


def attempts(app: Flask, number: int, **headers: str) -> list[int]:
    """Sign-ins with a name of its own each, since tries at one account are limited beside this."""
    client = app.test_client()
    bodies = [{"username": uuid4().hex, "password": "not a password"} for _ in range(number)]
    return [client.post("/api/v1/auth/login", json=body, headers=headers).status_code for body in bodies]


def test_02_the_sixth_login_of_a_minute_is_refused_with_the_time_to_wait(make_app: MakeApp) -> None:
    app = make_app()
    assert attempts(app, 6) == [401] * 5 + [429]
    answer = app.test_client().post("/api/v1/auth/login", json={"username": "x", "password": "y"})
    assert answer.json["code"] == "too_many_requests"
    assert 0 < int(answer.headers["Retry-After"]) <= 60


def test_02_a_header_does_not_make_another_address(make_app: MakeApp) -> None:
    app = make_app()
    statuses = [attempts(app, 1, **{"X-Forwarded-For": f"203.0.113.{n}"})[0] for n in range(6)]
    assert statuses == [401] * 5 + [429]


def test_behind_one_proxy_only_its_own_entry_counts(make_app: MakeApp) -> None:
    app = make_app(proxy_hops=1)
    forged = [attempts(app, 1, **{"X-Forwarded-For": f"198.51.100.{n}, 203.0.113.7"})[0] for n in range(6)]
    assert forged == [401] * 5 + [429]
    assert attempts(app, 1, **{"X-Forwarded-For": "203.0.113.8"}) == [401]


@pytest.mark.parametrize(
    ("addresses", "last"),
    [
        ([f"2001:db8:1:2:{n}::{n}" for n in range(6)], 429),
        ([f"2001:db8:1:{n}::1" for n in range(6)], 401),
        ([f"192.0.2.{n}" for n in range(6)], 401),
        (["192.0.2.1", "::ffff:192.0.2.1"] * 3, 429),
        ([f"::ffff:192.0.2.{n}" for n in range(6)], 401),
    ],
)
def test_one_ipv6_network_counts_as_one(make_app: MakeApp, addresses: list[str], last: int) -> None:
    client = make_app().test_client()
    statuses = []
    for number, address in enumerate(addresses):
        body = {"username": f"nobody-{number}", "password": "not a password"}
        caller = {"REMOTE_ADDR": address}
        statuses.append(client.post("/api/v1/auth/login", json=body, environ_overrides=caller).status_code)
    assert statuses == [401] * 5 + [last]


def test_registration_has_its_own_limit(make_app: MakeApp) -> None:
    client = make_app().test_client()
    statuses = [client.post("/api/v1/auth/register", json={}).status_code for _ in range(4)]
    assert statuses == [422] * 3 + [429]


def test_02_another_way_in_is_no_further_try(make_app: MakeApp) -> None:
    app = make_app()
    assert attempts(app, 5) == [401] * 5
    client = app.test_client()
    form = {"username": "nobody at all", "password": "not a password"}
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
    first, second = make_app(redis_url=redis_url), make_app(redis_url=redis_url)
    assert attempts(first, 3) + attempts(second, 3) == [401] * 5 + [429]


def test_two_processes_without_redis_count_together(make_app: MakeApp) -> None:
    first, second = make_app(), make_app()
    assert attempts(first, 3) + attempts(second, 3) == [401] * 5 + [429]


@pytest.fixture
def own_redis() -> Iterator[RedisServer]:
    """A Redis of the test's own, to be killed."""
    servers = [RedisServer()]
    yield servers[0]
    servers[0].stop()


def test_limits_hold_while_redis_dies_and_comes_back_empty(
    make_app: MakeApp, own_redis: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis_client, "PAUSE", 0.0)
    app = make_app(redis_url=own_redis.url)
    assert attempts(app, 3) == [401] * 3
    own_redis.process.kill()
    own_redis.process.wait()
    assert attempts(app, 3) == [401, 401, 429]
    again = RedisServer(own_redis.port)
    try:
        assert attempts(app, 2) == [429, 429]
        assert len(Redis.from_url(again.url).keys("LIMITS*")) == 1, "counted in Redis again"
    finally:
        again.stop()


def test_a_silent_redis_slows_one_request_in_many(make_app: MakeApp, redis_url: str) -> None:
    proxy = TcpProxy(make_url(redis_url).port)
    try:
        app = make_app(redis_url=make_url(redis_url).set(port=proxy.port).render_as_string())
        assert attempts(app, 2) == [401] * 2
        proxy.silent = True
        started = time.monotonic()
        assert attempts(app, 4) == [401] * 3 + [429]
        assert time.monotonic() - started < 3
    finally:
        proxy.stop()


def test_a_redis_that_was_never_there(make_app: MakeApp) -> None:
    app = make_app(redis_url=f"redis://127.0.0.1:{free_port()}/0")
    assert attempts(app, 6) == [401] * 5 + [429]


def test_a_file_that_cannot_be_written_leaves_limits_in_memory(
    make_app: MakeApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The extension is one for the process; without this it would remember the dead store in later tests.
    monkeypatch.setattr(limiter, "_storage_dead", False)
    app = make_app()
    (tmp_path / "limits.db").mkdir()
    assert attempts(app, 6) == [401] * 5 + [429]


def test_a_window_moves_and_what_left_it_is_deleted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = SimpleNamespace(now=0.0)
    monkeypatch.setattr(machine, "time", SimpleNamespace(time=lambda: clock.now))
    storage = machine.MachineStorage(tmp_path / "limits.db")
    taken = []
    for clock.now in (1000.0, 1030.0, 1050.0, 1060.0, 1070.0):
        taken.append(storage.acquire_entry("LIMITER/192.0.2.1", 2, 60))
    assert taken == [True, True, False, True, False]
    assert storage.get_moving_window("LIMITER/192.0.2.1", 2, 60) == (1030.0, 2)
    clock.now = 2000.0
    assert storage.acquire_entry("LIMITER/192.0.2.2", 2, 60)
    with sqlite3.connect(tmp_path / "limits.db") as connection:
        assert connection.execute("SELECT key FROM hits").fetchall() == [("LIMITER/192.0.2.2",)]
    connection.close()


def test_limits_can_be_switched_off(app: Flask) -> None:
    assert attempts(app, 7) == [401] * 7
