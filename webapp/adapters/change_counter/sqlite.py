"""The change counter on SQLite: ``PRAGMA data_version`` tells without a query that nothing was written."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from pathlib import Path

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
        self.uri = f"{Path(path).absolute().as_uri()}?mode=ro"
        self.watches = ThreadConnections(self._open)

    def __call__(self) -> int:
        try:
            return self.watches.get().read()
        except sqlite3.Error as error:
            self.watches.drop()
            raise Unavailable(code="database_unavailable") from error

    def _open(self) -> Watch:
        connection = sqlite3.connect(self.uri, uri=True, isolation_level=None, check_same_thread=False)
        return Watch(connection)
