"""Hits counted for one machine, in a small SQLite file that its processes share."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from limits.storage import Storage
from limits.storage.base import MovingWindowSupport

from webapp.adapters.thread_connections import ThreadConnections

TABLES = """
CREATE TABLE IF NOT EXISTS hits (key TEXT NOT NULL, at REAL NOT NULL, expires REAL NOT NULL);
CREATE INDEX IF NOT EXISTS hits_key ON hits (key, at);
CREATE INDEX IF NOT EXISTS hits_expires ON hits (expires);
"""

COUNT = "SELECT min(at), count(*) FROM hits WHERE key = ? AND at > ?"


class MachineStorage(Storage, MovingWindowSupport):
    """Moving windows in a file. It need not outlive the machine, so nothing waits for the disk; hits are
    deleted when they are too old to count, and with them the addresses they came from."""

    STORAGE_SCHEME = ["machine"]
    base_exceptions = sqlite3.Error

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path
        self.connections = ThreadConnections(self._connect)

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, timeout=1, isolation_level=None, check_same_thread=False)
        connection.executescript(
            f"PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; PRAGMA secure_delete=ON; {TABLES}"
        )
        return connection

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        """This thread's connection; one that failed is not used again."""
        try:
            yield self.connections.get()
        except sqlite3.Error:
            self.connections.drop()
            raise

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Count ``amount`` hits unless they would exceed ``limit`` in the last ``expiry`` seconds."""
        now = time.time()
        hits = [(key, now, now + expiry)] * amount
        with self._connection() as connection:
            connection.execute("BEGIN IMMEDIATE")
            with connection:
                connection.execute("DELETE FROM hits WHERE expires <= ?", [now])
                used: int = connection.execute(COUNT, [key, now - expiry]).fetchone()[1]
                if used + amount <= limit:
                    connection.executemany("INSERT INTO hits VALUES (?, ?, ?)", hits)
        return used + amount <= limit

    def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:
        """When the oldest hit that counts was, and how many count."""
        now = time.time()
        with self._connection() as connection:
            oldest, used = connection.execute(COUNT, [key, now - expiry]).fetchone()
        return (now if oldest is None else oldest), used

    def check(self) -> bool:
        """Whether the file can be written."""
        try:
            with self._connection() as connection:
                connection.execute("BEGIN IMMEDIATE").execute("ROLLBACK")
        except sqlite3.Error:
            return False
        return True

    def reset(self) -> int:
        """Forget every hit and answer how many there were."""
        with self._connection() as connection:
            return connection.execute("DELETE FROM hits").rowcount

    def clear(self, key: str) -> None:
        with self._connection() as connection:
            connection.execute("DELETE FROM hits WHERE key = ?", [key])

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        raise NotImplementedError("moving windows only")

    def get(self, key: str) -> int:
        raise NotImplementedError("moving windows only")

    def get_expiry(self, key: str) -> float:
        raise NotImplementedError("moving windows only")
