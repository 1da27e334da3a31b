"""``/designs`` over HTTP: GALLERY's shape and statuses, counters, races."""

from __future__ import annotations

from datetime import timedelta
from threading import Event, Thread
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from tests.api.conftest import QueryCounter
from tests.api.entries import Desk
from tests.api.media import uploaded
from tests.api.test_theme_races import at_once, delete, post, put, statuses
from tests.conftest import MakeUser, Person
from tests.designs import KEY, design
from tests.patience import wait_until
from webapp.api.gallery.counting import VIEWS, noted_views
from webapp.api.view_counting import keep_views_written
from webapp.domain.gallery import counting

COLUMNS = {
    *("id", "title", "description", "r2_object_key", "image_url", "category", "style", "colour", "fabric"),
    *("occasion", "featured", "status", "view_count", "like_count", "designer_name", "collection_name"),
    *("season", "created_at", "updated_at", "is_favorited"),
}
"""GALLERY's columns, and what its answers have beside them."""


@pytest.fixture
def reader(client: FlaskClient, member: Person) -> Desk:
    return Desk(client, member.headers)


@pytest.mark.one_database
def test_facets_that_are_kept_are_those_of_now(client: FlaskClient, desk: Desk, reader: Desk) -> None:
    def counted(category: str = "SAREES ") -> int:
        facets = reader.get("/designs", category=category, facets="true")["facets"]
        return sum(each["count"] for each in facets["category"])

    assert counted() == 0
    url = f"/designs/{desk.post('/designs', design())['id']}"
    assert counted() == counted("sarees") == 1
    assert client.get("/api/v1/designs?category=sarees&facets=true").status_code == 401
    for status, number in (("draft", 0), ("published", 1), ("archived", 0), ("published", 1)):
        desk.put(url, {"status": status})
        assert counted() == number
    desk.delete(url, expect=200)
    assert counted() == 0
    desk.post(f"/content/trash/{url.rpartition('/')[2]}/restore", expect=200)
    assert counted() == 1


@pytest.mark.one_database
def test_a_design_as_the_app_reads_it(client: FlaskClient, editor: Person, desk: Desk, reader: Desk) -> None:
    image = uploaded(client, editor, category="designs", alt_text="Red and blue")
    body = design(r2_object_key=image["object_key"], style="Banarasi", featured=True, tags=["new"])
    made = desk.post("/designs", body)
    read = reader.get(f"/designs/{made['id']}")
    assert set(read) >= COLUMNS and read["image_url"] == image["public_url"]
    assert read["image"]["srcset"] == image["srcset"] and read["image"]["alt_text"] == "Red and blue"
    assert (read["status"], read["featured"], read["style"]) == ("published", True, "Banarasi")
    assert reader.get("/designs")["data"] == reader.get("/designs/featured")["data"] == [read]
    assert (read["missing_image"], made["missing_image"]) == (False, False)
    later = desk.post("/designs", design())
    assert (later["image"], later["missing_image"]) == (None, True), "an image may come later"


@pytest.mark.one_database
def test_statuses_are_gallerys(client: FlaskClient, desk: Desk, reader: Desk, editor_headers: Any) -> None:
    url = f"/designs/{desk.post('/designs', design(status='draft'))['id']}"
    reader.get(url, expect=404)
    assert desk.put(url, {"title": "Still a draft"})["status"] == "draft"
    for status, expect in (("published", 200), ("archived", 404), ("published", 200), ("draft", 404)):
        assert desk.put(url, {"status": status})["status"] == status
        reader.get(url, expect=expect)
    assert desk.get(url)["title"] == "Still a draft"
    assert [row["number"] for row in desk.get(f"{url}/revisions")["data"]] == [4, 3, 2, 1]
    assert desk.post(f"{url}/publish", expect=200)["title"] == "Still a draft"
    desk.put(url, {"title": "Not yet"}, draft="true")
    assert reader.get(url)["title"] == "Still a draft"
    answer = desk.delete(url, expect=200)
    assert answer["success"] and reader.get(url, expect=404)
    trashed = desk.get("/content/trash", type="designs")["data"][0]["trash_id"]
    desk.post(f"/content/trash/{trashed}/restore", expect=200)
    assert reader.get(url)["title"] == "Still a draft"


