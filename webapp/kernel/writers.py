"""Who writes next to a SQLite database, which lets in one at a time and knows no order."""

from __future__ import annotations

import fcntl
import os
from random import random
from time import monotonic, sleep
from weakref import WeakSet

from webapp.kernel.concurrency import ConcurrencyLimit, Turn, stop_counting

PAUSE = 0.0005
"""Seconds at most between two looks whether another process writes."""


class Writers:
    """Lets one connection write at a time: those of this process in the order in which they came.

    SQLite's own waiting sleeps longer and longer, up to 100 ms, while others take its lock: four writers at
    once wait more than they write. So processes lock a file beside the database first, which costs less to
    ask than SQLite, and ask often. SQLite's lock still decides: other programs know nothing of the file, and
    where none can be locked it has to do.
    """

    def __init__(self, database: str | None) -> None:
        self._path = f"{database}-lock" if database and database != ":memory:" else None
        self._begin_anew()
        _all.add(self)

    def _begin_anew(self) -> None:
        self._limit = ConcurrencyLimit(1)
        self._turn: Turn | None = None
        self._file: int | None = None

    def take_turn(self, patience: float) -> bool:
        """Wait until one may write; whether that came within ``patience`` seconds.

        Whoever has to wait does not count as working any more: others of the process go on meanwhile, and
        nobody waits for them with the lock in hand.
        """
        deadline = monotonic() + patience
        turn = self._limit.take(patience=0)
        if turn is None:
            stop_counting()
            turn = self._limit.take(patience)
        if turn is None:
            return False
        try:
            while self._is_held_elsewhere():
                if monotonic() > deadline:
                    turn.end()
                    return False
                stop_counting()
                sleep(random() * PAUSE)  # noqa: S311  nothing is secret about it
        except BaseException:  # a job whose time is over
            self._unlock()
            turn.end()
            raise
        self._turn = turn
        return True

    def end_turn(self) -> None:
        """Let the next one write."""
        self._unlock()
        turn, self._turn = self._turn, None
        if turn:
            turn.end()

    def _is_held_elsewhere(self) -> bool:
        """Whether another process has locked the file; if not, this one has."""
        try:
            if self._file is None and self._path:
                self._file = os.open(self._path, os.O_CREAT | os.O_RDONLY | os.O_CLOEXEC, 0o644)
            if self._file is not None:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        except OSError:
            self._go_without_file()
        return False

    def _unlock(self) -> None:
        if self._file is not None:
            try:
                fcntl.flock(self._file, fcntl.LOCK_UN)
            except OSError:
                self._go_without_file()

    def _go_without_file(self) -> None:
        if self._file is not None:
            os.close(self._file)
        self._file = self._path = None


_all: WeakSet[Writers] = WeakSet()


def _begin_anew_in_a_fork() -> None:
    """A process and its forks have a locked file together, and nobody here ends a turn of the parent."""
    for writers in _all:
        writers._begin_anew()


os.register_at_fork(after_in_child=_begin_anew_in_a_fork)
