"""Counting the states in which published content is shown."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable


class Generation:
    """A number that goes up when the database is seen in another state, and when a scheduled moment comes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._number = 0
        self._seen: object = None
        self._until = -math.inf

    def of(self, seen: object, next_moment: Callable[[], float | None]) -> int:
        """The number of the present generation, in which the database looked like ``seen``.

        ``next_moment`` tells, as a Unix time, when something is shown or hidden without being written.
        """
        with self._lock:
            if seen != self._seen or time.time() >= self._until:
                until = next_moment()
                self._seen, self._until = seen, math.inf if until is None else until
                self._number += 1
            return self._number
