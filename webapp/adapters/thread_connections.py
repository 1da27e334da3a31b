"""Connections that each thread has of its own, outside the application's pool."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar


class Closable(Protocol):
    def close(self) -> None: ...


Connection = TypeVar("Connection", bound=Closable)


class _Life:
    """Something that ends with its thread."""


class ThreadConnections(Generic[Connection]):
    """One connection for each thread, opened when it is first asked for and closed when the thread ends."""

    def __init__(self, connect: Callable[[], Connection]) -> None:
        self.connect = connect
        self.local = threading.local()

    def get(self) -> Connection:
        """This thread's connection."""
        connection: Connection | None = getattr(self.local, "connection", None)
        if connection is None:
            connection = self.local.connection = self.connect()
            self.local.life = _Life()
            weakref.finalize(self.local.life, connection.close)
        return connection

    def drop(self) -> None:
        """Close this thread's connection; the next :meth:`get` opens another."""
        self.local.__dict__.clear()
