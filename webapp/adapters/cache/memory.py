"""The cache in each process's memory, whose drops all processes of a machine notice."""

from __future__ import annotations

import fcntl
import mmap
import os
import struct
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path

from webapp.kernel.cache_groups import CacheGroup
from webapp.metrics import count_cache

BYTES_MAX = 32 * 1024 * 1024
"""Bytes of all answers kept in one process; the longest unused go first."""
SHARE_MAX = 8
"""An answer that would take more than this part of it is not kept."""
NUMBER = struct.Struct("q")


class DropCounter:
    """A number in a file, mapped into every process, that rises with each drop in any of them."""

    def __init__(self, path: Path) -> None:
        self.file = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
        os.ftruncate(self.file, NUMBER.size)
        self.memory = mmap.mmap(self.file, NUMBER.size)

    def read(self) -> int:
        return int(NUMBER.unpack_from(self.memory)[0])

    def rise(self) -> int:
        """Add one and answer the number before."""
        fcntl.flock(self.file, fcntl.LOCK_EX)
        try:
            before = self.read()
            self.memory[:] = NUMBER.pack(before + 1)
        finally:
            fcntl.flock(self.file, fcntl.LOCK_UN)
        return before


class MemoryCache:
    """A process that sees another's drop forgets all it has: drops are rare, and this is always right."""

    def __init__(self, counter: Path, bytes_max: int = BYTES_MAX) -> None:
        self.counter_path = counter
        self.bytes_max = bytes_max
        self.lock = threading.Lock()
        self.kept: OrderedDict[tuple[str, str], tuple[float, bytes]] = OrderedDict()
        self.size = 0
        self.seen = 0
        self._drops: DropCounter | None = None

    def fetch(self, group: CacheGroup, member: str, make: Callable[[], bytes]) -> bytes:
        """What is kept, or what ``make`` answers."""
        key = (group.name, member)
        with self.lock:
            self._catch_up()
            seen = self.seen
            expires, value = self.kept.get(key, (0.0, None))
            if value is not None and expires > time.monotonic():
                self.kept.move_to_end(key)
                count_cache("hit")
                return value
        count_cache("miss")
        value = make()
        with self.lock:
            self._catch_up()
            if self.seen == seen:
                self._keep(key, time.monotonic() + group.lifetime, value)
        return value

    def drop(self, *groups: CacheGroup) -> None:
        """Forget these groups here, and everything in the other processes."""
        names = {group.name for group in groups}
        with self.lock:
            before = self.drops.rise()
            for key in [key for key in self.kept if key[0] in names or before != self.seen]:
                self._forget(key)
            self.seen = before + 1

    def clear(self) -> None:
        """Forget everything here and in the other processes."""
        with self.lock:
            self.drops.rise()
            self._catch_up()

    def check(self) -> str:
        return "in each process"

    @property
    def drops(self) -> DropCounter:
        if self._drops is None:
            self._drops = DropCounter(self.counter_path)
            self.seen = self._drops.read()
        return self._drops

    def _catch_up(self) -> None:
        if (number := self.drops.read()) != self.seen:
            self.kept.clear()
            self.size, self.seen = 0, number

    def _keep(self, key: tuple[str, str], expires: float, value: bytes) -> None:
        if len(value) * SHARE_MAX > self.bytes_max:
            return
        self._forget(key)
        self.kept[key] = (expires, value)
        self.size += len(value)
        while self.size > self.bytes_max:
            self._forget(next(iter(self.kept)))

    def _forget(self, key: tuple[str, str]) -> None:
        if (found := self.kept.pop(key, None)) is not None:
            self.size -= len(found[1])
