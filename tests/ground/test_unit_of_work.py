"""One transaction for each request: kept, dropped, or kept in spite of a refusal; then the hooks."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, create_engine, event, select, text
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm.exc import StaleDataError

from tests.conftest import MakeInstallation
from tests.installations import Installation, parts_of
from tests.patience import wait_until
from webapp.access import public
from webapp.domain.settings.models import AppSetting
from webapp.extensions import db
from webapp.kernel import sqlite
from webapp.kernel.concurrency import ConcurrencyLimit
from webapp.kernel.errors import Conflict, Unauthenticated
from webapp.kernel.sqlite import prepare_engine
from webapp.web import current_work

PROBE = "/api/v1/probe"


@pytest.fixture(scope="module")
def with_probe(database_kind: str, make_installation: MakeInstallation) -> Iterator[Installation]:
    """An installation of these tests' own, which has a route whose view each test brings along."""
    made = make_installation(database_kind)
    views = made.app.extensions
    made.app.add_url_rule(PROBE, "probe", public(lambda: views["probe"]()), methods=["GET", "POST"])
    made.parts = parts_of(made.app)
    yield made
    made.close()


@pytest.fixture
def installation(with_probe: Installation) -> Installation:
    assert with_probe.put_back()
    return with_probe


def write(key: str) -> None:
    work = current_work()
    work.session.add(AppSetting(key=key, value="x", created_at=work.now, updated_at=work.now))
    work.session.flush()


def keys(app: Flask) -> list[str]:
    with app.app_context():
        found = list(db.session.scalars(select(AppSetting.key)))
        db.session.remove()
        return found


def engine_of(app: Flask) -> Engine:
    with app.app_context():
        return db.engine


@pytest.fixture
def route(app: Flask) -> Callable[[Callable[[], str]], int]:
    """Mount a view that writes, call it, and answer the status."""

    def call(view: Callable[[], str]) -> int:
        app.extensions["probe"] = view
        return app.test_client().post(PROBE).status_code

    return call


def test_a_return_commits(app: Flask, route: Callable[..., int]) -> None:
    def view() -> str:
        write("kept")
        return "done"

    assert route(view) == 200
    assert keys(app) == ["kept"]


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (Conflict(), 409),
        (RuntimeError("a fault"), 500),
        (IntegrityError("", {}, Exception("secret table")), 409),
        (OperationalError("", {}, Exception("secret host")), 503),
        (StaleDataError("secret"), 412),
    ],
)
def test_an_error_drops_everything(
    app: Flask, route: Callable[..., int], error: Exception, status: int
) -> None:
    def view() -> str:
        write("dropped")
        current_work().after_commit(lambda: hooks.append("ran"))
        raise error

    hooks: list[str] = []
    app.config["PROPAGATE_EXCEPTIONS"] = False
    assert route(view) == status
    assert (keys(app), hooks) == ([], [])


def test_driver_words_are_not_told(app: Flask) -> None:
    def view() -> str:
        current_work().session.execute(text("SELECT * FROM no_such_table"))
        return ""

    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.extensions["probe"] = view
    answer = app.test_client().get(PROBE)
    assert answer.status_code in (500, 503)
    assert "no_such_table" not in answer.get_data(as_text=True)


def test_a_refusal_may_keep_its_work(app: Flask, route: Callable[..., int]) -> None:
    def view() -> str:
        write("kept in spite")
        raise Unauthenticated(keeps_work=True)

    assert route(view) == 401
    assert keys(app) == ["kept in spite"]


def test_hooks_run_after_the_commit_and_a_broken_one_is_not_shown(
    app: Flask, route: Callable[..., int]
) -> None:
    seen: list[list[str]] = []

    def broken() -> None:
        raise RuntimeError("mail server on fire")

    def view() -> str:
        write("kept")
        current_work().after_commit(broken)
        current_work().after_commit(lambda: seen.append(keys(app)))
        return "done"

    assert route(view) == 200
    assert seen == [["kept"]]


def test_a_reading_request_takes_no_write_lock(app: Flask, database_kind: str) -> None:
    if database_kind != "sqlite":
        pytest.skip("PostgreSQL readers never wait for writers")
    with engine_of(app).connect() as other:
        other.execute(text("SELECT 1"))  # BEGIN IMMEDIATE: the write lock is held here
        assert app.test_client().get("/api/v1/themes").status_code == 200


@pytest.fixture(params=["this process", "another process", "another program"])
def holder(request: pytest.FixtureRequest, app: Flask, database_kind: str) -> Iterator[Engine]:
    """Whose connections hold SQLite's lock: the application's, those of another that has no turns with it, or
    of one that knows nothing of turns."""
    if database_kind != "sqlite":
        pytest.skip("PostgreSQL has no lock that all writers take")
    if request.param == "this process":
        yield engine_of(app)
        return
    engine = create_engine(engine_of(app).url)
    if request.param == "another process":
        prepare_engine(engine)
    else:
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    yield engine
    engine.dispose()


