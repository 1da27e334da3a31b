"""Festivals over HTTP: dates by year, order by the next one, images, who may write."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from tests.api.greetings import made, places
from tests.conftest import Person
from tests.pictures import encoded, picture
from webapp import web
from webapp.adapters.images.process import ChildProcessImages
from webapp.extensions import db
from webapp.kernel import sqlite
from webapp.ports import Picture
from webapp.web import Rangoli

FESTIVALS = "/api/v1/festivals"
DIWALI = {"name": "Diwali", "calendar": "IN", "calendar_name": "Diwali", "country": "India"}


@pytest.fixture(autouse=True)
def november(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "utc_now", lambda: datetime(2026, 11, 9, 12, tzinfo=UTC))


def make(client: FlaskClient, person: Person, **fields: Any) -> dict[str, Any]:
    return dict(made(client, "/festivals", fields, person))


def test_dates_come_from_the_calendar_and_estimates_are_marked(client: FlaskClient, editor: Person) -> None:
    diwali = make(client, editor, **DIWALI)
    found = {each["year"]: each["date_start"] for each in diwali["dates"]}
    assert found == {
        2026: "2026-11-08",
        2027: "2027-10-29",
        2028: "2028-10-17",
        2029: "2029-11-05",
        2030: "2030-10-26",
    }
    assert (diwali["date_start"], diwali["is_estimated"]) == ("2027-10-29", False)
    eid = make(client, editor, name="Eid", calendar="IN", calendar_name="Eid al-Fitr")
    assert (eid["date_start"], eid["is_estimated"]) == ("2027-03-10", True)


def test_a_date_of_a_person_stays(client: FlaskClient, editor: Person) -> None:
    diwali = make(client, editor, **DIWALI)
    url = f"{FESTIVALS}/{diwali['id']}"
    changed = {"date_start": "2027-10-30", "date_end": "2027-11-01"}
    assert client.put(url, json=changed, headers=editor.headers).status_code == 200
    assert client.put(url, json={"category": "Hindu"}, headers=editor.headers).status_code == 200
    found = client.get(url).json
    assert (found["date_start"], found["date_end"]) == ("2027-10-30", "2027-11-01")
    assert [each["year"] for each in found["dates"] if each["is_manual"]] == [2027]


def test_the_next_one_is_first(client: FlaskClient, editor: Person) -> None:
    make(client, editor, name="Someday")
    make(client, editor, **DIWALI)
    make(client, editor, name="Christmas", calendar="IN", calendar_name="Christmas")
    make(client, editor, name="Hidden", is_active=False)
    answer = client.get(FESTIVALS).json
    assert [each["name"] for each in answer["data"]] == ["Christmas", "Diwali", "Someday"]
    names, cursor = [], ""
    while cursor is not None:
        page = client.get(f"{FESTIVALS}?limit=1" + (f"&cursor={cursor}" if cursor else "")).json
        names += [each["name"] for each in page["data"]]
        cursor = page["next_cursor"]
    assert names == ["Christmas", "Diwali", "Someday"]
    assert client.get(f"{FESTIVALS}?q=DIW&country=india").json["total"] == 1
    assert client.get(FESTIVALS, headers=editor.headers).json["total"] == 4


def test_images_have_one_primary(client: FlaskClient, editor: Person) -> None:
    diwali = make(client, editor, **DIWALI)
    path = f"/festivals/{diwali['id']}/images"
    first = made(client, path, {"image_url": "/media/festivals/a.jpg", "alt_text": "Lamps"}, editor)
    second = made(client, path, {"image_url": "/media/festivals/b.jpg", "is_primary": True}, editor)
    images = client.get(f"/api/v1{path}").json
    assert [(each["id"], each["is_primary"]) for each in images] == [
        (first["id"], False),
        (second["id"], True),
    ]
    client.delete(f"/api/v1{path}/{second['id']}", headers=editor.headers)
    assert [each["is_primary"] for each in client.get(f"/api/v1{path}").json] == [True]


@pytest.mark.one_database
def test_an_image_is_uploaded_and_changed(client: FlaskClient, editor: Person, member: Person) -> None:
    """As CARDS' clients do: a form with the file."""
    url = f"{FESTIVALS}/{make(client, editor, **DIWALI)['id']}/images"

    def send(person: Person, **fields: Any) -> Any:
        form = {"file": (io.BytesIO(encoded(picture())), "lamps.jpg"), **fields}
        return client.post(url, data=form, headers=person.headers)

    answer = send(editor, alt_text="Lamps", sort_order="7")
    assert answer.status_code == 201, answer.json
    first = answer.json
    assert (first["alt_text"], first["sort_order"], first["is_primary"]) == ("Lamps", 7, True)
    assert client.get(first["image_url"].split("8000", 1)[1]).content_type == "image/jpeg"
    assert send(member).status_code == 403
    assert places(send(editor, is_primary="perhaps", image_url="x")) == {"/is_primary", "/image_url"}
    second = client.post(url, json={"image_url": "/media/b.jpg"}, headers=editor.headers).json
    changes = {"sort_order": 1, "is_primary": True, "alt_text": None}
    changed = client.patch(f"{url}/{second['id']}", json=changes, headers=editor.headers)
    assert changed.status_code == 200, changed.json
    found = [(each["id"], each["is_primary"]) for each in client.get(url).json]
    assert found == [(second["id"], True), (first["id"], False)]
    wrong = client.put(f"{url}/{second['id']}", json={"sort_order": -1, "place": 1}, headers=editor.headers)
    assert places(wrong) == {"/sort_order", "/place"}


