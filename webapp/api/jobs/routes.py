"""``/jobs`` for those who asked for one, ``/admin/jobs`` for admins."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, jsonify

from webapp.access import admins_only, approved_only
from webapp.api.blueprint import Blueprint
from webapp.api.etags import conditional, expected_tags
from webapp.api.jobs.schemas import JobSchema, JobsQuery
from webapp.api.paging import envelope, list_schema
from webapp.domain.jobs import commands, queries
from webapp.domain.jobs.models import Job
from webapp.web import current_work

blueprint = Blueprint("jobs", __name__, url_prefix="/api/v1", description="Work that outlives a request")

JOB = JobSchema()


def present(job: Job) -> Response:
    """A job with its entity tag."""
    return conditional(jsonify(JOB.dump(job)), job.tag)


@blueprint.route("/jobs/<uuid:job_id>", methods=["GET"])
@approved_only
@blueprint.response(200, JOB)
def read_job(job_id: UUID) -> Response:
    """How far a job is that one has asked for; admins see every job."""
    return present(queries.get_job(current_work(), job_id))


@blueprint.route("/admin/jobs", methods=["GET"])
@admins_only
@blueprint.arguments(JobsQuery(), location="query")
@blueprint.response(200, list_schema(JOB, "JobPage"))
def list_jobs(query: dict[str, Any]) -> dict[str, Any]:
    """All jobs but schedules, the newest first."""
    return envelope(queries.list_jobs(current_work(), query.pop("paging"), **query))


@blueprint.route("/admin/jobs/schedules", methods=["GET"])
@admins_only
@blueprint.response(200, JobSchema(many=True))
def list_schedules() -> list[Job]:
    """What runs by itself, what comes next being first."""
    return queries.list_schedules(current_work())


@blueprint.route("/admin/jobs/<uuid:job_id>/retry", methods=["POST"])
@admins_only
@blueprint.response(200, JOB)
def retry(job_id: UUID) -> Response:
    """Try a failed or discarded job again."""
    return present(commands.retry_job(current_work(), job_id, expected=expected_tags()))


@blueprint.route("/admin/jobs/<uuid:job_id>/discard", methods=["POST"])
@admins_only
@blueprint.response(200, JOB)
def discard(job_id: UUID) -> Response:
    """Never do a job again."""
    return present(commands.discard_job(current_work(), job_id, expected=expected_tags()))
