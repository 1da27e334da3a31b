"""What content does by itself: write down what schedules have brought about, empty the trash."""

from __future__ import annotations

from datetime import timedelta

from webapp.domain.content import item_history, trash
from webapp.domain.content.publication import SCHEDULED_MAX, settle_due
from webapp.domain.jobs.registry import JobRun, handles


@handles("content.settle_due", every=timedelta(minutes=1))
def settle(run: JobRun) -> None:
    """Settle every entry whose time has come, some at once."""
    settled = 0
    while found := settle_due(run.work):
        settled += found
        run.result = {"settled": settled}
        if found < SCHEDULED_MAX:
            return
        run.step()


@handles("content.empty_trash", every=timedelta(days=1))
def empty_trash(run: JobRun) -> None:
    """Delete what has been in the trash for longer than it is kept."""
    run.result = {"deleted": trash.empty_expired(run.work) + item_history.empty_expired(run.work)}
