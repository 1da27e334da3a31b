"""The change counters on PostgreSQL: one row, read on a few connections of their own."""

from __future__ import annotations

import time
import weakref
from queue import SimpleQueue
from typing import Any

import psycopg

from webapp.adapters.change_counter.generation import Generation
from webapp.adapters.postgresql import PromptConnection, connect
from webapp.kernel.db import answering_within
from webapp.kernel.errors import Unavailable

PATIENCE = 2.0
"""Seconds to wait for the row, which takes a thousandth of it."""
CONNECTIONS = 4
"""To the server at most, for all threads of a process."""
PAUSE = 2.0
"""Seconds for which a server that failed is not asked again: stylesheets are answered from memory then."""


class Watched:
    """A server that is asked small questions, and left alone for a while when it fails."""

    def __init__(self, conninfo: str) -> None:
        self.conninfo = conninfo
        self.asleep_until = 0.0
        self._places: SimpleQueue[PromptConnection | None] = SimpleQueue()
        for _ in range(CONNECTIONS):
            self._places.put(None)
        weakref.finalize(self, _close_all, self._places)

    def row(self, question: str) -> tuple[Any, ...] | None:
        """The first row of the answer. Raises Unavailable."""
        connection = self._places.get()
        try:
            now = time.monotonic()
            if now < self.asleep_until:
                raise Unavailable(code="database_unavailable")
            if self.asleep_until:  # one thread asks whether the server is back; the others do not wait for it
                self.asleep_until = now + PAUSE
            with answering_within(PATIENCE):
                connection = connection or self._connect()
                row = connection.execute(question).fetchone()
        except psycopg.Error as error:
            if connection is not None:
                connection.close()
                connection = None
            self.asleep_until = time.monotonic() + PAUSE
            raise Unavailable(code="database_unavailable") from error
        finally:
            self._places.put(connection)
        self.asleep_until = 0.0
        return row

    def _connect(self) -> PromptConnection:
        connection = connect(self.conninfo, autocommit=True)
        connection.prepare_threshold = 0
        return connection


def _close_all(places: SimpleQueue[PromptConnection | None]) -> None:
    while not places.empty():
        if connection := places.get():
            connection.close()


class PostgresqlChangeCounter:
    """Reads the row at each request, so that a change in another process is seen at once."""

    def __init__(self, server: Watched) -> None:
        self.server = server

    def __call__(self) -> int:
        row = self.server.row("SELECT changes FROM active_theme")
        return row[0] if row else 0


class PostgresqlContentCounter:
    """Counts every commit to the server, and the moments of schedules.

    A snapshot names the transactions that are over (PostgreSQL documentation, section 9.27.8): any
    commit that wrote makes another one.
    """

    NEXT_MOMENT = """
        SELECT extract(epoch FROM least(
            (SELECT min(publish_at) FROM content_entries WHERE publish_at > clock_timestamp()),
            (SELECT min(unpublish_at) FROM content_entries WHERE unpublish_at > clock_timestamp())
        ))::float8"""

    def __init__(self, server: Watched) -> None:
        self.server = server
        self.generation = Generation()

    def __call__(self) -> int:
        row = self.server.row("SELECT pg_current_snapshot()::text")
        return self.generation.of(row, self.next_moment)

    def next_moment(self) -> float | None:
        row = self.server.row(self.NEXT_MOMENT)
        return row[0] if row else None
