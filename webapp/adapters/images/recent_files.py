"""Files that were read lately, kept in memory."""

from __future__ import annotations

import os
from collections import OrderedDict
from threading import Lock

SHARE = 8
"""A file of more than this part of the memory is read each time."""
TOUCHED = 3600.0
"""Seconds after which a file that is read is marked as read again."""


class RecentFiles:
    """The bytes of files that are replaced, never changed: at most ``limit``, the longest unused go first.

    Whether a file is still there is asked each time. Any thread may use it.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.size = 0
        """Bytes that are kept now."""
        self._lock = Lock()
        self._files: OrderedDict[str, tuple[tuple[int, int], bytes]] = OrderedDict()

    def read(self, path: str, now: float) -> bytes | None:
        """What the file holds, None if there is none; ``now`` becomes its time if that is long ago."""
        try:
            status = os.stat(path)
            if abs(now - status.st_mtime) > TOUCHED:
                os.utime(path, (now, now))
            state = (status.st_ino, status.st_size)
            with self._lock:
                kept = self._files.get(path)
                if kept is not None and kept[0] == state:
                    self._files.move_to_end(path)
                    return kept[1]
            with open(path, "rb") as file:
                data = file.read()
        except OSError:
            self._forget(path)
            return None
        self._keep(path, state, data)
        return data

    def _keep(self, path: str, state: tuple[int, int], data: bytes) -> None:
        with self._lock:
            self._drop(path)
            if len(data) > self.limit // SHARE:
                return
            self._files[path] = (state, data)
            self.size += len(data)
            while self.size > self.limit:
                self.size -= len(self._files.popitem(last=False)[1][1])

    def _forget(self, path: str) -> None:
        with self._lock:
            self._drop(path)

    def _drop(self, path: str) -> None:
        if (kept := self._files.pop(path, None)) is not None:
            self.size -= len(kept[1])
