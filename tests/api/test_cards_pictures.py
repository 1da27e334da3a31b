"""Signed pictures, previews that are kept, many cards at once, and the festivals' calendar."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta
from typing import Any
from uuid import UUID

import icalendar
import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from tests.api.conftest import MakeApp
from tests.api.greetings import made, make_card, make_template, places
from tests.api.media import run_jobs, stored
from tests.conftest import MakeUser, Person
from webapp import web
from webapp.adapters.renderer import chromium
from webapp.domain.cards.models import Card
from webapp.extensions import db
from webapp.kernel.clock import utc_now

CARDS = "/api/v1/cards"


@pytest.fixture
def card(client: FlaskClient, member: Person) -> dict[str, Any]:
    return make_card(client, member, make_template(client, member))


def path_of(url: str) -> str:
    return url.replace("http://127.0.0.1:8000", "").replace("http://localhost", "")


def signed(client: FlaskClient, person: Person, card: dict[str, Any], **wanted: Any) -> str:
    answer = made(client, f"/cards/{card['id']}/render-url", {"format": "png", **wanted}, person, 200)
    url = str(answer["url"])
    return url[url.index("/r/") :]


# --- signed addresses -----------------------------------------------------------------------


@pytest.mark.one_database
def test_a_signed_address_shows_the_card_to_everybody(
    client: FlaskClient, member: Person, card: dict[str, Any]
) -> None:
    path = signed(client, member, card, size="facebook-post", format="jpeg")
    assert path.endswith(".jpg")
    answer = client.get(path)
    picture = Image.open(io.BytesIO(answer.data))
    assert (answer.content_type, picture.format, picture.size) == ("image/jpeg", "JPEG", (1200, 630))
    assert answer.headers["Cache-Control"] == "public, max-age=3600"
    again = client.get(path, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    client.put(f"{CARDS}/{card['id']}", json={"title": "Other"}, headers=member.headers)
    assert client.get(path, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 200


@pytest.mark.one_database
def test_nobody_asks_for_other_pictures(
    client: FlaskClient,
    member: Person,
    card: dict[str, Any],
    make_user: MakeUser,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = signed(client, member, card)
    _, _, signature, rest = path.split("/")
    text, ending = rest.split(".")
    longer = signed(client, member, card, width=300).split("/")[3]
    wrong = "A" if signature[0] != "A" else "B"
    for other in (
        f"/r/{wrong}{signature[1:]}/{rest}",
        f"/r/{signature}/{longer}",
        f"/r/{signature}/{text[:-4]}.{ending}",
        f"/r/é/{rest}",
    ):
        assert client.get(other).status_code == 404, other
    body = {"format": "png"}
    for person in (make_user("member"), make_user("editor")):
        answer = client.post(f"{CARDS}/{card['id']}/render-url", json=body, headers=person.headers)
        assert answer.status_code == 404
    ending_soon = signed(client, member, card, expires_in=60)
    later = utc_now() + timedelta(seconds=61)
    monkeypatch.setattr(web, "utc_now", lambda: later)
    assert client.get(ending_soon).status_code == 404
    client.delete(f"{CARDS}/{card['id']}", headers=member.headers)
    assert client.get(path).status_code == 404


@pytest.mark.one_database
def test_wrong_wishes(client: FlaskClient, member: Person, card: dict[str, Any]) -> None:
    url = f"{CARDS}/{card['id']}/render-url"
    body = {"format": "pdf", "size": "poster", "expires_in": 1, "paper": "a4"}
    answer = client.post(url, json=body, headers=member.headers)
    assert places(answer) == {"/format", "/size", "/expires_in", "/paper"}


# --- previews -------------------------------------------------------------------------------


def test_a_card_gets_a_picture_and_loses_it(app: Flask, client: FlaskClient, member: Person) -> None:
    card = make_card(client, member, make_template(client, member))
    assert run_jobs(app, "cards.draw_preview") == [("cards.draw_preview", "done")]
    [first] = [key for key in stored(app) if key.startswith("private/cards/")]
    url = path_of(card["generated_image_url"])
    assert client.get(url).data == b"".join(app.ports.storage.get(first))  # type: ignore[attr-defined]
    token = made(client, f"/cards/{card['id']}/share", {"max_opens": 1}, member)["share_token"]
    for _ in range(2):
        shown = client.get(f"/c/{token}/picture.jpg")
        assert Image.open(io.BytesIO(shown.data)).size == (1080, 1080)
    page = client.get(f"/c/{token}").get_data(as_text=True)
    assert f'/c/{token}/picture.jpg"' in page and 'property="og:image"' in page
    assert client.get(f"/c/{token}/picture.jpg").status_code == 404, "the link is used up"
    etag = client.get(f"{CARDS}/{card['id']}", headers=member.headers).headers["ETag"]
    client.put(f"{CARDS}/{card['id']}", json={"title": "Other"}, headers={**member.headers, "If-Match": etag})
    assert client.get(url).status_code == 404, "the card is another by now"
    [row] = client.get(f"{CARDS}/my-cards", headers=member.headers).json["data"]
    for changed in (row["generated_image_url"], row["generated_image_url"].replace("/p/", "/p/A")):
        shown = client.get(path_of(changed))
        assert shown.status_code == (404 if "/p/A" in changed else 200)
    run_jobs(app, "cards.draw_preview")
    [second] = [key for key in stored(app) if key.startswith("private/cards/")]
    assert second != first
    client.delete(f"{CARDS}/{card['id']}", headers=member.headers)
    with app.app_context():
        assert db.session.get(Card, UUID(card["id"])) is None
        db.session.remove()


@pytest.mark.one_database
def test_a_locked_card_shows_no_picture(client: FlaskClient, member: Person, card: dict[str, Any]) -> None:
    token = made(client, f"/cards/{card['id']}/share", {"password": "secret"}, member)["share_token"]
    assert client.get(f"/c/{token}/picture.jpg").status_code == 404
    page = client.post(f"/c/{token}", data={"password": "secret"}).get_data(as_text=True)
    assert "og:title" in page and "og:image" not in page


# --- many at once ---------------------------------------------------------------------------


def job_of(client: FlaskClient, person: Person, answer: Any) -> dict[str, Any]:
    assert answer.status_code == 202, answer.json
    return dict(client.get(f"/api/v1/jobs/{answer.json['id']}", headers=person.headers).json)


@pytest.mark.one_database
def test_many_cards_are_one_file(
    app: Flask, client: FlaskClient, member: Person, make_user: MakeUser, card: dict[str, Any]
) -> None:
    copy = made(client, f"/cards/{card['id']}/duplicate", {}, member)
    body = {"card_ids": [card["id"], copy["id"]], "format": "webp", "width": 200}
    other = client.post(f"{CARDS}/export-many", json=body, headers=make_user("member").headers)
    assert places(other) == {"/card_ids/0"}
    wrong = {"card_ids": [], "format": "gif", "width": 1}
    assert places(client.post(f"{CARDS}/export-many", json=wrong, headers=member.headers)) == {
        *("/card_ids", "/format", "/width")
    }
    asked = client.post(f"{CARDS}/export-many", json=body, headers=member.headers)
    file = f"{CARDS}/exports/{asked.json['id']}"
    assert client.get(file, headers=member.headers).status_code == 404
    client.delete(f"{CARDS}/{copy['id']}", headers=member.headers)
    run_jobs(app, "cards.export_many")
    job = job_of(client, member, asked)
    assert (job["state"], job["done"], job["total"], job["result"]["exported"]) == ("done", 2, 2, 1)
    assert job["result"]["failed"] == [{"card_id": copy["id"], "detail": "Card not found"}]
    archive = zipfile.ZipFile(io.BytesIO(client.get(file, headers=member.headers).data))
    assert archive.namelist() == ["001-diwali.webp"]
    assert Image.open(archive.open("001-diwali.webp")).size == (200, 200)
    assert client.get(file, headers=make_user("member").headers).status_code == 404


@pytest.mark.one_database
def test_a_card_that_hangs_is_told_by_the_job(
    app: Flask, client: FlaskClient, member: Person, card: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Case 39: the others are exported, and the result says why one is not."""
    css = "div{filter:blur(80px);backdrop-filter:blur(80px);width:4000px;height:4000px}"
    code = f"<style>{css}</style>{'<div>' * 60}{{{{ title }}}}"
    hostile = make_card(client, member, make_template(client, member, template_code=code))
    monkeypatch.setattr(chromium, "PATIENCE", 1.5)
    body = {"card_ids": [hostile["id"], card["id"]], "format": "jpeg"}
    asked = client.post(f"{CARDS}/export-many", json=body, headers=member.headers)
    run_jobs(app, "cards.export_many")
    result = job_of(client, member, asked)["result"]
    assert result["exported"] == 1
    [failed] = result["failed"]
    assert failed["card_id"] == hostile["id"] and "takes too long" in failed["detail"]


