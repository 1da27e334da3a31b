"""The change counter on PostgreSQL: one row read on a connection of its own for each thread."""

from __future__ import annotations

import psycopg

from webapp.adapters.thread_connections import ThreadConnections
from webapp.kernel.errors import Unavailable


class PostgresqlChangeCounter:
    """Reads the row at each request, so that a change in another process is seen at once."""

    def __init__(self, conninfo: str) -> None:
        self.conninfo = conninfo
        self.connections = ThreadConnections(self._connect)

    def __call__(self) -> int:
        try:
            row = self.connections.get().execute("SELECT changes FROM active_theme").fetchone()
        except psycopg.Error as error:
            self.connections.drop()
            raise Unavailable(code="database_unavailable") from error
        return row[0] if row else 0

    def _connect(self) -> psycopg.Connection[tuple[int]]:
        connection = psycopg.connect(self.conninfo, autocommit=True, connect_timeout=5)
        connection.prepare_threshold = 0
        return connection
