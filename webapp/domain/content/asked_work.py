"""Jobs in the name of the person who asked for them."""

from __future__ import annotations

from uuid import UUID

from webapp.domain.accounts.models import User
from webapp.domain.jobs.registry import GiveUp, JobRun
from webapp.kernel.work import Work


def for_whoever_asked(run: JobRun) -> Work:
    """The work of the run, with the rights that the person of its payload's ``actor_id`` has now."""
    user = run.work.session.get(User, UUID(run.payload["actor_id"]))
    if user is None:
        raise GiveUp("Whoever asked for this is not here any more.")
    run.work.actor = user.as_actor()
    return run.work