@pytest.mark.one_database
def test_everything_wrong_is_named_at_once(desk: Desk, reader: Desk) -> None:
    body = {
        "title": "",
        "r2_object_key": "../secret",
        "style": 5,
        "featured": "yes",
        "status": "gone",
        "x": 1,
    }
    problem = desk.post("/designs", body, 422)
    pointers = {error["pointer"] for error in problem["errors"]}
    assert pointers == {"/title", "/r2_object_key", "/category", "/style", "/featured", "/status", "/x"}
    assert (
        desk.post("/designs", design(r2_object_key="incoming/a.jpg"), 422)["errors"][0]["code"]
        == "invalid_key"
    )
    assert desk.post("/designs", design(archived=True), 422)["errors"][0]["code"] == "unknown_field"
    wrong = reader.get("/designs", expect=422, sort="best", near_colour="x", per_page="101", featured="1")
    assert {e["pointer"] for e in wrong["errors"]} == {
        f"/query/{name}" for name in ("sort", "per_page", "featured")
    }
    assert reader.get("/designs", expect=422, near_colour="x")["errors"][0]["pointer"] == "/query/near_colour"
    reader.get("/designs", expect=403, status="draft")


@pytest.mark.one_database
def test_filters_pages_and_facets_in_one_answer(desk: Desk, reader: Desk) -> None:
    for number, fabric in enumerate(("Silk", "Silk", "Cotton")):
        desk.post("/designs", design(f"Design {number}", fabric=fabric, colour="Red"))
    page = reader.get("/designs", fabric="silk", colour="red", per_page=1, page=2, facets="true")
    assert [each["title"] for each in page["data"]] == ["Design 0"]
    assert (page["total"], page["page"], page["page_size"], page["total_pages"]) == (2, 2, 1, 2)
    assert page["facets"]["fabric"] == [{"value": "Silk", "count": 2}, {"value": "Cotton", "count": 1}]
    assert page["facets"]["colour"] == [{"value": "Red", "count": 2}] and page["facets"]["season"] == []
    assert page["facets"]["featured"] == [{"value": "false", "count": 2}]
    assert page["facets"]["status"] == [{"value": "published", "count": 2}]
    assert reader.get("/designs")["facets"] is None


def test_a_page_costs_the_same_however_long(desk: Desk, reader: Desk, count_queries: QueryCounter) -> None:
    costs = []
    for _ in range(2):
        for number in range(3):
            desk.post("/designs", design(f"Design {number}", tags=["a", "b"]))
        with count_queries() as statements:
            reader.get("/designs", category="sarees", facets="true")
        costs.append(len([s for s in statements if s.startswith("SELECT")]))
    assert costs[0] == costs[1] <= 10, statements


@pytest.mark.one_database
def test_visitors_read_a_public_gallery(client: FlaskClient, desk: Desk, admin_headers: Any) -> None:
    url = f"/designs/{desk.post('/designs', design())['id']}"
    visitor = Desk(client, {})
    for path in ("/designs", "/designs/featured", url):
        visitor.get(path, expect=401)
    Desk(client, admin_headers).put("/admin/settings", {"gallery_visibility": "public"})
    assert visitor.get("/designs")["total"] == 1 and visitor.get(url)["is_favorited"] is False
    visitor.get("/designs/user/favorites", expect=401)
    visitor.post(f"{url}/favorite", expect=401)


def test_favorites_under_races_equal_the_rows(
    app: Flask, desk: Desk, reader: Desk, make_user: MakeUser
) -> None:
    people = [make_user() for _ in range(4)]
    path = f"/designs/{desk.post('/designs', design())['id']}"
    url = f"/api/v1{path}/favorite"
    answers = at_once(app, *(post(url, person.headers) for person in people for _ in range(2)))
    assert statuses(answers) == {200: 8} and reader.get(path)["like_count"] == 4
    calls = [(delete if number % 2 else post)(url, people[number % 4].headers) for number in range(8)]
    assert statuses(at_once(app, *calls)) == {200: 8}
    kept = [Desk(app.test_client(), person.headers).get("/designs/user/favorites") for person in people]
    assert [page["total"] for page in kept] == [1, 0, 1, 0] and reader.get(path)["like_count"] == 2
    assert reader.get("/designs", sort="most_liked")["data"][0]["like_count"] == 2


@pytest.mark.one_database
def test_an_entity_tag_is_of_the_state_and_the_reader(
    app: Flask, client: FlaskClient, desk: Desk, member: Person, editor_headers: Any
) -> None:
    url = f"/api/v1/designs/{desk.post('/designs', design())['id']}"
    first = client.get(url, headers=member.headers).headers["ETag"]
    liked = client.post(f"{url}/favorite", headers=member.headers).json
    assert liked["is_favorited"] and liked["like_count"] == 1
    again = client.get(url, headers={**member.headers, "If-None-Match": first})
    assert again.status_code == 200 and again.json["is_favorited"], "the answer is another one now"
    assert client.get(url, headers={**editor_headers, "If-None-Match": first}).status_code == 304
    headers = {**editor_headers, "If-Match": again.headers["ETag"]}
    answers = at_once(app, *(put(url, headers, {"title": f"Title {n}"}) for n in range(3)))
    assert statuses(answers) == {200: 1, 412: 2}


