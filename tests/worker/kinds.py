"""Kinds of job for the tests of real workers."""

from __future__ import annotations

import time
from pathlib import Path

from webapp.domain.jobs.registry import JobRun, handles
from webapp.domain.settings.models import AppSetting

DEADLINE = 30.0


@handles("test.mark", time_limit=20)
def mark(run: JobRun) -> None:
    """Store a row that only one run can store; meanwhile say that it began, and wait where it is told to."""
    key = f"test_{run.payload['name']}"
    run.work.session.add(AppSetting(key=key, value="x", created_at=run.work.now, updated_at=run.work.now))
    run.work.session.flush()
    folder = Path(run.payload["folder"])
    begun = folder / f"{run.payload['name']}.begun"
    is_first = not begun.exists()
    begun.touch()
    if run.payload.get("waits") and is_first:
        wait_for(folder / f"{run.payload['name']}.go")


@handles("test.endless", time_limit=1, attempts=1)
def endless(run: JobRun) -> None:
    """Never end."""
    while True:
        time.sleep(0.05)


def wait_for(path: Path) -> None:
    deadline = time.monotonic() + DEADLINE
    while not path.exists():
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(0.02)
