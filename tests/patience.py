"""Waiting for what another thread or process does."""

from __future__ import annotations

import time
from collections.abc import Callable


def wait_until(condition: Callable[[], object], what: str = "", seconds: float = 10) -> None:
    """Ask ``condition`` again and again until it holds. Fails, and says ``what`` did not come, after that
    many seconds."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, what or "waited in vain"
        time.sleep(0.001)
