"""How many requests a process works on at a time, however many it has taken in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from queue import Empty, SimpleQueue
from threading import local

RETURN = 0.25
"""Seconds after which somebody who waited goes on in any case: others may need what they hold."""

_thread = local()


class ConcurrencyLimit:
    """Lets ``at_once`` threads work at a time."""

    def __init__(self, at_once: int) -> None:
        self._free: SimpleQueue[None] = SimpleQueue()  # written in C, where a semaphore is not
        for _ in range(at_once):
            self._free.put(None)

    @contextmanager
    def working(self) -> Iterator[None]:
        """Around the work of a thread, once it may begin."""
        outer = _limit()
        self._free.get()
        _thread.limit = self
        try:
            yield
        finally:
            if _limit() is self:
                self._free.put(None)
            _thread.limit = outer

    @contextmanager
    def left(self) -> Iterator[None]:
        """Around what does not count as work. Who comes back is let past where the others come to no end."""
        _thread.limit = None
        self._free.put(None)
        try:
            yield
        finally:
            with suppress(Empty):
                self._free.get(timeout=RETURN)
                _thread.limit = self


def _limit() -> ConcurrencyLimit | None:
    """The limit that this thread works under; None where there is none, or it was left."""
    return getattr(_thread, "limit", None)


@contextmanager
def waiting() -> Iterator[None]:
    """Around what waits for a client, a browser or a service: meanwhile another thread works."""
    limit = _limit()
    with limit.left() if limit else nullcontext():
        yield
