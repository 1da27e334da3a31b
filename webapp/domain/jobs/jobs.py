"""The queue's own housekeeping."""

from __future__ import annotations

from datetime import timedelta

from webapp.domain.jobs.registry import JobRun, handles
from webapp.domain.jobs.upkeep import purge as purge_jobs


@handles("jobs.purge", every=timedelta(hours=1))
def purge(run: JobRun) -> None:
    """Forget jobs that have been over for long."""
    purge_jobs(run.work)
