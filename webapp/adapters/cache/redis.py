"""The cache in Redis, for all machines."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

from webapp.adapters.redis_client import Lossy
from webapp.kernel.cache_groups import CacheGroup
from webapp.kernel.errors import Unavailable
from webapp.metrics import count_cache

PREFIX = "rangoli:cache:"
STAMP_BYTES = 12
STAMP_LIFETIME = 7 * 24 * 60 * 60
"""Seconds; longer than any answer is kept."""
VALUE_MAX = 4 * 1024 * 1024


class RedisCache:
    """Each group has a random stamp, and each answer begins with the stamp its group had when it was made.

    To drop a group is to delete its stamp: whatever was made before, or is being made, matches no more.
    Redis may also lose stamps or answers by itself; then they are made again.
    """

    def __init__(self, url: str) -> None:
        self.redis = Lossy(url, "cache")
        self.owed: set[str] = set()
        """Groups that were to be dropped while Redis could not be reached."""

    def fetch(self, group: CacheGroup, member: str, make: Callable[[], bytes]) -> bytes:
        """What is kept, or what ``make`` answers; with Redis down always that."""
        stamp_key, key = f"{PREFIX}{group.name}", f"{PREFIX}{group.name}|{member}"
        self._pay()
        found: list[bytes | None] | None = (
            None if self.owed else self._ask(lambda: self.redis.client.mget(stamp_key, key))
        )
        if found is None:
            count_cache("unavailable")
            return make()
        stamp, kept = found
        if stamp and kept and kept.startswith(stamp):
            count_cache("hit")
            return kept[len(stamp) :]
        count_cache("miss")
        stamp = stamp or self._ask(lambda: self._new_stamp(stamp_key))
        value = make()
        if stamp and len(value) <= VALUE_MAX:
            self._ask(lambda: self.redis.client.set(key, stamp + value, ex=group.lifetime))
        return value

    def drop(self, *groups: CacheGroup) -> None:
        """Forget these groups everywhere; what cannot be done now is done as soon as Redis answers."""
        self.owed.update(f"{PREFIX}{group.name}" for group in groups)
        self._pay()

    def clear(self) -> None:
        """Delete all stamps and answers; while Redis is down, what it keeps stays for its lifetime."""
        self._ask(
            lambda: [self.redis.client.delete(key) for key in self.redis.client.scan_iter(f"{PREFIX}*")]
        )

    def check(self) -> str:
        """Raises Unavailable when Redis does not answer."""
        if not self._ask(self.redis.client.ping):
            raise Unavailable("Redis does not answer.")
        return "Redis"

    def _pay(self) -> None:
        owed = list(self.owed)
        if owed and self._ask(lambda: self.redis.client.delete(*owed)) is not None:
            self.owed.difference_update(owed)

    def _new_stamp(self, key: str) -> bytes | None:
        stamp = secrets.token_bytes(STAMP_BYTES)
        if self.redis.client.set(key, stamp, nx=True, ex=STAMP_LIFETIME):
            return stamp
        found: bytes | None = self._ask(lambda: self.redis.client.get(key))  # another process was first
        return found

    def _ask(self, question: Callable[[], Any]) -> Any:
        return self.redis.ask(question, otherwise=None)
