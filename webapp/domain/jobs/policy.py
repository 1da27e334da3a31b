"""Who may see and steer jobs."""

from __future__ import annotations

from webapp.domain.jobs.models import Job
from webapp.kernel.work import Actor


def may_administer_jobs(actor: Actor) -> bool:
    return actor.is_admin


def may_see(actor: Actor, job: Job) -> bool:
    """Admins see every job, others those that they asked for themselves."""
    return actor.is_admin or (actor.id is not None and job.asked_by == actor.id)
