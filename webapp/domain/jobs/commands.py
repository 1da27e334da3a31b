"""Asking for work, and an admin's answers to work that failed."""

from __future__ import annotations

from collections.abc import Container, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from webapp.domain.audit.events import record
from webapp.domain.jobs.models import Job, State
from webapp.domain.jobs.policy import may_administer_jobs
from webapp.domain.jobs.registry import find_kind, get_kind
from webapp.domain.jobs.running import UNKNOWN_KIND
from webapp.kernel.db import insert_missing, new_uuid
from webapp.kernel.errors import Conflict, NotFound
from webapp.kernel.work import Work, check_unchanged, require

WAKES_MAX = 100
"""How many messages one commit sends."""


def enqueue(
    work: Work,
    kind: str,
    payload: dict[str, Any] | None = None,
    *,
    key: str | None = None,
    run_at: datetime | None = None,
) -> Job:
    """Ask for work in the same transaction as the change that needs it; a worker is woken after the commit.

    With ``key`` the job that was asked for under it before is answered instead of a second one.
    ``payload`` is JSON. A ``kind`` that nobody handles is a LookupError.
    """
    limit = get_kind(kind).time_limit
    is_due = run_at is None or run_at <= work.now
    job = Job(
        kind=kind,
        key=key,
        payload=payload or {},
        run_at=run_at or work.now,
        woken_at=work.now if is_due else None,
        asked_by=work.actor.id,
        request_id=work.request_id,
        created_at=work.now,
    )
    if key is None:
        work.session.add(job)
        work.session.flush()
    else:
        found, is_new = insert_missing(work.session, job, Job.key)
        if not is_new:
            return found
        job = found
    if is_due:
        wake_after_commit(work, job.id, limit)
    return job


def enqueue_many(work: Work, kind: str, payloads: Sequence[dict[str, Any]]) -> list[Job]:
    """Ask for the same work many times, as :func:`enqueue` does for one. Workers are woken for the first
    ``WAKES_MAX``, and find the others when they look."""
    limit = get_kind(kind).time_limit
    jobs = [
        Job(
            id=new_uuid(),
            kind=kind,
            payload=payload,
            run_at=work.now,
            woken_at=work.now if number < WAKES_MAX else None,
            asked_by=work.actor.id,
            request_id=work.request_id,
            created_at=work.now,
        )
        for number, payload in enumerate(payloads)
    ]
    work.session.add_all(jobs)
    work.session.flush()
    for job in jobs[:WAKES_MAX]:
        wake_after_commit(work, job.id, limit)
    return jobs


def wake_after_commit(work: Work, job_id: UUID, time_limit: int) -> None:
    """Send a wake-up for a job once it is stored."""
    work.after_commit(lambda: work.wake(job_id, time_limit))


def retry_job(work: Work, job_id: UUID, *, expected: Container[str] | None = None) -> Job:
    """Give a failed or discarded job all its attempts once more, from where it stopped. Admins only."""
    job = _locked(work, job_id, expected)
    if job.state not in (State.FAILED, State.DISCARDED):
        raise Conflict("Only a failed or discarded job can be tried again.", code="job_not_failed")
    kind = find_kind(job.kind)
    if kind is None:
        raise Conflict(UNKNOWN_KIND, code="job_kind_unknown")
    job.state, job.failures, job.reason = State.QUEUED, 0, None
    job.run_at, job.woken_at, job.finished_at = work.now, work.now, None
    work.session.flush()
    record(work, "job.retry", job.id)
    wake_after_commit(work, job.id, kind.time_limit)
    return job


def discard_job(work: Work, job_id: UUID, *, expected: Container[str] | None = None) -> Job:
    """Never do a job again; a running attempt ends at its next step and keeps nothing. Admins only."""
    job = _locked(work, job_id, expected)
    if job.recurring:
        raise Conflict("A schedule cannot be discarded.", code="job_recurring")
    if job.state in (State.DONE, State.DISCARDED):
        raise Conflict("This job is over already.", code="job_over")
    job.state, job.finished_at, job.leased_until = State.DISCARDED, work.now, None
    work.session.flush()
    record(work, "job.discard", job.id)
    return job


def _locked(work: Work, job_id: UUID, expected: Container[str] | None) -> Job:
    require(work.actor, may_administer_jobs(work.actor))
    job = work.session.scalar(
        select(Job).where(Job.id == job_id).with_for_update().execution_options(populate_existing=True)
    )
    if job is None:
        raise NotFound("Job not found")
    check_unchanged(job.tag, expected)
    return job
