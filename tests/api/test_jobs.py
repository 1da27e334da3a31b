"""Jobs by API: seen by who asked, steered by admins."""

from __future__ import annotations

from flask import Flask
from flask.testing import FlaskClient

from tests.conftest import MakeJob, MakeUser, Person
from webapp.domain.jobs.models import Job, State
from webapp.extensions import db


def test_a_job_tells_how_far_it_is(client: FlaskClient, member: Person, job_of: MakeJob) -> None:
    job_id = job_of(member, state=State.RUNNING, done=3, total=7, attempts=1)
    answer = client.get(f"/api/v1/jobs/{job_id}", headers=member.headers)
    assert answer.status_code == 200
    assert answer.json.items() >= {"state": "running", "done": 3, "total": 7, "result": None}.items()
    assert "payload" not in answer.json
    unchanged = {**member.headers, "If-None-Match": answer.headers["ETag"]}
    assert client.get(f"/api/v1/jobs/{job_id}", headers=unchanged).status_code == 304


def test_nobody_else_sees_it_but_admins(
    client: FlaskClient, member: Person, editor: Person, admin: Person, job_of: MakeJob
) -> None:
    job_id = job_of(member)
    assert client.get(f"/api/v1/jobs/{job_id}", headers=editor.headers).status_code == 404
    assert client.get(f"/api/v1/jobs/{job_id}", headers=admin.headers).status_code == 200


def test_admins_list_by_state_and_kind(client: FlaskClient, admin: Person, job_of: MakeJob) -> None:
    failed, other = job_of(state=State.FAILED), job_of(kind="other.kind")
    job_of(kind="jobs.sleep", key="jobs.sleep", recurring=True)

    def ids(query: str) -> list[str]:
        answer = client.get(f"/api/v1/admin/jobs?{query}", headers=admin.headers)
        assert answer.status_code == 200
        return [job["id"] for job in answer.json["data"]]

    assert ids("") == [str(other), str(failed)]
    assert ids("state=failed") == [str(failed)]
    assert ids("kind=other.kind") == [str(other)]
    wrong = client.get("/api/v1/admin/jobs?state=tired", headers=admin.headers)
    assert (wrong.status_code, wrong.json["errors"][0]["pointer"]) == (422, "/query/state")
    schedules = client.get("/api/v1/admin/jobs/schedules", headers=admin.headers).json
    assert [job["kind"] for job in schedules] == ["jobs.sleep"]


def test_retry_and_discard(client: FlaskClient, admin: Person, job_of: MakeJob) -> None:
    job_id = job_of(state=State.FAILED, failures=5, attempts=5, reason="No answer.")
    url = f"/api/v1/admin/jobs/{job_id}"
    stale = client.post(f"{url}/retry", headers={**admin.headers, "If-Match": '"other"'})
    assert stale.status_code == 412
    again = client.post(f"{url}/retry", headers=admin.headers)
    assert (again.status_code, again.json["state"], again.json["reason"]) == (200, "queued", None)
    twice = client.post(f"{url}/retry", headers=admin.headers)
    assert (twice.status_code, twice.json["code"]) == (409, "job_not_failed")
    gone = client.post(f"{url}/discard", headers=admin.headers)
    assert (gone.status_code, gone.json["state"]) == (200, "discarded")
    over = client.post(f"{url}/discard", headers=admin.headers)
    assert (over.status_code, over.json["code"]) == (409, "job_over")


def test_schedules_cannot_be_discarded(client: FlaskClient, admin: Person, job_of: MakeJob) -> None:
    job_id = job_of(recurring=True, key="jobs.purge")
    refused = client.post(f"/api/v1/admin/jobs/{job_id}/discard", headers=admin.headers)
    assert (refused.status_code, refused.json["code"]) == (409, "job_recurring")


def test_jobs_of_a_deleted_person_are_nobodys(
    client: FlaskClient, admin: Person, make_user: MakeUser, job_of: MakeJob
) -> None:
    person = make_user()
    job_id = job_of(person)
    assert client.delete(f"/api/v1/admin/users/{person.id}", headers=admin.headers).status_code == 200
    assert client.get(f"/api/v1/jobs/{job_id}", headers=admin.headers).status_code == 200


def test_a_job_carries_the_id_of_the_request_that_asked_for_it(
    app: Flask, client: FlaskClient, admin: Person
) -> None:
    headers = {**admin.headers, "X-Request-Id": "who-asked-7"}
    answer = client.post("/api/v1/utils/test-email?email_to=somebody@example.org", headers=headers)
    assert answer.status_code == 201
    with app.app_context():
        assert [job.request_id for job in db.session.scalars(db.select(Job))] == ["who-asked-7"]
        db.session.remove()
