"""The change counter on PostgreSQL: one row read on a connection of its own for each thread."""

from __future__ import annotations

import time

import psycopg

from webapp.adapters.postgresql import PromptConnection, connect
from webapp.adapters.thread_connections import ThreadConnections
from webapp.kernel.db import answering_within
from webapp.kernel.errors import Unavailable

PATIENCE = 2.0
"""Seconds to wait for the row, which takes a thousandth of it."""
PAUSE = 2.0
"""Seconds for which a server that failed is not asked again: stylesheets are answered from memory then."""


class PostgresqlChangeCounter:
    """Reads the row at each request, so that a change in another process is seen at once."""

    def __init__(self, conninfo: str) -> None:
        self.conninfo = conninfo
        self.connections = ThreadConnections(self._connect)
        self.asleep_until = 0.0

    def __call__(self) -> int:
        now = time.monotonic()
        if now < self.asleep_until:
            raise Unavailable(code="database_unavailable")
        if self.asleep_until:  # one thread asks whether the server is back; the others do not wait for it
            self.asleep_until = now + PAUSE
        try:
            with answering_within(PATIENCE):
                row = self.connections.get().execute("SELECT changes FROM active_theme").fetchone()
        except psycopg.Error as error:
            self.connections.drop()
            self.asleep_until = time.monotonic() + PAUSE
            raise Unavailable(code="database_unavailable") from error
        self.asleep_until = 0.0
        return row[0] if row else 0

    def _connect(self) -> PromptConnection:
        connection = connect(self.conninfo, autocommit=True)
        connection.prepare_threshold = 0
        return connection
