"""Rangoli with two kinds of job to measure with, for ``flask --app benchmarks.worker_app worker``."""

from __future__ import annotations

import time

from config import Settings
from webapp.app import create_app
from webapp.domain.jobs.registry import JobRun, handles


@handles("bench.nothing")
def nothing(run: JobRun) -> None:
    """Tell when it was run."""
    run.result = {"at": time.time()}


@handles("bench.busy", time_limit=3600)
def busy(run: JobRun) -> None:
    """Compute for as many seconds as are asked for."""
    end = time.monotonic() + run.payload["seconds"]
    while time.monotonic() < end:
        sum(number * number for number in range(1000))


app = create_app(Settings.from_env())
