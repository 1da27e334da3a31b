"""What keeps the work going: schedules that exist, lost runs begun again, wake-ups sent again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import delete, or_, select

from webapp.domain.jobs.commands import wake_after_commit
from webapp.domain.jobs.models import Job, State, Worker
from webapp.domain.jobs.registry import TIME_LIMIT, find_kind, schedules
from webapp.domain.jobs.running import fail
from webapp.kernel.db import insert_missing
from webapp.kernel.work import Work

WAKE_AGAIN_AFTER = timedelta(seconds=60)
SWEEP_MAX = 200
SEEN_EVERY = timedelta(seconds=30)
KEPT_FOR = {
    State.DONE: timedelta(days=7),
    State.DISCARDED: timedelta(days=7),
    State.FAILED: timedelta(days=30),
}


def ensure_schedules(work: Work) -> None:
    """A row for each schedule of this version, and none for those of another."""
    names = {kind.name for kind in schedules()}
    work.session.execute(delete(Job).where(Job.recurring.is_(True), Job.key.not_in(names)))
    for name in sorted(names):
        row = Job(kind=name, key=name, payload={}, recurring=True, run_at=work.now, created_at=work.now)
        insert_missing(work.session, row, Job.key)


def sweep(work: Work, host: str, is_alive: Callable[[int], bool], *, all_due: bool = False) -> int:
    """Begin lost runs again and wake workers for what is due; answers how many wake-ups are sent.

    A run is lost when its lease is over, or its process on this ``host`` is no longer alive. A wake-up
    is sent again after a minute, or at once for ``all_due`` (a worker that has just started).
    """
    running = select(Job).where(Job.state == State.RUNNING).limit(SWEEP_MAX)
    for job in work.session.scalars(running.with_for_update(skip_locked=True)).all():
        if _is_lost(job, work, host, is_alive):
            fail(work, job, "The worker stopped in the middle of it.")
    work.session.flush()
    due = select(Job).where(Job.state == State.QUEUED, Job.run_at <= work.now)
    if not all_due:
        is_forgotten = or_(
            Job.woken_at.is_(None), Job.woken_at < Job.run_at, Job.woken_at < work.now - WAKE_AGAIN_AFTER
        )
        due = due.where(is_forgotten)
    statement = due.order_by(Job.run_at).limit(SWEEP_MAX).with_for_update(skip_locked=True)
    jobs = work.session.scalars(statement.execution_options(populate_existing=True)).all()
    for job in jobs:
        job.woken_at = work.now
        kind = find_kind(job.kind)
        wake_after_commit(work, job.id, kind.time_limit if kind else TIME_LIMIT)
    return len(jobs)


def note_worker(work: Work, name: str) -> None:
    """Write down that a worker is there, twice a minute at most."""
    worker = work.session.get(Worker, name)
    if worker is None:
        work.session.merge(Worker(name=name, seen_at=work.now))
    elif worker.seen_at < work.now - SEEN_EVERY:
        worker.seen_at = work.now
    work.session.flush()


def purge(work: Work) -> int:
    """Forget jobs that have been over for long, and workers that are gone; answers how many jobs."""
    work.session.execute(delete(Worker).where(Worker.seen_at < work.now - timedelta(days=1)))
    is_old = or_(
        *((Job.state == state) & (Job.finished_at < work.now - age) for state, age in KEPT_FOR.items())
    )
    result = work.session.execute(delete(Job).where(Job.recurring.is_(False), is_old))
    return int(result.rowcount)  # type: ignore[attr-defined]


def _is_lost(job: Job, work: Work, host: str, is_alive: Callable[[int], bool]) -> bool:
    if job.leased_until is None or job.leased_until < work.now:
        return True
    its_host, _, pid = (job.worker or "").rpartition(":")
    return its_host == host and pid.isdigit() and not is_alive(int(pid))
