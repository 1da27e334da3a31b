"""How SQLite is used: durable, one writer after the other, as briefly as can be."""

from __future__ import annotations

import os
import sqlite3
from contextlib import suppress
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.engine import Connection

from webapp.kernel.concurrency import stop_counting
from webapp.kernel.db import all_matches, is_reading
from webapp.kernel.writers import Writers

BUSY_TIMEOUT = 15_000
"""Milliseconds to wait for SQLite's lock."""


class SqliteConnection(sqlite3.Connection):
    """A connection whose commits are on the disk when they return, and let the next writer in before.

    With ``synchronous=FULL`` SQLite holds its lock until the disk has confirmed a commit. Here it is
    ``NORMAL``, and the write-ahead log is synced once the lock is free: the disk confirms one commit while
    the next is being written. Before a checkpoint SQLite syncs the log itself, so that a commit is either in
    the log that is synced here or in the database already (https://sqlite.org/wal.html).
    """

    log_path: str | None = None
    """Where the write-ahead log is; None for a database that has none, which SQLite syncs itself."""
    writes = False
    """Whether the present transaction may write."""
    writers: Writers | None = None
    """Those among whom it is this connection's turn."""

    def commit(self) -> None:
        """End the transaction, then wait for the disk. Raises sqlite3.OperationalError if that fails."""
        try:
            super().commit()
        except sqlite3.Error:
            self.rollback()
            raise
        self.let_others_write()
        if self.writes and self.log_path:
            stop_counting()
            _sync(self.log_path)

    def rollback(self) -> None:
        super().rollback()
        self.let_others_write()

    def close(self) -> None:
        super().close()
        self.let_others_write()

    def let_others_write(self) -> None:
        """End this connection's turn, if it has one."""
        if self.writers:
            self.writers.end_turn()
            self.writers = None


def _sync(path: str) -> None:
    try:
        log = os.open(path, os.O_RDWR)  # the log is not among the files whose locks end with any close
    except FileNotFoundError:  # the database left the mode with a log, and thereby took all of it over
        return
    try:
        getattr(os, "fdatasync", os.fsync)(log)
    except OSError as error:
        raise sqlite3.OperationalError(f"disk I/O error: {error.strerror}") from error
    finally:
        os.close(log)


def _of(connection: Connection) -> SqliteConnection:
    database = connection.connection.dbapi_connection
    assert isinstance(database, SqliteConnection)
    return database


def _begin_writing(connection: Connection, writers: Writers) -> None:
    """Begin a transaction that may write, once nobody else does."""
    database = _of(connection)
    if writers.take_turn(BUSY_TIMEOUT / 1000):
        database.writers = writers
        with suppress(sqlite3.OperationalError):
            database.execute("BEGIN IMMEDIATE")
            return
    database.execute("PRAGMA busy_timeout=0")  # it has been waited for
    try:
        connection.exec_driver_sql("BEGIN IMMEDIATE")  # fails as every statement does
    except BaseException:
        database.let_others_write()
        raise
    finally:
        database.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT}")


def prepare_engine(engine: Engine) -> None:
    """Give a new engine the durability and isolation that Rangoli relies on; one of PostgreSQL has them.

    Commits are on the disk (:class:`SqliteConnection`), foreign keys are checked, and every transaction that
    may write begins with ``BEGIN IMMEDIATE``, since a deferred one that reads and then writes fails under
    load. The driver's own transaction control is off (``isolation_level``) so that savepoints work. What is
    deleted is overwritten with zeros.
    """
    if engine.dialect.name != "sqlite":
        return

    writers = Writers(engine.url.database)

    @event.listens_for(engine, "do_connect")
    def _choose(_dialect: Any, _record: Any, _arguments: Any, parameters: dict[str, Any]) -> None:
        parameters["factory"] = SqliteConnection

    @event.listens_for(engine, "connect")
    def _connect(connection: SqliteConnection, _record: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        has_log = cursor.execute("PRAGMA journal_mode=WAL").fetchone()[0] == "wal"
        if has_log:
            connection.log_path = cursor.execute("PRAGMA database_list").fetchone()[2] + "-wal"
        for pragma in (
            f"synchronous={'NORMAL' if has_log else 'FULL'}",
            "foreign_keys=ON",
            "secure_delete=ON",
            f"busy_timeout={BUSY_TIMEOUT}",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()
        connection.create_function("all_matches", 2, all_matches, deterministic=True)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        database = _of(connection)
        database.writes = not is_reading()
        if database.writes:
            _begin_writing(connection, writers)
        else:
            database.execute("BEGIN")
