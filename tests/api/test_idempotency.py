"""``Idempotency-Key``: the same request is done once and answered as often as it is sent."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from tests.api.documents import theme_document
from tests.api.entries import PROJECT, data_item
from tests.api.greetings import make_card, make_template, template_body
from tests.api.test_theme_races import at_once, post, statuses
from tests.conftest import MakeUser, Person
from tests.patience import wait_until
from webapp.api.accounts import users_routes
from webapp.domain.accounts import commands
from webapp.domain.accounts.passwords import hash_password
from webapp.domain.idempotency.commands import LIFETIME, begin_once, forget_answers, keep_answer
from webapp.domain.idempotency.models import KeptAnswer
from webapp.domain.jobs.models import Job
from webapp.domain.jobs.registry import get_kind
from webapp.extensions import db
from webapp.kernel.clock import utc_now
from webapp.kernel.work import Work

KEY = "Idempotency-Key"
WAITING = text(
    "SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'advisory' AND database ="
    " (SELECT oid FROM pg_database WHERE datname = current_database())"
)
CREATING: dict[str, dict[str, Any]] = {
    "/api/v1/themes": theme_document("Once"),
    "/api/v1/data": data_item("Once", tags=["a"]),
    "/api/v1/data?draft=true": data_item("Once"),
    "/api/v1/projects": PROJECT,
    "/api/v1/items": {"title": "Once"},
    "/api/v1/tags": {"name": "once"},
    "/api/v1/kinds": {"name": "once", "label": "Once", "schema": {"type": "object"}},
    "/api/v1/festivals": {"name": "Once"},
    "/api/v1/templates": template_body(name="Once"),
    "/api/v1/templates/categories": {"name": "Once"},
    "/api/v1/users/collections": {"name": "Once"},
    "/api/v1/users": {"email": "once@example.org", "password": "correct horse battery"},
}


@pytest.fixture
def send(client: FlaskClient, admin: Person) -> Callable[..., Any]:
    def call(url: str, body: object, key: str | None = "k-1", person: Person = admin) -> Any:
        headers = person.headers | ({KEY: key} if key is not None else {})
        return client.post(url, json=body, headers=headers)

    return call


def told(answer: Any) -> tuple[Any, ...]:
    names = ("Content-Type", "ETag", "Location", "Cache-Control")
    return answer.status_code, answer.data, *(answer.headers.get(name) for name in names)


@pytest.mark.parametrize("url", CREATING)
def test_sent_again_it_is_answered_again_and_done_once(
    client: FlaskClient, admin: Person, send: Callable[..., Any], url: str
) -> None:
    first = send(url, CREATING[url])
    assert first.status_code in (200, 201), first.json
    listed = client.get(url.partition("?")[0], headers=admin.headers).data
    again = send(url, CREATING[url], '"k-1"')
    assert told(again) == told(first)
    assert client.get(url.partition("?")[0], headers=admin.headers).data == listed


def test_a_file_is_taken_over_once(client: FlaskClient, admin: Person) -> None:
    def send(table: bytes, key: str = "file", **fields: str) -> Any:
        data = {"file": (BytesIO(table), "data.csv"), **fields}
        return client.post("/api/v1/content/data/import", data=data, headers={**admin.headers, KEY: key})

    table = b"title,description,content\nOnce,Only,{}\n"
    first, again = send(table), send(table)
    assert first.json["created"] == 1
    assert told(again) == told(first)
    assert client.get("/api/v1/data").json["total"] == 1
    for other in (send(table + b"Twice,Too,{}\n"), send(table, draft="true")):
        assert other.json["code"] == "idempotency_key_reused"
    assert send(table, "other").json["created"] == 1


def test_a_long_list_is_exported_by_one_job(send: Callable[..., Any], work: Callable[..., Work]) -> None:
    first, again = (send("/api/v1/content/data/export?format=csv", None) for _ in range(2))
    assert (first.status_code, told(again)) == (202, told(first))
    assert work().session.scalar(select(func.count()).select_from(Job)) == 1


def test_cards_and_copies_are_made_once(client: FlaskClient, admin: Person, send: Callable[..., Any]) -> None:
    template = make_template(client, admin)
    card = make_card(client, admin, template)
    for number, (url, body) in enumerate(
        (
            ("/api/v1/cards/generate", {"template_id": template["id"], "message": "Once"}),
            (f"/api/v1/cards/{card['id']}/duplicate", {}),
            (f"/api/v1/templates/{template['id']}/fork", {}),
            ("/api/v1/themes/1/duplicate", {"name": "Copy"}),
        )
    ):
        first = send(url, body, f"k-{number}")
        assert first.status_code == 201, first.json
        assert told(send(url, body, f"k-{number}")) == told(first)
    assert client.get("/api/v1/cards/my-cards", headers=admin.headers).json["total"] == 3


def test_another_request_under_the_key_is_refused(send: Callable[..., Any]) -> None:
    assert send("/api/v1/tags", {"name": "one"}).status_code == 201
    for url, body in (("/api/v1/tags", {"name": "two"}), ("/api/v1/items", {"name": "one"})):
        answer = send(url, body)
        assert (answer.status_code, answer.json["code"]) == (422, "idempotency_key_reused")
    assert send("/api/v1/tags", {"name": "two"}, "k-2").status_code == 201


def test_a_key_is_one_persons_own(send: Callable[..., Any], make_user: MakeUser) -> None:
    first = send("/api/v1/items", {"title": "Mine"}, person=make_user())
    second = send("/api/v1/items", {"title": "Mine"}, person=make_user())
    assert (first.status_code, second.status_code) == (200, 200)
    assert first.json["id"] != second.json["id"]


def test_nothing_is_kept_of_a_refusal(send: Callable[..., Any]) -> None:
    assert send("/api/v1/tags", {"name": ""}).status_code == 422
    assert send("/api/v1/tags", {"name": "sound"}).status_code == 201


def test_whoever_lost_their_rights_is_not_answered_from_before(
    send: Callable[..., Any], make_user: MakeUser, client: FlaskClient, admin: Person
) -> None:
    editor = make_user("editor")
    assert send("/api/v1/tags", {"name": "one"}, person=editor).status_code == 201
    client.put(f"/api/v1/admin/users/{editor.id}", json={"role": "member"}, headers=admin.headers)
    assert send("/api/v1/tags", {"name": "one"}, person=editor).status_code in (401, 403)


@pytest.mark.one_database
@pytest.mark.parametrize("key", ["", '""', "a b", "x" * 256, "\u00e9"])
def test_what_is_no_key(send: Callable[..., Any], key: str) -> None:
    answer = send("/api/v1/tags", {"name": "one"}, key)
    assert (answer.status_code, answer.json["code"]) == (400, "bad_idempotency_key")


def test_without_a_key_nothing_is_kept(send: Callable[..., Any], work: Callable[..., Work]) -> None:
    assert [send("/api/v1/items", {"title": "Twice"}, None).status_code for _ in range(2)] == [200, 200]
    assert work().session.scalars(select(KeptAnswer)).all() == []


def test_many_at_once_make_one(app: Flask, client: FlaskClient, editor_headers: dict[str, str]) -> None:
    for number in range(3):
        headers = {**editor_headers, KEY: f"race-{number}"}
        calls = [post("/api/v1/data", headers, json=data_item(f"Race {number}"))] * 8
        answers = at_once(app, *calls)
        found = statuses(answers)
        assert set(found) <= {201, 409} and found[201] >= 1
        assert len({answer.data for answer in answers if answer.status_code == 201}) == 1
        refused = {answer.json["code"] for answer in answers if answer.status_code == 409}
        assert refused <= {"request_in_progress"}
        assert client.get("/api/v1/data").json["total"] == number + 1


def test_while_the_first_is_being_answered(
    app: Flask, send: Callable[..., Any], admin: Person, database_kind: str
) -> None:
    if database_kind == "sqlite":
        pytest.skip("one write follows another: the second is answered when the first is done")
    with app.app_context():
        engine = db.engine
    with Session(engine) as session:
        assert begin_once(Work(session, admin.actor, utc_now()), "k-1", "the first") is None
        answer = send("/api/v1/tags", {"name": "one"})
        assert (answer.status_code, answer.json["code"]) == (409, "request_in_progress")
    assert send("/api/v1/tags", {"name": "one"}).status_code == 201


def test_whoever_waits_is_answered_when_the_first_is_done(
    app: Flask, admin: Person, database_kind: str
) -> None:
    with app.app_context():
        engine = db.engine
    with Session(engine) as first, Session(engine) as second, ThreadPoolExecutor(1) as pool:
        works = [Work(session, admin.actor, utc_now()) for session in (first, second)]
        assert begin_once(works[0], "k", "hash", waits=True) is None
        waiting = pool.submit(begin_once, works[1], "k", "hash", waits=True)
        if database_kind == "postgresql":
            wait_until(lambda: first.scalar(WAITING), "the second waits")
        keep_answer(works[0], "k", "hash", status=303, headers={}, body="told")
        first.commit()
        kept = waiting.result(10)
        assert kept is not None and kept.body == "told"


def test_answers_are_kept_for_a_day(send: Callable[..., Any], work: Callable[..., Work]) -> None:
    first = send("/api/v1/items", {"title": "Old"})
    send("/api/v1/items", {"title": "Young"}, "k-2")
    unit = work()
    for kept in unit.session.scalars(select(KeptAnswer).where(KeptAnswer.key == "k-1")):
        kept.created_at = unit.now - LIFETIME - timedelta(seconds=1)
    unit.session.commit()
    second = send("/api/v1/items", {"title": "Old"})
    assert (second.status_code, second.json["id"] != first.json["id"]) == (200, True)
    assert forget_answers(unit) == 0
    for kept in unit.session.scalars(select(KeptAnswer).where(KeptAnswer.key == "k-1")):
        kept.created_at = unit.now - LIFETIME - timedelta(seconds=1)
    unit.session.flush()
    assert forget_answers(unit) == 1
    assert get_kind("idempotency.forget_answers").every == timedelta(hours=1)


@pytest.mark.one_database
def test_it_is_documented_where_it_is_honoured(client: FlaskClient) -> None:
    paths = client.get("/api/v1/openapi.json").json["paths"]
    documented = {
        path
        for path, item in paths.items()
        for parameter in item.get("post", {}).get("parameters", [])
        if parameter.get("name") == KEY
    }
    assert documented >= {url.partition("?")[0] for url in CREATING} | {
        "/api/v1/content/{subject}/export",
        "/api/v1/content/{subject}/import",
        "/api/v1/admin/bundle",
        "/api/v1/cards/batch",
        "/api/v1/cards/export-many",
    }


@pytest.mark.one_database
def test_a_password_is_hashed_before_anybody_has_to_wait(
    send: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    writes = []

    def watched(password: str) -> str:
        writes.append(db.session().in_transaction())
        return hash_password(password)

    for module in (users_routes, commands):
        monkeypatch.setattr(module, "hash_password", watched)
    assert send("/api/v1/users", CREATING["/api/v1/users"]).status_code == 200
    assert writes == [False]
