"""How many threads of a process work at a time, however many there are."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from math import inf
from threading import Lock, local
from time import monotonic

_thread = local()


class ConcurrencyLimit:
    """Lets ``at_once`` threads work at a time, in the order in which they came.

    Who has worked for ``longest`` seconds goes on, and does not count any more as soon as somebody waits: it
    may come to no end, or wait for what the one behind it holds. Without a number all count to their end.
    """

    def __init__(self, at_once: int, longest: float | None = None) -> None:
        self.at_once = at_once
        self.longest = longest
        self._lock = Lock()
        self._working: list[Turn] = []
        self._waiting: deque[Turn] = deque()

    @contextmanager
    def working(self) -> Iterator[None]:
        """Around the work of a thread, once it may begin."""
        outer = _turn()
        _thread.turn = self.take()
        try:
            yield
        finally:
            if turn := _turn():
                turn.end()
            _thread.turn = outer

    def take(self, patience: float | None = None) -> Turn | None:
        """One's turn, once it has come; None if it does not within ``patience`` seconds."""
        turn = Turn(self)
        with self._lock:
            if len(self._working) < self.at_once:
                self._begin(turn)
                return turn
            if patience == 0:
                return None
            self._waiting.append(turn)
        deadline = inf if patience is None else monotonic() + patience
        try:
            while not turn.has_come.acquire(timeout=self._until_next_look(deadline)):
                with self._lock:
                    if turn not in self._waiting:
                        return turn  # it came just now
                    if self._given_up_at() <= monotonic():
                        self._hand_over(self._working[0])
                    elif deadline <= monotonic():
                        self._waiting.remove(turn)
                        return None
        except BaseException:  # a job whose time is over
            with self._lock:
                if turn in self._waiting:
                    self._waiting.remove(turn)
            turn.end()
            raise
        return turn

    def _until_next_look(self, deadline: float) -> float:
        """Seconds to wait for one's turn, before somebody may have worked for too long; -1 without an end."""
        with self._lock:
            until = min(deadline, self._given_up_at())
        return -1 if until == inf else max(0.0, until - monotonic())

    def _given_up_at(self) -> float:
        return inf if self.longest is None or not self._working else self._working[0].began + self.longest

    def end(self, turn: Turn) -> bool:
        """End a turn, unless it has gone to somebody else; whether it had not."""
        with self._lock:
            counted = turn in self._working
            if counted:
                self._hand_over(turn)
            return counted

    def _hand_over(self, turn: Turn) -> None:
        self._working.remove(turn)
        if self._waiting:
            self._begin(self._waiting.popleft())

    def _begin(self, turn: Turn) -> None:
        turn.began = monotonic()
        self._working.append(turn)
        turn.has_come.release()


class Turn:
    """A thread's place among those that work."""

    def __init__(self, limit: ConcurrencyLimit) -> None:
        self.limit = limit
        self.began = 0.0
        self.has_come = Lock()
        self.has_come.acquire()

    def end(self) -> bool:
        """End it; whether it had not gone to somebody else."""
        return self.limit.end(self)


def _turn() -> Turn | None:
    """What this thread counts by; None where nothing limits it, or it does not count."""
    return getattr(_thread, "turn", None)


def stop_counting() -> ConcurrencyLimit | None:
    """Before a wait after which this thread must go on at once, as others wait for what it will hold: to the
    end of its work it does not count. Answers where it counted until now."""
    turn, _thread.turn = _turn(), None
    return turn.limit if turn and turn.end() else None


@contextmanager
def waiting() -> Iterator[None]:
    """Around what waits for a client, a browser or a service: meanwhile another thread works."""
    limit = stop_counting()
    try:
        yield
    finally:
        if limit:
            _thread.turn = limit.take()
