"""Bundles that are too long for a request, taken over or only looked at by a worker."""

from __future__ import annotations

from uuid import UUID

from webapp.domain.audit.events import record
from webapp.domain.bundles.commands import carry_out, plan_bundle
from webapp.domain.bundles.staging import staged
from webapp.domain.content.asked_work import for_whoever_asked
from webapp.domain.jobs.commands import enqueue
from webapp.domain.jobs.models import Job
from webapp.domain.jobs.queries import get_job
from webapp.domain.jobs.registry import GiveUp, JobRun, handles
from webapp.kernel.db import looking_ahead
from webapp.kernel.errors import Invalid, NotFound
from webapp.kernel.work import Work, require

KIND = "bundles.import"


def request_take_over(work: Work, bundle_id: UUID, *, dry_run: bool, replace: bool) -> Job:
    """Have a worker take over a bundle that is kept, or tell what it would do. Admins only."""
    require(work.actor, work.actor.is_admin)
    payload = {"bundle_id": str(bundle_id), "dry_run": dry_run, "replace": replace}
    job = enqueue(work, KIND, {**payload, "actor_id": str(work.actor.id)})
    record(work, "bundle.request", job.id, {"dry_run": (None, dry_run)})
    return job


def find_take_over(work: Work, bundle_id: UUID, job_id: UUID) -> Job:
    """The job about a bundle that is kept. Raises NotFound."""
    job = get_job(work, job_id)
    if job.kind != KIND or job.payload["bundle_id"] != str(bundle_id):
        raise NotFound("There is no such import.")
    return job


@handles(KIND, time_limit=60 * 60, attempts=2)
def take_over(run: JobRun) -> None:
    """Take over a bundle

    All records are compared and checked while others write. Then, unless one is wrong, they are written in
    one transaction, which is that of the job's end.
    """
    payload = run.payload
    run.step()
    try:
        bundle = staged(run.ports.storage, UUID(payload["bundle_id"]))
        with looking_ahead(run.work.session) as session:
            planned = plan_bundle(for_whoever_asked(run, session), bundle, replace=payload["replace"])
        run.step()
        report = carry_out(for_whoever_asked(run), planned, dry_run=payload["dry_run"])
    except NotFound as error:
        raise GiveUp("The bundle is gone: it was kept for a day.") from error
    except Invalid as error:
        raise GiveUp(" ".join(each.detail for each in error.errors)) from error
    if report.is_written:
        run.work.after_commit(run.ports.cache.clear)
    run.result = report.told
