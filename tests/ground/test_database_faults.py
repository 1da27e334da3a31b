"""PostgreSQL behind a proxy that is slow, silent or cut: no request hangs, and nothing needs a restart."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import make_url

from tests.api.documents import theme_document
from tests.conftest import MakeUser, make_settings
from tests.patience import wait_until
from tests.proxy import TcpProxy
from webapp import web
from webapp.adapters import postgresql
from webapp.adapters.change_counter import postgresql as change_counter
from webapp.app import create_app
from webapp.extensions import db


@pytest.fixture
def proxy(database_url: str) -> Iterator[TcpProxy]:
    proxy = TcpProxy(make_url(database_url).port or 5432)
    yield proxy
    proxy.stop()


@pytest.fixture
def far(
    proxy: TcpProxy, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Flask]:
    """An application whose database is behind the proxy and which loses patience sooner than usual."""
    monkeypatch.setattr(web, "DATABASE_PATIENCE", 0.5)
    monkeypatch.setattr(change_counter, "PATIENCE", 0.5)
    monkeypatch.setattr(change_counter, "PAUSE", 0.5)
    monkeypatch.setattr(postgresql, "CONNECT_TIMEOUT", 2)
    url = make_url(database_url).set(port=proxy.port).render_as_string(hide_password=False)
    app = create_app(make_settings(url, tmp_path))
    yield app
    proxy.mend()
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def ask(app: Flask, path: str, within: float) -> tuple[int, str | None]:
    """The status and the problem's code of a request, which must come in time."""
    started = time.monotonic()
    answer = app.test_client().get(path)
    assert time.monotonic() - started < within, f"{path} took too long"
    return answer.status_code, answer.json.get("code") if answer.is_json else None


def wait_until_well(app: Flask) -> None:
    wait_until(lambda: ask(app, "/api/v1/themes/1", within=5)[0] == 200, "the application recovers")


@pytest.mark.parametrize("trouble", ["silent", "is_cut"])
def test_a_database_that_goes_and_comes_back(far: Flask, proxy: TcpProxy, trouble: str) -> None:
    assert ask(far, "/api/v1/themes/1", within=5) == (200, None)
    assert ask(far, "/themes/active.css", within=5) == (200, None)
    setattr(proxy, trouble, True)
    for _ in range(2):
        assert ask(far, "/api/v1/themes/1", within=5) == (503, "database_unavailable")
        assert ask(far, "/themes/active.css", within=5) == (200, None)
    assert ask(far, "/health", within=5)[0] == 503
    assert ask(far, "/metrics", within=5)[0] == 200
    proxy.mend()
    wait_until_well(far)


def test_a_slow_database_is_waited_for(far: Flask, proxy: TcpProxy) -> None:
    proxy.delay = 0.02
    assert ask(far, "/api/v1/themes/1", within=5) == (200, None)


def test_a_write_without_an_answer_is_not_called_done(
    app: Flask, far: Flask, proxy: TcpProxy, make_user: MakeUser
) -> None:
    headers = make_user("editor").headers
    client = far.test_client()
    assert client.get("/api/v1/auth/me", headers=headers).status_code == 200
    proxy.silent = True
    body = theme_document("Silence")
    assert client.post("/api/v1/themes", json=body, headers=headers).status_code == 503
    proxy.mend()
    wait_until_well(far)
    names = [theme["name"] for theme in app.test_client().get("/api/v1/themes").json]
    assert "Silence" not in names
    assert client.post("/api/v1/themes", json=body, headers=headers).status_code == 201
