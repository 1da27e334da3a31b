"""Housekeeping of kept answers."""

from __future__ import annotations

from datetime import timedelta

from webapp.domain.idempotency.commands import forget_answers
from webapp.domain.jobs.registry import JobRun, handles


@handles("idempotency.forget_answers", every=timedelta(hours=1))
def forget(run: JobRun) -> None:
    """Forget answers that were kept for long enough."""
    forget_answers(run.work)
