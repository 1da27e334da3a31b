"""Moving from each database to the other and back: every table is the same."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskCliRunner
from sqlalchemy import create_engine, make_url, select, text

from tests.conftest import make_settings, service
from tests.domain.backups.states import APART, sums
from webapp.app import create_app
from webapp.domain.content.commands import create_entry
from webapp.domain.content.content_types import DATA
from webapp.domain.content.search import search_entries
from webapp.domain.themes.models import ActiveTheme
from webapp.extensions import db
from webapp.kernel.clock import utc_now
from webapp.kernel.paging import PageRequest
from webapp.kernel.work import SYSTEM, Work

MakeWork = Callable[..., Work]


@pytest.fixture
def empty_postgresql() -> Iterator[str]:
    server, name = service("TEST_POSTGRESQL_URL"), f"move_{uuid.uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def empty_sqlite(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/moved.db"


@pytest.fixture
def other(database_kind: str, request: pytest.FixtureRequest) -> str:
    """The address of an empty database of the other kind."""
    return str(
        request.getfixturevalue("empty_sqlite" if database_kind == "postgresql" else "empty_postgresql")
    )


@pytest.fixture
def third(database_kind: str, request: pytest.FixtureRequest) -> str:
    """The address of an empty database of the first kind again."""
    return str(
        request.getfixturevalue("empty_postgresql" if database_kind == "postgresql" else "empty_sqlite")
    )


def open_app(url: str, folder: Path) -> Flask:
    return create_app(make_settings(url.replace("postgresql://", "postgresql+psycopg://"), folder))


def close(app: Flask) -> None:
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def test_there_and_back(app: Flask, furnished: MakeWork, other: str, third: str, tmp_path: Path) -> None:
    before = sums()
    changes = furnished().session.scalar(select(ActiveTheme.changes))
    furnished().session.rollback()
    result = app.test_cli_runner().invoke(args=["move", "--to", other])
    assert result.exit_code == 0, result.output
    assert f"All {len(before) + len(APART)} tables are equal" in result.output
    moved = open_app(other, tmp_path)
    with moved.app_context():
        assert sums() == before
        work = Work(db.session(), SYSTEM, utc_now())
        for words in ("दीवाली", "lamps दीवाली"):
            page = search_entries(work, DATA, words, PageRequest())
            assert [view.document["title"] for view in page.data] == ["दीवाली lamps"]
        db.session.rollback()
    result = moved.test_cli_runner().invoke(args=["move", "--to", third])
    assert result.exit_code == 0, result.output
    last = open_app(third, tmp_path)
    with last.app_context():
        assert sums() == before
        assert db.session.scalar(select(ActiveTheme.changes)) == changes
        db.session.rollback()
    for each in (moved, last):
        close(each)


def test_counting_goes_on_where_it_was(app: Flask, furnished: MakeWork, other: str, tmp_path: Path) -> None:
    """The last entry was deleted for good; its id is not given again after the move."""
    work = furnished()
    gone = create_entry(work, DATA, {"title": "Gone", "content": {}}).entry_id
    work.session.execute(text("DELETE FROM content_entries WHERE id = :id"), {"id": gone})
    work.session.commit()
    assert app.test_cli_runner().invoke(args=["move", "--to", other]).exit_code == 0
    moved = open_app(other, tmp_path)
    with moved.app_context():
        work = Work(db.session(), SYSTEM, utc_now())
        assert create_entry(work, DATA, {"title": "New", "content": {}}).entry_id == gone + 1
        db.session.rollback()
    close(moved)


def test_a_database_that_holds_data_is_refused(
    app: Flask, furnished: MakeWork, other: str, tmp_path: Path
) -> None:
    assert app.test_cli_runner().invoke(args=["move", "--to", other]).exit_code == 0
    moved = open_app(other, tmp_path)
    with moved.app_context():
        there = sums()
    result = app.test_cli_runner().invoke(args=["move", "--to", other])
    assert (result.exit_code, "holds data already" in result.output) == (1, True)
    with moved.app_context():
        assert sums() == there
    close(moved)


def test_a_move_that_fails_leaves_the_target_empty(
    app: Flask, furnished: MakeWork, empty_sqlite: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A checksum that never fits stands for a database that stores something else than it was given."""
    monkeypatch.setattr("webapp.domain.backups.rows.Tally.checksum", property(lambda tally: str(id(tally))))
    result = app.test_cli_runner().invoke(args=["move", "--to", empty_sqlite])
    assert result.exit_code == 1 and "is not the same after copying" in result.output
    engine = create_engine(empty_sqlite)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM users")) == 0
        assert connection.scalar(text("SELECT count(*) FROM tags")) == 0
    engine.dispose()


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("nonsense", "not the address of a database"),
        ("mysql://example.org/x", "must begin with"),
        ("sqlite://", "must begin with"),
        ("postgresql://nobody:secret-word@127.0.0.1:1/none", "does not answer"),
    ],
)
def test_addresses_that_are_none(runner: FlaskCliRunner, url: str, words: str) -> None:
    result = runner.invoke(args=["move", "--to", url])
    assert result.exit_code != 0 and words in " ".join(result.output.split())
    assert "secret-word" not in result.output


@pytest.fixture
def runner(tmp_path: Path, sqlite_template: Path) -> FlaskCliRunner:
    return create_app(make_settings(f"sqlite:///{sqlite_template}", tmp_path)).test_cli_runner()
