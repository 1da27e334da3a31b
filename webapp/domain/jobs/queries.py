"""Finding jobs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp.domain.jobs.models import Job, State, Worker
from webapp.domain.jobs.policy import may_administer_jobs, may_see
from webapp.kernel.errors import NotFound
from webapp.kernel.paging import Page, PageRequest, SortKey, fetch_page
from webapp.kernel.work import Work, require

SEEN_WITHIN = timedelta(seconds=90)
"""A worker that was not seen for longer is taken for gone."""

BY_AGE = (SortKey(Job.created_at, lambda job: job.created_at), SortKey(Job.id, lambda job: job.id))


@dataclass(frozen=True, slots=True)
class QueueState:
    """How the work stands: jobs by state without schedules, and when a worker was last seen."""

    counts: dict[str, int]
    oldest_due: datetime | None
    worker_seen_at: datetime | None

    @property
    def depth(self) -> int:
        """Jobs that wait, due or not."""
        return self.counts[State.QUEUED]

    def has_worker(self, now: datetime) -> bool:
        return self.worker_seen_at is not None and self.worker_seen_at > now - SEEN_WITHIN


def get_job(work: Work, job_id: UUID) -> Job:
    """A job of one's own, or any for an admin. Raises NotFound for all others."""
    require(work.actor, work.actor.is_approved)
    job = work.session.get(Job, job_id)
    if job is None or not may_see(work.actor, job):
        raise NotFound("Job not found")
    return job


def list_jobs(
    work: Work, request: PageRequest, *, state: str | None = None, kind: str | None = None
) -> Page[Job]:
    """Jobs that are no schedules, the newest first. Admins only."""
    require(work.actor, may_administer_jobs(work.actor))
    statement = select(Job).where(Job.recurring.is_(False))
    if state:
        statement = statement.where(Job.state == state)
    if kind:
        statement = statement.where(Job.kind == kind)
    return fetch_page(work.session, statement, request, BY_AGE, descending=True)


def list_schedules(work: Work) -> list[Job]:
    """What runs by itself, what comes next being first. Admins only."""
    require(work.actor, may_administer_jobs(work.actor))
    return list(
        work.session.scalars(select(Job).where(Job.recurring.is_(True)).order_by(Job.run_at, Job.kind))
    )


def queue_state(session: Session, now: datetime) -> QueueState:
    """How the work stands, for checks and the console."""
    rows = session.execute(
        select(Job.state, func.count().label("number")).where(Job.recurring.is_(False)).group_by(Job.state)
    ).all()
    due = select(func.min(Job.run_at)).where(Job.state == State.QUEUED, Job.run_at <= now)
    return QueueState(
        counts={state.value: 0 for state in State} | {row.state: row.number for row in rows},
        oldest_due=session.scalar(due),
        worker_seen_at=session.scalar(select(func.max(Worker.seen_at))),
    )
