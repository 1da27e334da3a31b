"""The change counter on PostgreSQL: one row read on a connection of its own for each thread."""

from __future__ import annotations

import threading

import psycopg

from webapp.kernel.errors import Unavailable


class PostgresqlChangeCounter:
    """Reads the row at each request, so that a change in another process is seen at once."""

    def __init__(self, conninfo: str) -> None:
        self.conninfo = conninfo
        self.local = threading.local()

    def __call__(self) -> int:
        try:
            return self._count()
        except psycopg.Error as error:
            self.local.connection = None
            raise Unavailable(code="database_unavailable") from error

    def _count(self) -> int:
        connection: psycopg.Connection[tuple[int]] | None = getattr(self.local, "connection", None)
        if connection is None or connection.closed:
            connection = psycopg.connect(self.conninfo, autocommit=True, connect_timeout=5)
            connection.prepare_threshold = 0
            self.local.connection = connection
        row = connection.execute("SELECT changes FROM active_theme").fetchone()
        return row[0] if row else 0
