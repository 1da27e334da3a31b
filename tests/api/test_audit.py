"""The audit log over HTTP: what is written, who may read it, and what can be taken away."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import DatabaseError

from tests.conftest import MakeUser, Person, console_client, post
from tests.installations import Installation
from webapp.domain.audit.models import AuditEvent
from webapp.domain.audit.retention import ADDRESS_KEPT_FOR, expire_addresses
from webapp.extensions import db
from webapp.kernel.clock import utc_now
from webapp.kernel.csv_text import csv_text
from webapp.kernel.work import SYSTEM, Work

URL = "/api/v1/admin/audit"
USERS = "/api/v1/admin/users"


def events(client: FlaskClient, admin: Person, **query: Any) -> list[dict[str, Any]]:
    answer = client.get(URL, headers=admin.headers, query_string=query)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return list(answer.json["data"])


def test_a_change_names_who_what_which_when_and_from_where(
    client: FlaskClient, admin: Person, make_user: MakeUser
) -> None:
    waiting = make_user(status="pending")
    headers = {**admin.headers, "X-Request-Id": "request-1"}
    client.post(f"{USERS}/{waiting.id}/approve", headers=headers)
    (event,) = events(client, admin, action="user.approve")
    assert (event["actor_kind"], event["actor_id"]) == ("person", str(admin.id))
    assert (event["subject_type"], event["subject_id"]) == ("user", str(waiting.id))
    assert event["address"] == "127.0.0.1"
    assert event["request_id"]
    assert event["changes"] == [
        {"field": "status", "before": "pending", "after": "approved", "is_told": True}
    ]


def test_personal_values_are_not_in_the_log(client: FlaskClient, admin: Person, member: Person) -> None:
    client.put("/api/v1/users/me", json={"full_name": "Zebra Quagga"}, headers=member.headers)
    (event,) = events(client, admin, action="user.update")
    assert event["changes"] == [{"field": "full_name", "before": None, "after": None, "is_told": False}]


def test_a_bulk_action_leaves_an_event_for_each_row(
    app: Flask, client: FlaskClient, admin: Person, make_user: MakeUser
) -> None:
    waiting = [make_user(status="pending") for _ in range(3)]
    done = make_user()
    form = {"action": "approve", "ids": [str(person.id) for person in (*waiting, done)]}
    post(console_client(app, admin), "/console/people/approvals", form)
    found = {event["subject_id"] for event in events(client, admin, action="user.approve")}
    assert found == {str(person.id) for person in waiting}


def test_what_is_refused_leaves_nothing(client: FlaskClient, admin: Person) -> None:
    assert client.delete(f"{USERS}/{admin.id}", headers=admin.headers).status_code == 403
    assert events(client, admin, action="user.delete") == []


def test_61_a_deleted_person_is_only_a_reference(client: FlaskClient, admin: Person, member: Person) -> None:
    client.put("/api/v1/users/me", json={"full_name": "Zebra Quagga"}, headers=member.headers)
    assert events(client, admin, actor_id=str(member.id))[0]["actor"] == "Zebra Quagga"
    client.delete("/api/v1/users/me", headers=member.headers)
    found = events(client, admin, actor_id=str(member.id))
    assert {(event["action"], event["actor"]) for event in found} >= {
        ("user.delete", None),
        ("user.update", None),
    }
    exported = client.get(f"{URL}/export", headers=admin.headers).get_data(as_text=True)
    assert str(member.id) in exported
    for words in ("Zebra", member.email, member.username):
        assert words not in exported


class TestFilters:
    def test_each_narrows(self, client: FlaskClient, admin: Person, editor: Person) -> None:
        client.post("/api/v1/tags", json={"name": "red"}, headers=editor.headers)
        client.put("/api/v1/admin/settings", json={"site_name": "Diwali"}, headers=admin.headers)
        now = utc_now()
        hour = timedelta(hours=1)
        for query in (
            {"actor_id": str(editor.id), "action": "tag.create"},
            {"action": "tag"},
            {"subject_type": "tag", "subject_id": "1"},
            {"q": "tag.cr"},
            {"action": "tag", "q": editor.username},
            {"action": "tag", "since": (now - hour).isoformat(), "until": (now + hour).isoformat()},
        ):
            assert [event["action"] for event in events(client, admin, **query)] == ["tag.create"], query
        assert events(client, admin, action="tag", until=(now - hour).isoformat()) == []
        assert events(client, admin, action="tag", actor_id=str(admin.id)) == []

    def test_pages_by_cursor(self, client: FlaskClient, admin: Person) -> None:
        for name in ("a", "b", "c"):
            client.post("/api/v1/tags", json={"name": name}, headers=admin.headers)
        first = client.get(f"{URL}?action=tag&limit=2", headers=admin.headers).json
        cursor = first["next_cursor"]
        second = client.get(f"{URL}?action=tag&limit=2&cursor={cursor}", headers=admin.headers).json
        assert first["total"] == 3
        assert [e["subject_id"] for e in first["data"] + second["data"]] == ["3", "2", "1"]

    def test_wrong_values_are_named(self, client: FlaskClient, admin: Person) -> None:
        answer = client.get(f"{URL}?actor_id=x&since=yesterday", headers=admin.headers)
        pointers = {error["pointer"] for error in answer.json["errors"]}
        assert (answer.status_code, pointers) == (422, {"/query/actor_id", "/query/since"})


@pytest.mark.parametrize("path", [URL, f"{URL}/export"])
def test_only_admins_read_it(client: FlaskClient, editor: Person, path: str) -> None:
    assert client.get(path, headers=editor.headers).status_code == 403


def test_the_export_has_what_the_list_has(client: FlaskClient, admin: Person) -> None:
    client.post("/api/v1/tags", json={"name": "=1+1"}, headers=admin.headers)
    answer = client.get(f"{URL}/export?action=tag", headers=admin.headers)
    assert answer.content_type == "text/csv; charset=utf-8"
    (row,) = csv.DictReader(io.StringIO(answer.get_data(as_text=True)))
    (event,) = events(client, admin, action="tag")
    assert (row["id"], row["actor_id"], row["action"]) == (str(event["id"]), str(admin.id), "tag.create")
    assert row["changes"] == "name: None → =1+1"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_24_formulas_are_text(start: str) -> None:
    ((cell, number),) = list(csv.reader(io.StringIO(csv_text(("a", "b"), [(f"{start}1", -1)]))))[1:]
    assert (cell, number) == (f"'{start}1", "-1")


class TestAppendOnly:
    @pytest.fixture
    def event_id(self, client: FlaskClient, admin: Person) -> int:
        client.post("/api/v1/tags", json={"name": "red"}, headers=admin.headers)
        return int(events(client, admin, action="tag")[0]["id"])

    @pytest.mark.parametrize(
        "change", ["action = 'x.y'", "actor_id = NULL", "address = '10.0.0.1'", "changes = '{}'"]
    )
    def test_the_database_refuses_to_rewrite(self, app: Flask, event_id: int, change: str) -> None:
        with app.app_context():
            statement = text(f"UPDATE audit_events SET {change} WHERE id = :id")
            with pytest.raises(DatabaseError, match="append-only"):
                db.session.execute(statement, {"id": event_id})
            db.session.rollback()

    def test_62_addresses_are_forgotten_after_a_time(self, app: Flask, event_id: int) -> None:
        with app.app_context():
            later = utc_now() + ADDRESS_KEPT_FOR
            assert expire_addresses(Work(db.session(), SYSTEM, later - timedelta(hours=1))) == 0
            assert expire_addresses(Work(db.session(), SYSTEM, later + timedelta(hours=1))) >= 1
            left = select(func.count()).where(AuditEvent.address.is_not(None))
            assert db.session.scalar(left) == 0
            db.session.rollback()


def test_a_request_that_writes_without_a_word_is_found(
    app: Flask, installation: Installation, member: Person
) -> None:
    """The watch over all tests is awake."""
    with app.test_request_context("/somewhere", method="POST"):
        from webapp.domain.accounts.models import User

        db.session.execute(update(User).values(full_name="X"))
        db.session.commit()
        db.session.remove()
    assert installation.trail.take() == ["POST /somewhere: users"]
