"""Files by API: export, import with a mapping, and both as jobs."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.api.entries import EXPERIENCE, PROJECT, Desk
from tests.conftest import Person, text
from tests.mails import do_jobs
from webapp.domain.content import exchange
from webapp.domain.content.exchange_requests import filters_as_json, filters_from_json
from webapp.domain.content.lifecycle import Status
from webapp.domain.content.queries import Filters
from webapp.kernel.clock import utc_now
from webapp.kernel.db import new_uuid

API = "/api/v1/content"


@pytest.fixture
def send(client: FlaskClient, editor: Person) -> Any:
    """Import a file: ``send("data", "title\\nx\\n", dry_run="true")``."""

    def send(subject: str, file: str | bytes, *, headers: dict[str, str] | None = None, **fields: str) -> Any:
        sent = file.encode() if isinstance(file, str) else file
        data = {"file": (io.BytesIO(sent), "x"), **fields}
        return client.post(f"{API}/{subject}/import", data=data, headers=headers or editor.headers)

    return send


def rows(number: int, wrong: int | None = None) -> str:
    lines = (f'Item {n},"{{""n"": {n}}}"' if n != wrong else ",{}" for n in range(number))
    return "title,content\n" + "\n".join(lines)


@pytest.mark.one_database
@pytest.mark.parametrize("form", ["csv", "xlsx", "json"])
def test_every_sort_of_record_there_and_back(client: FlaskClient, desk: Desk, send: Any, form: str) -> None:
    desk.add("=A", tags=["red"])
    desk.post("/projects", PROJECT)
    desk.post("/experiences", EXPERIENCE)
    desk.post("/items", {"title": "Milk"}, 200)
    for subject in ("data", "projects", "experiences", "items"):
        answer = client.get(f"{API}/{subject}/export?format={form}", headers=desk.headers)
        assert answer.status_code == 200, text(answer)
        assert answer.headers["Content-Disposition"] == f'attachment; filename="{subject}.{form}"'
        report = send(subject, answer.data).json
        assert (report["created"], report["updated"], report["errors"]) == (0, 1, [])
    assert desk.titles() == ["=A"]


def test_a_mapping_a_dry_run_and_rows_that_are_wrong(desk: Desk, send: Any) -> None:
    file = "Name;Body\nGood;{}\n;{}\n"
    mapping = json.dumps({"Name": "title", "Body": "content"})
    tried = send("data", file, mapping=mapping, dry_run="true").json
    assert (tried["is_written"], tried["created"], tried["failed"]) == (False, 1, 1)
    assert tried["errors"] == [
        {"row": 2, "pointer": "/title", "detail": "This field is required.", "code": "required"}
    ]
    refused = send("data", file, mapping=mapping)
    assert refused.status_code == 422
    assert [error["pointer"] for error in refused.json["errors"]] == ["/rows/2/title"]
    assert desk.titles(draft="true") == []
    skipped = send("data", file, mapping=mapping, skip_bad="true", draft="true")
    assert skipped.json["is_written"]
    assert (desk.titles(draft="true"), desk.titles()) == (["Good"], [])


def test_large_files_are_jobs(app: Flask, desk: Desk, send: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("webapp.api.content.exchange_routes.ROWS_AT_ONCE", 5)
    monkeypatch.setattr("webapp.domain.content.exchange_jobs.PIECE", 3)
    bad = send("data", rows(8, wrong=7))
    assert bad.status_code == 202
    do_jobs(app)
    job = desk.get(f"/jobs/{bad.json['id']}")
    assert (job["state"], job["result"]["is_written"], job["result"]["failed"]) == ("done", False, 1)
    assert job["result"]["errors"][0]["row"] == 8
    assert desk.titles(draft="true") == []
    good = send("data", rows(8))
    skipped = send("data", rows(8, wrong=0), skip_bad="true", draft="true")
    do_jobs(app)
    job = desk.get(f"/jobs/{good.json['id']}")
    assert (job["result"]["created"], job["done"], job["total"]) == (8, 8, 8)
    assert desk.get(f"/jobs/{skipped.json['id']}")["result"]["created"] == 7
    assert desk.titles() == [f"Item {n}" for n in range(8)]
    revision = desk.get(f"/data/{desk.get('/data')['data'][0]['id']}/revisions")["data"][0]
    assert revision["author_id"] is not None


def test_an_export_of_any_length(
    app: Flask, client: FlaskClient, desk: Desk, member: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    for title in ("A", "B", "C"):
        desk.add(title, tags=["red"] if title != "B" else [])
    monkeypatch.setattr(exchange, "EXPORT_MAX", 2)
    assert client.get(f"{API}/data/export", headers=desk.headers).json["code"] == "too_many_records"
    job = desk.post("/content/data/export", None, 202, format="json", tag="red", status="published")
    path = f"{API}/exports/{job['id']}"
    assert client.get(path, headers=desk.headers).status_code == 404
    do_jobs(app)
    answer = client.get(path, headers=desk.headers)
    assert [entry["title"] for entry in answer.json] == ["A", "C"]
    assert client.get(path, headers=member.headers).status_code == 404


def test_who_may_what(client: FlaskClient, member: Person, admin: Person, send: Any) -> None:
    for subject, status in (("data", 403), ("items", 200)):
        assert client.get(f"{API}/{subject}/export", headers=member.headers).status_code == status
        file = "title,content\nx,{}\n" if subject == "data" else "title\nMine\n"
        assert send(subject, file, headers=member.headers).status_code == status
    assert client.post(f"{API}/data/export", headers=member.headers).status_code == 403
    desk = Desk(client, admin.headers)
    [item] = desk.get("/items")["data"]
    assert item["owner_id"] == str(member.id)


def test_whoever_loses_the_right_before_the_job_runs_writes_nothing(
    app: Flask, client: FlaskClient, desk: Desk, editor: Person, admin: Person, send: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr("webapp.api.content.exchange_routes.ROWS_AT_ONCE", 0)
    job = send("data", rows(1)).json
    boss = Desk(client, admin.headers)
    boss.put(f"/admin/users/{editor.id}", {"role": "member"})
    do_jobs(app)
    assert boss.get(f"/jobs/{job['id']}")["state"] == "failed"
    assert boss.titles(draft="true") == []


@pytest.mark.parametrize("wrong", ["[1]", "{", '{"a": 1}', '{"a": "nothing"}'])
@pytest.mark.one_database
def test_mappings_that_are_none(send: Any, wrong: str) -> None:
    answer = send("data", "a\nx\n", mapping=wrong)
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json["errors"]] == ["/mapping"]


def test_filters_survive_in_a_job() -> None:
    filters = Filters(draft=True, tag="x", status=Status.CHANGED, created_after=utc_now(), sort="-title")
    for each in (filters, Filters(owner_id=new_uuid())):
        assert filters_from_json(json.loads(json.dumps(filters_as_json(each)))) == each
