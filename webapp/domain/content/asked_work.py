"""Jobs in the name of the person who asked for them."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Session

from webapp.domain.accounts.models import User
from webapp.domain.jobs.registry import GiveUp, JobRun
from webapp.kernel.work import Work


def for_whoever_asked(run: JobRun, session: Session | None = None) -> Work:
    """The work of the run, with the rights that the person of its payload's ``actor_id`` has now; with a
    ``session`` work in that instead, which nobody commits."""
    work = run.work if session is None else Work(session, run.work.actor, run.work.now)
    user = work.session.get(User, UUID(run.payload["actor_id"]))
    if user is None:
        raise GiveUp("Whoever asked for this is not here any more.")
    work.actor = user.as_actor()
    return work