def test_a_writer_that_waited_in_vain_says_so(
    app: Flask, holder: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    app.extensions["probe"] = lambda: write("late") or "done"
    monkeypatch.setattr(sqlite, "BUSY_TIMEOUT", 50)
    engine_of(app).dispose()  # connections wait as long as was said when they were made
    with holder.connect() as other:
        other.execute(text("SELECT 1"))  # BEGIN IMMEDIATE: the write lock is held here
        answer = app.test_client().post(PROBE)
        assert (answer.status_code, answer.json["code"]) == (503, "database_unavailable")
    assert app.test_client().post(PROBE).status_code == 200
    assert keys(app) == ["late"]


@pytest.mark.parametrize("holder", ["this process", "another process"], indirect=True)
def test_who_waits_for_the_lock_lets_others_work_and_does_not_wait_for_them(
    app: Flask, holder: Engine
) -> None:
    limit, engine, waits, is_done = ConcurrencyLimit(1), engine_of(app), Event(), Event()

    def write_later() -> int | None:
        with limit.working():
            waits.set()
            with engine.connect() as connection:
                return connection.execute(text("SELECT 7")).scalar()  # BEGIN IMMEDIATE

    def work() -> bool:
        with limit.working():
            works.set()
            return is_done.wait(10)

    works = Event()
    with ThreadPoolExecutor(2) as pool:
        with holder.connect() as other:
            other.execute(text("SELECT 1"))
            later = pool.submit(write_later)
            assert waits.wait(10)
            other_work = pool.submit(work)
            assert works.wait(10)
        assert later.result(10) == 7
        is_done.set()
        assert other_work.result(10)


def test_writers_of_a_process_write_in_the_order_in_which_they_came(app: Flask, database_kind: str) -> None:
    if database_kind != "sqlite":
        pytest.skip("PostgreSQL has no lock that all writers take")
    engine, order = engine_of(app), list[int]()

    def write_down(number: int) -> None:
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))  # BEGIN IMMEDIATE
            order.append(number)

    with ThreadPoolExecutor(8) as pool:
        with engine.connect() as first:
            first.execute(text("SELECT 1"))
            turns = first.connection.dbapi_connection.writers._limit  # type: ignore[union-attr]
            writers = []
            for number in range(8):
                writers.append(pool.submit(write_down, number))
                wait_until(lambda: len(turns._waiting) == len(writers), f"{number} waits")
        assert [writer.result(10) for writer in writers] == [None] * 8
    assert order == sorted(order)


def test_a_commit_is_on_the_disk_and_the_disk_keeps_nobody_from_writing(
    app: Flask, route: Callable[..., int], database_kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if database_kind != "sqlite":
        pytest.skip("PostgreSQL syncs its log itself")
    synced: list[str] = []

    def sync(file: int) -> None:
        synced.append(os.readlink(f"/proc/self/fd/{file}"))
        with engine_of(app).connect() as other:
            assert other.execute(text("SELECT count(*) FROM app_settings")).scalar() == 1  # BEGIN IMMEDIATE

    monkeypatch.setattr(sqlite, "BUSY_TIMEOUT", 50)
    monkeypatch.setattr(os, "fdatasync", sync)
    assert route(lambda: write("kept") or "done") == 200
    assert app.test_client().get("/api/v1/themes").status_code == 200
    assert synced == [f"{engine_of(app).url.database}-wal"]


def test_a_commit_that_the_disk_does_not_confirm_is_not_answered_as_done(
    app: Flask, route: Callable[..., int], database_kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if database_kind != "sqlite":
        pytest.skip("PostgreSQL syncs its log itself")

    def fail(file: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "fdatasync", fail)
    assert route(lambda: write("unsure") or "done") == 503


def test_read_modify_write_loses_nothing(app: Flask) -> None:
    def count_up() -> str:
        work = current_work()
        row = work.session.scalars(
            select(AppSetting).where(AppSetting.key == "counter").with_for_update()
        ).one()
        row.value = row.value + 1
        return "done"

    with app.app_context():
        from webapp.kernel.clock import utc_now

        db.session.add(AppSetting(key="counter", value=0, created_at=utc_now(), updated_at=utc_now()))
        db.session.commit()
        db.session.remove()
    app.extensions["probe"] = count_up
    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(lambda _: app.test_client().post(PROBE).status_code, range(40)))
    assert set(statuses) == {200}
    with app.app_context():
        assert db.session.get_one(AppSetting, "counter").value == 40
        db.session.remove()


def test_a_database_that_was_never_set_up_is_an_unavailable_one(app: Flask) -> None:
    with engine_of(app).begin() as connection:
        connection.execute(text("ALTER TABLE app_settings RENAME TO elsewhere"))
    assert app.test_client().get("/info").status_code == 503
    with engine_of(app).begin() as connection:
        connection.execute(text("ALTER TABLE elsewhere RENAME TO app_settings"))


@pytest.mark.parametrize("number", ["2147483648", "0" * 12 + "9" * 20, "0" * 12 + "9" * 4400])
def test_no_id_is_greater_than_its_column(client: FlaskClient, number: str) -> None:
    answer = client.get(f"/api/v1/themes/{number}")
    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, "/path/theme_id")
