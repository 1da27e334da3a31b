"""Databases of the tests: made once from a template, their rows put back before each test."""

from __future__ import annotations

import shutil
import sqlite3
import time
import uuid
from contextlib import closing
from pathlib import Path
from typing import Protocol

import psycopg
from psycopg import sql
from sqlalchemy import make_url

DATABASE_FILE = "rangoli.db"


class Database(Protocol):
    """A database that is set up, and can be made so again."""

    url: str

    def put_back(self) -> None:
        """Make rows and numbering those of the template again; raises the driver's error where it cannot."""

    def drop(self) -> None:
        """Be no more, whoever is connected."""


class SqliteDatabase:
    """A copy of the template's file. Its pages are written back as one transaction of SQLite's own."""

    def __init__(self, template: Path, folder: Path) -> None:
        self.path = folder / DATABASE_FILE
        self.url = f"sqlite:///{self.path}"
        self.template = sqlite3.connect(":memory:")
        shutil.copy(template, self.path)
        with sqlite3.connect(template) as source:
            source.backup(self.template)
        source.close()

    def put_back(self) -> None:
        if not self.path.exists():
            raise sqlite3.OperationalError("the database file is gone")
        write_pages(self.template, self.path)

    def drop(self) -> None:
        self.template.close()


def write_pages(source: sqlite3.Connection, path: Path, patience: float = 1.0) -> None:
    """Make the database at ``path`` equal to ``source``. Raises when it is locked for longer."""
    deadline = time.monotonic() + patience

    def check(*_: object) -> None:
        if time.monotonic() > deadline:
            raise sqlite3.OperationalError("the database is locked")

    with closing(sqlite3.connect(path, timeout=0)) as target:
        source.backup(target, progress=check, sleep=0.01)


class PostgresqlDatabase:
    """A copy of a template database, which holds its first rows a second time in a schema of their own."""

    def __init__(self, template: str, server: str) -> None:
        self.name, self.server = f"test_{uuid.uuid4().hex}", server
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {self.name} TEMPLATE {template}")
        self.url = address_on(server, self.name)
        self.connection = connect(self.url)
        self.connection.execute("SET session_replication_role = replica")  # no foreign keys, no triggers
        self.connection.execute("SET lock_timeout = '1s'")
        self.shape = self.read_shape()

    def put_back(self) -> None:
        if self.read_shape() != self.shape:
            raise psycopg.ProgrammingError("tables were made or dropped")
        self.connection.execute("SELECT first_rows.put_back()")

    def read_shape(self) -> object:
        return self.connection.execute(
            """SELECT (SELECT count(*) FROM pg_class), (SELECT max(oid) FROM pg_class),
                      (SELECT count(*) FROM pg_attribute WHERE NOT attisdropped)"""
        ).fetchone()

    def drop(self) -> None:
        self.connection.close()
        with psycopg.connect(self.server, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {self.name} WITH (FORCE)")


def address_on(server: str, name: str) -> str:
    """The application's address of a database on ``server``."""
    url = make_url(server).set(drivername="postgresql+psycopg", database=name)
    return url.render_as_string(hide_password=False)


def connect(url: str) -> psycopg.Connection[tuple[object, ...]]:
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(plain, autocommit=True)


def keep_first_rows(url: str) -> None:
    """Copy every table of a PostgreSQL database into the schema ``first_rows``, and make a function there
    that puts them back: its statements are planned once, where as a text they were for each test."""
    with connect(url) as connection:
        connection.execute("CREATE SCHEMA first_rows")
        for (table,) in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"):
            name = sql.Identifier(str(table))
            connection.execute(sql.SQL("CREATE TABLE first_rows.{} AS TABLE public.{}").format(name, name))
        body = sql.Literal(statements_for_first_rows(connection).as_string(connection))
        connection.execute(
            sql.SQL("CREATE FUNCTION first_rows.put_back() RETURNS void LANGUAGE plpgsql AS {}").format(body)
        )


def statements_for_first_rows(connection: psycopg.Connection[tuple[object, ...]]) -> sql.Composed:
    """PL/pgSQL that empties every table, fills it as it was, and sets the sequences back."""
    parts: list[sql.Composable] = []
    for table, columns in connection.execute(
        """SELECT table_name, array_agg(column_name::text) FROM information_schema.columns
           WHERE table_schema = 'public' AND is_generated = 'NEVER'
             AND table_name IN (SELECT tablename FROM pg_tables WHERE schemaname = 'public')
           GROUP BY table_name"""
    ).fetchall():
        name = sql.Identifier(str(table))
        parts.append(sql.SQL("DELETE FROM public.{}").format(name))
        count = connection.execute(sql.SQL("SELECT count(*) FROM first_rows.{}").format(name)).fetchone()
        if count != (0,):
            names = sql.SQL(", ").join(map(sql.Identifier, columns))  # type: ignore[call-overload]
            parts.append(
                sql.SQL(
                    "INSERT INTO public.{} ({}) OVERRIDING SYSTEM VALUE SELECT {} FROM first_rows.{}"
                ).format(name, names, names, name)
            )
    for sequence, start, last in connection.execute(
        "SELECT sequencename, start_value, last_value FROM pg_sequences WHERE schemaname = 'public'"
    ).fetchall():
        parts.append(
            sql.SQL("PERFORM setval({}, {}, {})").format(
                sql.Literal(f"public.{sequence}"),
                sql.Literal(start if last is None else last),
                sql.Literal(last is not None),
            )
        )
    return sql.SQL("BEGIN {}; END").format(sql.SQL("; ").join(parts))
