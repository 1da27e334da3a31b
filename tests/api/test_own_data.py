"""All of one's own data: every table that knows people has its part, and nothing secret is in it."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Table

from tests.conftest import Person
from tests.mails import do_jobs
from tests.pictures import encoded, picture
from webapp.domain.accounts import export
from webapp.domain.accounts.own_data import parts
from webapp.extensions import db
from webapp.kernel.clock import utc_now
from webapp.kernel.db import Base
from webapp.kernel.work import Work

EXPORT = "/api/v1/users/me/export"
LEFT_OUT = {
    "kept_answers": "answers that are kept for a day, to things that are told of elsewhere",
    "known_places": "digests of where a person has signed in, from which nothing can be read",
    "sign_in_steps": "what one browser has begun and is forgotten within minutes",
}


def knows_people(table: Table) -> bool:
    return any(key.column.table.name == "users" for key in table.foreign_keys)


def test_every_table_that_knows_people_has_a_part() -> None:
    told = {model.__tablename__ for part in parts() for model in part.models}
    known = {table.name for table in Base.metadata.sorted_tables if knows_people(table)}
    assert known - told - set(LEFT_OUT) == set()


def archive(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as found:
        return {name: found.read(name) for name in found.namelist()}


def fill(client: FlaskClient, person: Person) -> None:
    client.post("/api/v1/items", json={"title": 'My "item" – मेरा'}, headers=person.headers)
    client.post(
        "/api/v1/users/me/tokens", json={"name": "Key", "scopes": ["account:read"]}, headers=person.headers
    )
    files = {"file": (io.BytesIO(encoded(picture())), "me.png")}
    assert client.post("/api/v1/users/upload-avatar", data=files, headers=person.headers).status_code < 300


def test_a_small_one_comes_at_once_and_holds_no_secret(
    app: Flask, client: FlaskClient, member: Person, editor: Person
) -> None:
    fill(client, member)
    client.post("/api/v1/items", json={"title": "Not mine"}, headers=editor.headers)
    answer = client.get(EXPORT, headers=member.headers)
    assert (answer.status_code, answer.mimetype) == (200, "application/zip")
    assert answer.headers["Cache-Control"] == "no-store"
    found = archive(answer.data)
    answer.close()
    tables = {name[5:-5]: json.loads(text) for name, text in found.items() if name.startswith("data/")}
    assert set(tables) == {part.name for part in parts()}
    assert [item["title"] for item in tables["items"]] == ['My "item" – मेरा']
    assert tables["profile"][0]["email"] == member.email
    assert tables["favorites"] == []
    key = tables["media"][0]["object_key"]
    assert found[f"files/{key}"][:4] in (b"\x89PNG", b"RIFF", b"\xff\xd8\xff\xe0")
    everything = b"".join(found.values())
    assert b"Not mine" not in everything
    for secret in (b"argon2", b"token_hash", b"password_hash", b"code_hash", b"seed"):
        assert secret not in everything


@pytest.mark.one_database
def test_nobody_else_and_no_api_token_gets_it(client: FlaskClient, member: Person) -> None:
    assert client.get(EXPORT).status_code == 401
    made = {"name": "Key", "scopes": ["account:read"]}
    token = client.post("/api/v1/users/me/tokens", json=made, headers=member.headers).json["token"]
    assert client.get(EXPORT, headers={"Authorization": f"Bearer {token}"}).status_code == 403


@pytest.mark.one_database
def test_a_large_one_is_made_by_a_job_and_kept_for_a_day(
    app: Flask, client: FlaskClient, member: Person, editor: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(client, member)
    monkeypatch.setattr(export, "AT_ONCE_MAX", 10)
    first, again = (client.get(EXPORT, headers=member.headers) for _ in range(2))
    assert (first.status_code, first.json["id"]) == (202, again.json["id"])
    assert client.get(f"/api/v1/jobs/{first.json['id']}", headers=editor.headers).status_code == 404
    do_jobs(app)
    answer = client.get(EXPORT, headers=member.headers)
    assert answer.status_code == 302
    address = answer.headers["Location"].partition(":8000")[2] or answer.headers["Location"]
    assert "data/items.json" in archive(client.get(address).data)
    assert client.get(address.partition("?")[0]).status_code == 404
    storage = app.ports.storage  # type: ignore[attr-defined]
    (kept,) = storage.list(export.EXPORTS)
    with app.app_context():
        late = Work(db.session(), member.actor, utc_now() + timedelta(days=1))
        assert not export.is_kept(kept, late.now)
        assert not isinstance(export.prepare_export(late, storage), str)
        db.session.rollback()
        db.session.remove()
    client.delete("/api/v1/users/me", headers=member.headers)
    do_jobs(app)
    assert list(storage.list(export.EXPORTS)) == []
