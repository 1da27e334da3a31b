"""The console's pages of jobs."""

from __future__ import annotations

from flask import Flask
from flask.testing import FlaskClient

from tests.conftest import MakeJob, Person, console_client, csrf_token
from webapp.domain.jobs.models import State, Worker
from webapp.extensions import db
from webapp.kernel.clock import utc_now


def test_the_list_tells_what_failed_and_that_no_worker_is_seen(
    app: Flask, as_admin: FlaskClient, job_of: MakeJob
) -> None:
    job_of(state=State.FAILED, reason="<b>The mail server</b> does not answer.")
    page = as_admin.get("/console/jobs").text
    assert "Forget jobs that have been over for long" in page
    assert "&lt;b&gt;The mail server" in page
    assert "Not seen" in page
    with app.app_context():
        db.session.add(Worker(name="here:1", seen_at=utc_now()))
        db.session.commit()
        db.session.remove()
    assert "At work" in as_admin.get("/console/jobs").text


def test_a_state_filters_the_list(as_admin: FlaskClient, job_of: MakeJob) -> None:
    failed, done = job_of(state=State.FAILED), job_of(state=State.DONE)
    page = as_admin.get("/console/jobs?state=failed").text
    assert str(failed) in page and str(done) not in page
    assert "No job is in this state" in as_admin.get("/console/jobs?state=running").text


def test_try_again_and_discard(as_admin: FlaskClient, job_of: MakeJob, app: Flask) -> None:
    job_id = job_of(state=State.FAILED)
    form = {"csrf_token": csrf_token(as_admin), "next": f"/console/jobs/{job_id}"}
    answer = as_admin.post(f"/console/jobs/{job_id}/retry", data=form, follow_redirects=True)
    assert "The job is queued again" in answer.text
    assert (
        "Only a failed or discarded job"
        in as_admin.post(f"/console/jobs/{job_id}/retry", data=form, follow_redirects=True).text
    )
    answer = as_admin.post(f"/console/jobs/{job_id}/discard", data=form, follow_redirects=True)
    assert "Discarded by an admin" in answer.text


def test_one_follows_ones_own_job_and_no_other(
    app: Flask, member: Person, editor: Person, job_of: MakeJob
) -> None:
    job_id = job_of(member, state=State.RUNNING, done=2, total=5)
    mine, other = console_client(app, member), console_client(app, editor)
    page = mine.get(f"/console/jobs/{job_id}")
    assert "2 of 5" in page.text and "Discard" not in page.text
    facts = mine.get(f"/console/jobs/{job_id}", headers={"Accept": "application/json"}).json
    assert facts == {"state": "running", "done": 2, "total": 5, "is_over": False}
    assert other.get(f"/console/jobs/{job_id}").status_code == 404
