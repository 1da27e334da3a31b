"""Keeping a web process on one processor.

Python computes in one thread at a time, and a thread whose turn has come may wake on another processor than
the one that has at hand what all of them work on. A third of the time of small requests goes there (ADR 11).
"""

from __future__ import annotations

import fcntl
import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socket import gethostname

_allowed: set[int] = set()
"""The processors that this process may use; empty where it was not kept on one of them."""


def stay_on_one(folder: Path) -> int | None:
    """Keep this thread, and those that it starts, on a processor that no other process has taken in
    ``folder``. It is taken until this process ends.

    Answers which one; None where all are taken, where there is but one, or where the system cannot do it.
    """
    allowed = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else set()
    if len(allowed) < 2:
        return None
    numbers = sorted(allowed)
    first = zlib.crc32(gethostname().encode()) % len(numbers)  # containers do not see each other's files
    for number in numbers[first:] + numbers[:first]:
        if _take(folder / f"rangoli-processor-{os.getuid()}-{number}"):
            os.sched_setaffinity(0, {number})
            _allowed.update(allowed)
            return number
    return None


@contextmanager
def on_any() -> Iterator[None]:
    """Around the start of another process, which may use all processors."""
    if not _allowed:
        yield
        return
    mine = os.sched_getaffinity(0)
    os.sched_setaffinity(0, _allowed)
    try:
        yield
    finally:
        os.sched_setaffinity(0, mine)


def _take(path: Path) -> bool:
    try:
        handle = os.open(path, os.O_CREAT | os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except OSError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        return False
    return True  # the lock ends with the process
