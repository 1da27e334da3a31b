"""Background work on cards."""

from __future__ import annotations

from datetime import timedelta

from webapp.domain.cards.festivals import refresh_dates
from webapp.domain.jobs.registry import JobRun, handles


@handles("cards.refresh_dates", time_limit=120, every=timedelta(days=1))
def refresh(run: JobRun) -> None:
    """Fill in the days of festivals in the coming years, and correct what calendars know better now."""
    run.result = {"changed": refresh_dates(run.work)}