def test_a_table_becomes_cards_with_errors_by_row(app: Flask, client: FlaskClient, member: Person) -> None:
    template = make_template(client, member)
    rows = "title,message,accent,guests\nOne,Light,teal,7\nTwo,,red\nThree,Joy,no-colour,many\nFour,Peace,\n"

    def send(table: str) -> Any:
        data = {"file": (io.BytesIO(table.encode()), "cards.csv"), "template_id": template["id"]}
        return client.post(f"{CARDS}/batch", data=data, headers=member.headers)

    asked = send(rows)
    run_jobs(app, "cards.make_batch")
    job = job_of(client, member, asked)
    assert (job["state"], job["done"], job["total"]) == ("done", 4, 4)
    wrong = [(error["row"], error["pointer"]) for error in job["result"]["errors"]]
    assert wrong == [(2, "/message"), (3, "/values/accent"), (3, "/values/guests")]
    mine = client.get(f"{CARDS}/my-cards", headers=member.headers).json["data"]
    assert {each["title"]: each["values"].get("guests") for each in mine} == {"One": 7, "Four": None}
    assert sorted(job["result"]["made"]) == sorted(each["id"] for each in mine)
    assert places(send("title,nonsense\na,b\n")) == {"/file"}
    assert places(send("title\n")) == {"/file"}
    assert places(send("title\n" + "a\n" * 101)) == {"/file"}


