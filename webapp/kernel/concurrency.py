"""How many requests a process works on at a time, however many it has taken in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore, local

RETURN = 0.25
"""Seconds after which somebody who waited goes on in any case: others may need what they hold."""

_thread = local()


class ConcurrencyLimit:
    """Lets ``at_once`` threads work at a time; to be entered around the work of each."""

    def __init__(self, at_once: int) -> None:
        self._free = BoundedSemaphore(at_once)

    def __enter__(self) -> None:
        self._free.acquire()
        _thread.limit = self

    def __exit__(self, *_: object) -> None:
        if _thread.limit is self:
            _thread.limit = None
            self._free.release()

    def enter_again(self) -> None:
        """The same after :func:`waiting`; past the limit where the others do not come to an end."""
        if self._free.acquire(timeout=RETURN):
            _thread.limit = self


@contextmanager
def waiting() -> Iterator[None]:
    """Around what waits for a client, a browser or a service: meanwhile another thread works."""
    limit: ConcurrencyLimit | None = getattr(_thread, "limit", None)
    if limit is None:  # a job, a command, or somebody around this waits already
        yield
        return
    limit.__exit__()
    try:
        yield
    finally:
        limit.enter_again()
