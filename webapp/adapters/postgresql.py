"""Connections to PostgreSQL that give up on a server that does not answer."""

from __future__ import annotations

import time
from typing import Any, TypeVar

import psycopg
from psycopg import errors
from psycopg.abc import PQGen
from psycopg.rows import TupleRow
from sqlalchemy import Engine, event
from sqlalchemy.exc import InvalidatePoolError

from webapp.kernel.db import patience

CONNECT_TIMEOUT = 3
"""Seconds for making a connection, sign-in included."""
KEEPALIVE = {
    "tcp_user_timeout": 10_000,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
}
"""How libpq notices a host that is gone (PostgreSQL documentation, section 34.1.2)."""

IDLE = 1.0
"""Seconds after which a pooled connection is asked whether it still works before it is used again."""

T = TypeVar("T")


class PromptConnection(psycopg.Connection[TupleRow]):
    """A connection that is closed when the server is silent for longer than :func:`patience` allows.

    A stopped server or a broken network keeps a connection open without an answer; libpq has no time
    limit for that.
    """

    def wait(self, gen: PQGen[T], interval: float = 0.1, timeout: float | None = None) -> T:
        limit = patience() if timeout is None else timeout
        try:
            return super().wait(gen, interval, limit)
        except errors._WaitTimeout as error:
            if timeout is not None:
                raise
            self.pgconn.finish()
            raise psycopg.OperationalError(f"no answer within {limit} seconds") from error


def connect(*conninfo: str, **options: Any) -> PromptConnection:
    """Such a connection, to where ``conninfo`` and ``options`` say."""
    options = {"connect_timeout": CONNECT_TIMEOUT, **KEEPALIVE, **options}
    return PromptConnection.connect(*conninfo, **options)


def connect_promptly(engine: Engine) -> None:
    """Let an engine on PostgreSQL use such connections, and look at those that were idle.

    SQLAlchemy's ``pool_pre_ping`` asks each time, which is a quarter of what a small request asks at all.
    """

    @event.listens_for(engine, "do_connect")
    def _connect(_dialect: Any, _record: Any, arguments: Any, options: Any) -> PromptConnection:
        return connect(*arguments, **options)

    @event.listens_for(engine, "checkin")
    def _leave(_connection: Any, record: Any) -> None:
        record.info["left_at"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def _look(connection: Any, record: Any, _proxy: Any) -> None:
        if time.monotonic() - record.info.get("left_at", time.monotonic()) < IDLE:
            return
        try:
            engine.dialect.do_ping(connection)
        except psycopg.Error as error:
            raise InvalidatePoolError from error
