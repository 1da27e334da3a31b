"""``/console/jobs``: what the worker does, what failed, and what runs by itself."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp.access import admins_only, approved_only
from webapp.console.addresses import back, here, last_page_url, requested_page
from webapp.console.forms import Form, submitting
from webapp.domain.jobs import commands, queries
from webapp.domain.jobs.models import Job, State
from webapp.domain.jobs.registry import label_of
from webapp.kernel.work import Work
from webapp.web import current_work

PAGE_SIZE = 25

blueprint = Blueprint("jobs", __name__, url_prefix="/jobs")


@blueprint.route("")
@admins_only
def jobs() -> ResponseReturnValue:
    """All jobs, the newest first, and the schedules."""
    work, asked = current_work(), request.args.get("state")
    state = asked if asked in set(State) else None
    page = queries.list_jobs(work, requested_page(PAGE_SIZE), state=state)
    if url := last_page_url(page):
        return redirect(url)
    context = {
        "queue": queries.queue_state(work.session, work.now),
        "schedules": queries.list_schedules(work),
        "now": work.now,
        "label_of": label_of,
    }
    return render_template("console/jobs/jobs.html", page=page, state=state, here=here(), **context)


@blueprint.route("/<uuid:job_id>")
@approved_only
def job(job_id: UUID) -> ResponseReturnValue:
    """One job and how far it is; as JSON for the page's own script."""
    found = queries.get_job(current_work(), job_id)
    if request.accept_mimetypes.best == "application/json":
        return jsonify(state=found.state, done=found.done, total=found.total, is_over=found.is_over)
    return render_template("console/jobs/job.html", job=found, label_of=label_of, here=here())


@blueprint.route("/<uuid:job_id>/retry", methods=["POST"])
@admins_only
def retry(job_id: UUID) -> ResponseReturnValue:
    """Try a failed job again."""
    return steer(commands.retry_job, job_id, "The job is queued again.")


@blueprint.route("/<uuid:job_id>/discard", methods=["POST"])
@admins_only
def discard(job_id: UUID) -> ResponseReturnValue:
    """Never do a job again."""
    return steer(commands.discard_job, job_id, "The job is discarded.")


def steer(command: Callable[[Work, UUID], Job], job_id: UUID, words: str) -> ResponseReturnValue:
    """Run ``command`` on a job and go back to where the button was."""
    form = Form()
    with submitting(form):
        command(current_work(), job_id)
        flash(words, "success")
    form.flash_errors()
    return redirect(back(url_for(".jobs")), 303)
