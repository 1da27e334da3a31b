"""The change counter on SQLite: ``PRAGMA data_version`` tells without a query that nothing was written."""

from __future__ import annotations

import sqlite3
import threading

from webapp.kernel.errors import Unavailable


class SqliteChangeCounter:
    """One connection of its own for each thread, since ``data_version`` speaks of *other* connections.

    The pragma (https://sqlite.org/pragma.html#pragma_data_version) changes with any commit to the file;
    only then is the row read.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self.local = threading.local()

    def __call__(self) -> int:
        try:
            return self._count()
        except sqlite3.Error as error:
            self.local.connection = None
            raise Unavailable(code="database_unavailable") from error

    def _count(self) -> int:
        connection: sqlite3.Connection | None = getattr(self.local, "connection", None)
        if connection is None:
            uri = f"file:{self.path}?mode=ro"
            connection = self.local.connection = sqlite3.connect(uri, uri=True, isolation_level=None)
            self.local.data_version = None
        (data_version,) = connection.execute("PRAGMA data_version").fetchone()
        if data_version != self.local.data_version:
            row = connection.execute("SELECT changes FROM active_theme").fetchone()
            self.local.changes = row[0] if row else 0
            self.local.data_version = data_version
        changes: int = self.local.changes
        return changes