class WatchedImages(ChildProcessImages):
    """Reads an image only where somebody else may write meanwhile."""

    def keep(self, source: Iterable[bytes]) -> Picture:
        with db.engine.connect() as other:
            other.execute(text("SELECT 1"))  # BEGIN IMMEDIATE: fails after a moment where the request writes
        return super().keep(source)


@pytest.mark.one_database
def test_others_write_while_an_image_is_read(
    app: Rangoli, client: FlaskClient, editor: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"{FESTIVALS}/{make(client, editor, **DIWALI)['id']}/images"
    monkeypatch.setattr(sqlite, "BUSY_TIMEOUT", 50)
    app.ports = replace(app.ports, images=WatchedImages())
    form = {"file": (io.BytesIO(encoded(picture())), "lamps.jpg")}
    assert client.post(url, data=form, headers=editor.headers).status_code == 201


def test_all_errors_at_once(client: FlaskClient, editor: Person) -> None:
    body = {
        "name": "",
        "slug": "Not A Slug",
        "date_end": "2027-01-01",
        "colors": ["#fff", "url(x)"],
        "messages": {"hi": 3},
        "calendar": "IN",
        "calendar_name": "Nothing",
        "color": "red",
    }
    answer = client.post(FESTIVALS, json=body, headers=editor.headers)
    assert answer.status_code == 422
    assert places(answer) == {
        *("/name", "/slug", "/date_end", "/colors/1", "/messages/hi", "/calendar_name", "/color"),
    }


def test_a_slug_is_taken_once(client: FlaskClient, editor: Person) -> None:
    assert [make(client, editor, name="Holi")["slug"] for _ in range(2)] == ["holi", "holi-2"]
    answer = client.post(FESTIVALS, json={"name": "x", "slug": "holi"}, headers=editor.headers)
    assert (answer.status_code, answer.json["code"]) == (409, "taken")


def test_a_stale_tag_and_members(client: FlaskClient, editor: Person, member: Person) -> None:
    url = f"{FESTIVALS}/{make(client, editor, **DIWALI)['id']}"
    tag = client.get(url).headers["ETag"]
    assert client.get(url, headers={"If-None-Match": tag}).status_code == 304
    headers = {**editor.headers, "If-Match": tag}
    assert client.put(url, json={"name": "Deepavali"}, headers=headers).status_code == 200
    assert client.put(url, json={"name": "Divali"}, headers=headers).status_code == 412
    assert client.put(url, json={"name": "Mine"}, headers=member.headers).status_code == 403
    assert client.delete(url, headers=editor.headers).status_code == 204
    assert client.get(url).status_code == 404
