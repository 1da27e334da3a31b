"""Hits counted on this machine always, and in Redis for all machines while it answers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from limits.storage import RedisStorage

from webapp.adapters.limits.machine import MachineStorage

if TYPE_CHECKING:
    from webapp.adapters.redis_client import Lossy


class SharedStorage(MachineStorage):
    """A hit is allowed if neither count refuses it.

    So a Redis that is lost, comes back empty or is slow gives nobody more tries at this machine.
    """

    STORAGE_SCHEME = ["rangoli"]

    def __init__(self, uri: str, *, path: str, redis_url: str | None = None) -> None:
        super().__init__(Path(path))
        self.redis: Lossy | None = None
        if redis_url:
            from webapp.adapters.redis_client import Lossy  # its library takes its time to load

            self.redis = Lossy(redis_url, "limits")
            self.everywhere = RedisStorage(redis_url, connection_pool=self.redis.pool)

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Count here and there unless it would exceed ``limit`` in the last ``expiry`` seconds."""
        is_allowed = self.redis is None or self.redis.ask(
            lambda: self.everywhere.acquire_entry(key, limit, expiry, amount), otherwise=True
        )
        return is_allowed and super().acquire_entry(key, limit, expiry, amount)

    def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:
        """The fuller of the two windows."""
        here = super().get_moving_window(key, limit, expiry)
        if self.redis is None:
            return here
        there = self.redis.ask(lambda: self.everywhere.get_moving_window(key, limit, expiry), otherwise=here)
        return max(here, there, key=lambda window: window[1])
