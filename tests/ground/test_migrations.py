"""Migrations: one head, there and back on both databases, equal to the models, children kept."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect, text

from webapp.domain.content.models import SEARCH_PREFIX
from webapp.extensions import db
from webapp.kernel.db import Base

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
        assert connection.execute(text("PRAGMA synchronous")).scalar() == 2
