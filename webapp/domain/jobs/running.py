"""What a worker does with a job: take it, keep it, end it, or let it be tried again.

The fence is ``attempts``: every statement of a run names the number it was given when it took the job,
so that a run which was taken for lost can write nothing any more.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import update

from webapp.domain.jobs.models import REASON_MAX, Job, State
from webapp.domain.jobs.registry import JobKind, find_kind
from webapp.kernel.work import Work

LEASE_MARGIN = timedelta(seconds=20)
"""How much longer than its time limit a run keeps its job, so that an orderly end comes first."""
CLOCK_SKEW = timedelta(seconds=5)
"""How much earlier than due a job may be taken, since machines' clocks differ."""
BACKOFF_MAX = timedelta(hours=1)
UNKNOWN_KIND = "Nothing here handles this kind of job."


class Lost(Exception):
    """This run has no longer the job: it was discarded, or taken for lost and begun again."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A job that this run has: what it needs to know of it, and the number of the attempt."""

    job_id: UUID
    kind: JobKind
    attempt: int
    payload: dict[str, Any]
    done: int
    request_id: str | None


def claim(work: Work, job_id: UUID, worker: str) -> Claim | None:
    """Take a job that is due; None when there is nothing to do: another worker has it, or it is over.

    A job whose kind nobody handles any more fails here.
    """
    taken = work.session.execute(
        update(Job)
        .where(Job.id == job_id, Job.state == State.QUEUED, Job.run_at <= work.now + CLOCK_SKEW)
        .values(state=State.RUNNING, attempts=Job.attempts + 1, worker=worker, started_at=work.now)
        .returning(Job.kind, Job.attempts, Job.payload, Job.done, Job.request_id)
    ).one_or_none()
    if taken is None:
        return None
    kind = find_kind(taken.kind)
    if kind is None:
        _end(work, job_id, taken.attempts, state=State.FAILED, reason=UNKNOWN_KIND)
        return None
    _write(work, job_id, taken.attempts, leased_until=_lease(work.now, kind))
    return Claim(job_id, kind, taken.attempts, taken.payload, taken.done, taken.request_id)


def keep(work: Work, claim: Claim, done: int | None, total: int | None) -> None:
    """Stay with the job for another time limit, with progress where there is some. Raises Lost."""
    progress = {name: value for name, value in (("done", done), ("total", total)) if value is not None}
    _write(work, claim.job_id, claim.attempt, leased_until=_lease(work.now, claim.kind), **progress)


def finish(work: Work, claim: Claim, result: dict[str, Any] | None) -> None:
    """The job is done; a schedule waits for its next time. Raises Lost."""
    if claim.kind.every is not None:
        _end(work, claim.job_id, claim.attempt, state=State.QUEUED, failures=0, reason=None, done=0, total=0,
             run_at=work.now + claim.kind.every)  # fmt: skip
        return
    _end(work, claim.job_id, claim.attempt, state=State.DONE, failures=0, reason=None, result=result)


def fail(work: Work, job: Job, reason: str, *, for_good: bool = False) -> State:
    """The attempt at ``job`` failed: queue it again, later each time, or give it up. Answers its state."""
    kind = find_kind(job.kind)
    failures = job.failures + 1
    is_over = for_good or kind is None or failures >= kind.attempts
    values: dict[str, Any] = {"failures": failures, "reason": reason[:REASON_MAX]}
    if not is_over:
        values |= {"state": State.QUEUED, "run_at": work.now + backoff(failures)}
    elif job.recurring and kind is not None and kind.every is not None:
        values |= {"state": State.QUEUED, "run_at": work.now + kind.every, "failures": 0}
    else:
        values |= {"state": State.FAILED}
    _end(work, job.id, job.attempts, **values)
    return State(values["state"])


def fail_claim(work: Work, claim: Claim, reason: str, *, for_good: bool = False) -> State:
    """The same for the run that has the job. Raises Lost."""
    job = work.session.get(Job, claim.job_id, populate_existing=True)
    if job is None or job.attempts != claim.attempt or job.state != State.RUNNING:
        raise Lost
    return fail(work, job, reason, for_good=for_good)


def backoff(failures: int) -> timedelta:
    """How long to wait after so many failures in a row: 5 s, then twice as long each time, up to an hour."""
    return min(timedelta(seconds=5 * 2 ** min(failures - 1, 20)), BACKOFF_MAX)


def _lease(now: datetime, kind: JobKind) -> datetime:
    return now + timedelta(seconds=kind.time_limit) + LEASE_MARGIN


def _end(work: Work, job_id: UUID, attempt: int, **values: Any) -> None:
    _write(work, job_id, attempt, finished_at=work.now, leased_until=None, woken_at=None, **values)


def _write(work: Work, job_id: UUID, attempt: int, **values: Any) -> None:
    statement = update(Job).where(Job.id == job_id, Job.attempts == attempt, Job.state == State.RUNNING)
    result = work.session.execute(statement.values(**values).execution_options(synchronize_session=False))
    if result.rowcount != 1:  # type: ignore[attr-defined]
        raise Lost
