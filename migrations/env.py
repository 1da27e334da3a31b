"""How Alembic reaches the application's database, or another one that ``flask move`` names."""

from __future__ import annotations

from alembic import context
from flask import current_app
from sqlalchemy import JSON, Connection
from sqlalchemy.types import TypeDecorator

import webapp.kernel.db as kernel_db
from webapp.domain.content.models import SEARCH_PREFIX


def render_item(kind: str, item: object, autogen: object) -> str | bool:
    """Write our column types into migrations as the plain types behind them."""
    if kind == "type" and isinstance(item, TypeDecorator) and type(item).__module__ == kernel_db.__name__:
        if isinstance(item, kernel_db.BoundedText):
            return f"sa.String(length={item.length})"
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, JSON) and item._variant_mapping:
        autogen.imports.add("from sqlalchemy.dialects import postgresql")  # type: ignore[attr-defined]
        return 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")'
    return False


def is_described(name: str | None, kind: str, parents: object) -> bool:
    """Full-text indexes are made by migrations alone, since each database has its own."""
    return name is None or not name.startswith(SEARCH_PREFIX)


def set_foreign_keys(connection: Connection, state: str) -> None:
    """SQLite's batch mode replaces tables; with foreign keys on that would delete their children."""
    if connection.dialect.name == "sqlite":
        cursor = connection.connection.cursor()
        cursor.execute(f"PRAGMA foreign_keys={state}")
        cursor.close()


def run_migrations() -> None:
    extension = current_app.extensions["migrate"]
    engine = context.config.attributes.get("engine", extension.db.engine)
    with engine.connect() as connection:
        set_foreign_keys(connection, "OFF")
        try:
            context.configure(
                connection=connection,
                target_metadata=extension.db.metadata,
                render_item=render_item,
                include_name=is_described,
                transaction_per_migration=True,
                transactional_ddl=True,
                **extension.configure_args,
            )
            with context.begin_transaction():
                context.run_migrations()
        finally:
            connection.rollback()
            set_foreign_keys(connection, "ON")


run_migrations()
