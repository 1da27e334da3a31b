"""Bulk actions on more entries than a request does: a job, with progress and errors."""

from __future__ import annotations

import sys

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.api.entries import Desk
from tests.conftest import Person, post, text
from tests.mails import do_jobs


def test_by_api(app: Flask, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("webapp.api.content.content_routes.BULK_MAX", 2)
    monkeypatch.setattr("webapp.domain.content.bulk_jobs.PIECE", 2)
    ids = [desk.add(title)["id"] for title in "abc"]
    body = {"type": "data", "action": "tag", "tags": ["red"]}
    job = desk.post("/content/bulk", {**body, "ids": [*ids, 999]}, 202)
    do_jobs(app)
    job = desk.get(f"/jobs/{job['id']}")
    assert (job["state"], job["done"], job["total"]) == ("done", 4, 4)
    assert job["result"] == {
        "done": 3,
        "failed": 1,
        "errors": [{"id": 999, "detail": "Data item not found"}],
    }
    assert desk.titles(tag="red") == ["a", "b", "c"]
    desk.post("/content/bulk", {**body, "tags": [], "ids": ids}, 422)
    desk.post("/content/bulk", {**body, "ids": [1] * 100_001}, 422)


@pytest.mark.one_database
def test_in_the_console(
    app: Flask, as_editor: FlaskClient, editor: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules["webapp.console.content.list_routes"], "BULK_MAX", 2)
    desk = Desk(app.test_client(), editor.headers)
    for title in "abc":
        desk.add(title)
    form = {"action": "trash", "all_matching": "1", "ids": ["1"], "confirmed": "1"}
    answer = post(as_editor, "/console/content/data", form)
    assert answer.headers["Location"].startswith("/console/jobs/")
    do_jobs(app)
    assert desk.titles(draft="true") == []
    again = {"action": "publish", "ids": ["1", "2", "999"], "confirmed": "1"}
    answer = post(as_editor, "/console/content/data", again)
    do_jobs(app)
    assert "999: Data item not found" in text(as_editor.get(answer.headers["Location"]))