@pytest.mark.one_database
def test_a_view_is_counted_behind_the_answer(
    app: Flask,
    client: FlaskClient,
    desk: Desk,
    reader: Desk,
    count_queries: QueryCounter,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = f"/designs/{desk.post('/designs', design())['id']}"

    def seen(person: Desk) -> int:
        """Read the whole answer and let go of it, as servers do."""
        answer = client.get(f"/api/v1{path}", headers=person.headers, buffered=True)
        return int(answer.json["view_count"])

    with app.app_context():
        noted_views().take()
    with count_queries() as statements:
        seen(reader)
    assert not [s for s in statements if s.startswith(("INSERT", "UPDATE"))], "reading writes nothing"
    monkeypatch.setattr(counting, "EVERY", timedelta(0))
    assert [seen(reader), seen(reader), seen(desk), seen(desk)] == [0, 1, 1, 2]
    assert reader.get("/designs", sort="most_viewed")["data"][0]["view_count"] == 2


@pytest.mark.one_database
def test_a_quiet_process_writes_what_it_has_noted(
    app: Flask, desk: Desk, reader: Desk, editor: Person
) -> None:
    def count() -> int:
        return int(reader.get("/designs")["data"][0]["view_count"])

    path, ending = f"/designs/{desk.post('/designs', design())['id']}", Event()
    process = Thread(target=ending.wait)
    process.start()
    quick = keep_views_written(app, 0.02, process)
    reader.get(path)
    wait_until(lambda: count() > 0, "counted")
    assert count() == 1
    ending.set()
    quick.join()
    ending.clear()
    process = Thread(target=ending.wait)
    process.start()
    slow = keep_views_written(app, 1000, process)
    desk.get(path)
    assert count() == 1
    ending.set()
    slow.join()
    assert count() == 2, "written at the end of the process"


@pytest.mark.one_database
def test_views_that_cannot_be_written_are_kept(
    app: Flask, desk: Desk, reader: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: Any) -> None:
        raise OperationalError("", {}, Exception())

    path = f"/designs/{desk.post('/designs', design())['id']}"
    reader.get(path)
    with monkeypatch.context() as patched:
        patched.setattr(Session, "commit", fails)
        VIEWS.write(app)
    assert reader.get("/designs")["data"][0]["view_count"] == 0
    VIEWS.write(app)
    assert reader.get("/designs")["data"][0]["view_count"] == 1


@pytest.mark.one_database
def test_an_image_in_use_is_kept_for_who_wants_that(client: FlaskClient, desk: Desk, editor: Person) -> None:
    image = uploaded(client, editor, category="designs")
    url, made = (
        f"/upload/image/{image['object_key']}",
        desk.post("/designs", design(r2_object_key=image["object_key"])),
    )
    problem = desk.delete(f"{url}?if_unused=true", expect=409)
    assert problem["code"] == "image_in_use" and "by 1 in all: designs" in problem["detail"]
    assert problem["errors"][0]["detail"] == f"designs {made['id']}: Red saree"
    assert client.delete(f"/api/v1{url}", headers=editor.headers).status_code == 200


@pytest.mark.one_database
def test_a_design_is_made_once(client: FlaskClient, desk: Desk, reader: Desk, editor_headers: Any) -> None:
    headers = {**editor_headers, "Idempotency-Key": "one"}
    answers = [client.post("/api/v1/designs", json=design(), headers=headers) for _ in range(2)]
    assert answers[0].json == answers[1].json and answers[0].headers["Location"].startswith(
        "/api/v1/designs/"
    )
    assert reader.get("/designs")["total"] == 1 and answers[0].json["r2_object_key"] == KEY


@pytest.mark.one_database
def test_analytics_have_gallerys_members(client: FlaskClient, desk: Desk, admin_headers: Any) -> None:
    desk.post("/designs", design(featured=True))
    found = Desk(client, admin_headers).get("/admin/analytics", days=7)
    assert found["users"] == {"total": 2, "approved": 2, "pending": 0, "admins": 1}
    assert found["designs"] == {"total": 1, "published": 1, "featured": 1, "views": 0, "favorites": 0}
    assert len(found["by_day"]) == 7 and found["by_category"][0]["category"] == "Sarees"
    desk.get("/admin/analytics", expect=403)
