"""Migrations: one head, there and back on both databases, equal to the models, children kept."""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import create_engine, event, inspect, text

from config import Settings
from webapp.domain.backups.tables import revision_of
from webapp.domain.content.models import SEARCH_PREFIX
from webapp.extensions import db
from webapp.kernel.db import Base
from webapp.kernel.sqlite import prepare_engine

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"


def tables(app: Flask) -> set[str]:
    names = set(inspect(db.engine).get_table_names()) - {"alembic_version"}
    return {name for name in names if not name.startswith(SEARCH_PREFIX)}


def test_there_is_one_head() -> None:
    assert len(ScriptDirectory(str(MIGRATIONS)).get_heads()) == 1


def test_empty_to_head_to_empty_to_head(app: Flask) -> None:
    with app.app_context():
        assert tables(app) == set(Base.metadata.tables)
        downgrade(revision="base")
        assert tables(app) == set()
        upgrade()
        assert tables(app) == set(Base.metadata.tables)


def test_the_models_need_no_further_migration(app: Flask) -> None:
    with app.app_context(), db.engine.connect() as connection:
        options = {"include_name": lambda name, *_: not (name or "").startswith(SEARCH_PREFIX)}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, Base.metadata) == []


def test_foreign_keys_are_off_while_sqlite_migrates_and_on_again_after(
    app: Flask, database_kind: str
) -> None:
    if database_kind != "sqlite":
        pytest.skip("PostgreSQL alters tables in place")
    with app.app_context():
        upgrade()
        with db.engine.connect() as connection:
            assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 1


def test_sqlite_is_durable(app: Flask, database_kind: str) -> None:
    if database_kind != "sqlite":
        pytest.skip("these are SQLite's own settings")
    with app.app_context(), db.engine.connect() as connection:
        assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"
        assert connection.execute(text("PRAGMA synchronous")).scalar() == 1  # and each commit syncs the log


def test_sqlite_without_a_log_syncs_itself() -> None:
    engine = create_engine("sqlite://")
    prepare_engine(engine)
    with engine.connect() as connection:
        assert connection.execute(text("PRAGMA synchronous")).scalar() == 2
    engine.dispose()


# --- interrupted ----------------------------------------------------------------------------


class Interrupted(Exception):
    """Raised where a migration is cut off."""


@contextmanager
def interrupted_at(number: int) -> Iterator[None]:
    """Inside this block the ``number``-th statement that reaches the database fails."""
    numbers = itertools.count(1)

    def count(*_: object) -> None:
        if next(numbers) == number:
            raise Interrupted

    event.listen(db.engine, "before_cursor_execute", count)
    try:
        yield
    finally:
        event.remove(db.engine, "before_cursor_execute", count)


def schema() -> list[tuple[str, ...]]:
    """Everything that has a name in the database, and how it was made."""
    sql = {
        "sqlite": "SELECT type, name, coalesce(sql, '') FROM sqlite_schema",
        "postgresql": """SELECT 'column', table_name || '.' || column_name, data_type || is_nullable
            FROM information_schema.columns WHERE table_schema = 'public'
            UNION ALL SELECT 'index', indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
            UNION ALL SELECT 'constraint', conname, pg_get_constraintdef(oid) FROM pg_constraint
            WHERE connamespace = 'public'::regnamespace""",
    }
    with db.engine.connect() as connection:
        return sorted(tuple(row) for row in connection.execute(text(sql[db.engine.dialect.name])))


def revision() -> str | None:
    with db.engine.connect() as connection:
        return revision_of(connection)


def run_through_interruptions(run: Callable[[], None], step: int) -> int:
    """Run, cut off at each ``step``-th statement of each migration in turn; answers how many times."""
    number, interruptions, reached = 1, 0, revision()
    while True:
        try:
            with interrupted_at(number):
                run()
        except Interrupted:
            interruptions += 1
            number = number + step if revision() == reached else 1
            reached = revision()
        else:
            return interruptions


@pytest.mark.own_installation
def test_a_migration_can_be_cut_off_at_each_statement_and_run_again(app: Flask, database_kind: str) -> None:
    """At every fifth of each migration, in one of which all are undone alike; with ``EVERY_DATABASE`` on
    SQLite at each."""
    step = 1 if database_kind == "sqlite" and "EVERY_DATABASE" in os.environ else 5
    with app.app_context():
        whole = schema()
        assert run_through_interruptions(partial(downgrade, revision="base"), step=5) > 20
        assert tables(app) == set()
        assert run_through_interruptions(upgrade, step) > 100 // step
        assert schema() == whole


KILLED = """
import os, signal
from sqlalchemy import event
from config import Settings
from flask_migrate import upgrade
from webapp.app import create_app
from webapp.extensions import db

def count(connection, cursor, statement, *_):
    if statement.lstrip().startswith("CREATE TABLE content_edition_tags"):
        os.kill(os.getpid(), signal.SIGKILL)

with create_app(Settings.from_env()).app_context():
    event.listen(db.engine, "after_cursor_execute", count)
    upgrade()
"""


@pytest.mark.own_installation
@pytest.mark.one_database
def test_a_migration_can_be_killed_and_run_again(app: Flask, settings: Settings) -> None:
    """The process is gone in the middle, with tables made that were not committed.

    A server that loses its client undoes the transaction as it does one that fails, which is tried above.
    """
    with app.app_context():
        whole = schema()
        downgrade(revision="base")
        db.engine.dispose()
    environ = {"PATH": os.environ["PATH"], "DATABASE_URL": settings.database_url}
    environ["DATA_DIR"] = str(settings.data_dir)
    command = [sys.executable, "-c", KILLED]
    killed = subprocess.run(command, cwd=MIGRATIONS.parent, env=environ, capture_output=True, text=True)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    with app.app_context():
        assert schema() != whole
        upgrade()
        assert schema() == whole