@pytest.mark.one_database
def test_rows_of_a_table_count_as_cards_of_the_hour(
    client: FlaskClient, another_app: MakeApp, make_user: MakeUser, member: Person
) -> None:
    template = make_template(client, member)
    limited = another_app(rate_limits=True).test_client()

    def send(rows: int, person: Person) -> Any:
        table = io.BytesIO(b"message\n" + b"Light\n" * rows)
        data = {"file": (table, "cards.csv"), "template_id": template["id"]}
        return limited.post(f"{CARDS}/batch", data=data, headers=person.headers)

    make_card(limited, member, template)
    refused = send(100, member)
    assert (refused.status_code, refused.json["code"]) == (429, "too_many_requests")
    assert "100 cards, and 99 of 100 are left" in refused.json["detail"]
    assert 0 < int(refused.headers["Retry-After"]) <= 3601
    assert send(99, member).status_code == 202, "the refused table took none"
    assert "0 of 100 are left" in send(1, member).json["detail"]
    body = {"template_id": template["id"], "message": "One more"}
    single = limited.post(f"{CARDS}/generate", json=body, headers=member.headers)
    assert single.status_code == 429
    premium = make_user("member", is_premium=True)
    assert [send(100, premium).status_code for _ in range(2)] == [202, 202]


# --- the calendar ---------------------------------------------------------------------------


def test_festivals_are_a_calendar(client: FlaskClient, editor: Person) -> None:
    fields = {"name": "Diwali; lamps, light", "calendar": "IN", "calendar_name": "Diwali", "country": "India"}
    made(client, "/festivals", fields, editor)
    eid = {"name": "Eid", "calendar": "AE", "calendar_name": "Eid al-Fitr"}
    made(client, "/festivals", eid, editor)
    made(client, "/festivals", {"name": "Hidden", "date_start": "2027-05-05", "is_active": False}, editor)
    answer = client.get("/festivals.ics")
    assert answer.content_type == "text/calendar; charset=utf-8"
    events = icalendar.Calendar.from_ical(answer.data).walk("VEVENT")
    assert {str(event["summary"]) for event in events} >= {"Diwali; lamps, light", "Eid (estimated)"}
    assert not any("Hidden" in str(event["summary"]) for event in events)
    [diwali] = [each for each in events if each.start.year == 2027 and "Diwali" in str(each["summary"])]
    assert (diwali.start.isoformat(), diwali.end.isoformat()) == ("2027-10-29", "2027-10-30")
    assert len({str(event["uid"]) for event in events}) == len(events)
    assert b"Eid" not in client.get("/festivals.ics?country=india").data
    tag = answer.headers["ETag"]
    assert client.get("/festivals.ics", headers={"If-None-Match": tag}).status_code == 304
    assert json.dumps(str(diwali["status"])) == '"CONFIRMED"'
