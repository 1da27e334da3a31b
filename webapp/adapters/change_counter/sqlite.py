"""The change counters on SQLite: ``PRAGMA data_version`` tells without a query that nothing was written."""

from __future__ import annotations

import sqlite3
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from webapp.adapters.change_counter.generation import Generation
from webapp.adapters.thread_connections import ThreadConnections
from webapp.kernel.errors import Unavailable


@dataclass(slots=True)
class Watch:
    """A read-only connection, and what it saw last."""

    connection: sqlite3.Connection
    data_version: int | None = None
    changes: int = 0

    def read(self) -> int:
        (data_version,) = self.connection.execute("PRAGMA data_version").fetchone()
        if data_version != self.data_version:
            row = self.connection.execute("SELECT changes FROM active_theme").fetchone()
            self.changes = row[0] if row else 0
            self.data_version = data_version
        return self.changes

    def close(self) -> None:
        self.connection.close()


class SqliteChangeCounter:
    """One connection of its own for each thread, since ``data_version`` speaks of *other* connections.

    The pragma (https://sqlite.org/pragma.html#pragma_data_version) changes with any commit to the file;
    only then is the row read.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self.watches = ThreadConnections(self._open)

    def __call__(self) -> int:
        try:
            return self.watches.get().read()
        except sqlite3.Error as error:
            self.watches.drop()
            raise Unavailable(code="database_unavailable") from error

    def _open(self) -> Watch:
        return Watch(connect(self.path))


class SqliteContentCounter:
    """Counts every commit to the file, and the moments of schedules.

    All threads share a connection, as what ``data_version`` answers one says nothing of another's.
    """

    NEXT_MOMENT = """
        SELECT min(moment) FROM (
            SELECT min(publish_at) AS moment FROM content_entries WHERE publish_at > :now
            UNION ALL SELECT min(unpublish_at) FROM content_entries WHERE unpublish_at > :now
        )"""

    def __init__(self, path: str) -> None:
        self.path = path
        self.lock = threading.Lock()
        self.connection: sqlite3.Connection | None = None
        self.generation = Generation()

    def __call__(self) -> int:
        with self.lock:
            try:
                if self.connection is None:
                    self.connection = connect(self.path)
                (data_version,) = self.connection.execute("PRAGMA data_version").fetchone()
                return self.generation.of(data_version, self.next_moment)
            except sqlite3.Error as error:
                self.connection, self.generation = None, Generation()
                raise Unavailable(code="database_unavailable") from error

    def next_moment(self) -> float | None:
        assert self.connection is not None
        now = datetime.now(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
        (moment,) = self.connection.execute(self.NEXT_MOMENT, {"now": now}).fetchone()
        return moment and datetime.fromisoformat(moment).replace(tzinfo=UTC).timestamp()


def connect(path: str) -> sqlite3.Connection:
    """A connection that only reads."""
    uri = f"{Path(path).absolute().as_uri()}?mode=ro"
    return sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)
