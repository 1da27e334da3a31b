"""How many threads of a process work at a time, however many there are."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from threading import Lock, local

_thread = local()


class Turns:
    """``at_once`` threads at a time have a turn, in the order in which they came."""

    def __init__(self, at_once: int) -> None:
        self._lock = Lock()
        self._free = at_once
        self._waiting: deque[Lock] = deque()

    def take(self, patience: float | None = None) -> bool:
        """Wait for one's turn, ``patience`` seconds or as long as it takes; whether it came."""
        with self._lock:
            if self._free:
                self._free -= 1
                return True
            if patience == 0:
                return False
            turn = Lock()
            turn.acquire()
            self._waiting.append(turn)
        if turn.acquire(timeout=-1 if patience is None else patience):
            return True
        with self._lock:
            if turn in self._waiting:
                self._waiting.remove(turn)
                return False
        return True  # it came just now

    def leave(self) -> None:
        """End one's turn."""
        with self._lock:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._free += 1


class ConcurrencyLimit:
    """Lets ``at_once`` threads work at a time, in the order in which they came.

    Who has waited ``patience`` seconds goes on in any case, and does not count: those who work may come to no
    end, or wait for what this thread holds. Without a number nobody does.
    """

    def __init__(self, at_once: int, patience: float | None = None) -> None:
        self.patience = patience
        self._turns = Turns(at_once)

    @contextmanager
    def working(self) -> Iterator[None]:
        """Around the work of a thread, once it may begin."""
        outer = _limit()
        _thread.limit = self if self._turns.take(self.patience) else None
        try:
            yield
        finally:
            if _limit() is self:
                self._turns.leave()
            _thread.limit = outer

    @contextmanager
    def left(self) -> Iterator[None]:
        """Around what does not count as work, in a thread that does count."""
        self.leave()
        try:
            yield
        finally:
            _thread.limit = self if self._turns.take(self.patience) else None

    def leave(self) -> None:
        """What this thread does from here on does not count."""
        _thread.limit = None
        self._turns.leave()


def _limit() -> ConcurrencyLimit | None:
    """The limit that this thread counts under; None where there is none, or it was left."""
    return getattr(_thread, "limit", None)


@contextmanager
def waiting() -> Iterator[None]:
    """Around what waits for a client, a browser or a service: meanwhile another thread works."""
    limit = _limit()
    with limit.left() if limit else nullcontext():
        yield


def stop_counting() -> None:
    """Before a wait for what others hold, after which this thread must go on at once: to the end of its work
    it does not count."""
    if limit := _limit():
        limit.leave()
