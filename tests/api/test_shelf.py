"""The shelf in front of the application: what it keeps, for whom, and until when."""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import Client

from config import Settings
from tests.api.conftest import MakeApp, QueryCounter
from tests.api.entries import Desk, data_item
from webapp.adapters.change_counter.generation import Generation
from webapp.app import change_counters
from webapp.site.shelf import BODY_MAX, BYTES_MAX, ENTRIES_MAX, Answers, Entry, Shelf

Headers = dict[str, str]
NEWEST = "/api/v1/data?sort=-created_at&total=false"


def is_kept(client: FlaskClient, url: str, **headers: str) -> bool:
    """Whether an answer comes from the shelf; only the application's own name the request. Asks several
    times, as on PostgreSQL a commit in the database of another test empties it too."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    answers = [client.get(url, headers=sent) for _ in range(10)]
    assert {answer.status_code for answer in answers} == {200}
    return not all("X-Request-Id" in answer.headers for answer in answers)


def test_what_is_asked_for_often_is_kept_however_many_others_are() -> None:
    asked: list[str] = []

    def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        asked.append(environ.get("HTTP_ACCEPT_ENCODING", ""))
        start_response("200 OK", [("ETag", '"1"')])
        return [b"body"]

    client = Client(Shelf(application, lambda: 1, lambda: 1))
    for i in range(ENTRIES_MAX):
        client.get("/themes/active.css", headers={"Accept-Encoding": f"x-{i}"})
    for _ in range(3):
        assert client.get("/themes/active.css", headers={"Accept-Encoding": "br"}).data == b"body"
    assert asked.count("br") == 1


def test_what_is_kept_takes_no_more_room_than_there_is() -> None:
    answers, half = Answers(1), b"x" * (BYTES_MAX // 2)
    for name in "abc":
        answers.keep((name, "", "", ""), Entry([], [], None, half, ""))
    assert list(answers.entries) == [("c", "", "", "")]


def test_long_answers_are_not_kept() -> None:
    asked: list[str] = []

    def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        asked.append(environ["PATH_INFO"])
        start_response("200 OK", [])
        return [b"x" * BODY_MAX, b"x" if environ["PATH_INFO"].endswith("2") else b""]

    client = Client(Shelf(application, lambda: 1, lambda: 1))
    for path in ("/api/v1/data/1", "/api/v1/data/1", "/api/v1/data/2", "/api/v1/data/2"):
        assert len(client.get(path).data) >= BODY_MAX
    assert asked == ["/api/v1/data/1", "/api/v1/data/2", "/api/v1/data/2"]


class TestContent:
    @pytest.mark.parametrize(
        "path", [NEWEST, "/api/v1/data/search?q=lamp", "/api/v1/tags", "/api/v1/projects"]
    )
    def test_visitors_get_the_answer_again(
        self, client: FlaskClient, editor_headers: Headers, path: str
    ) -> None:
        Desk(client, editor_headers).add("A lamp", tags=["brass"])
        first = client.get(path)
        assert is_kept(client, path)
        again = client.get(path)
        assert (again.data, again.content_type) == (first.data, first.content_type)
        assert client.head(path).data == b""

    def test_what_another_process_writes_shows_at_once(
        self, client: FlaskClient, editor_headers: Headers, another_app: MakeApp
    ) -> None:
        visitor, other = Desk(client, {}), Desk(another_app().test_client(), editor_headers)
        titles: list[str] = []
        for number in range(5):
            item = other.add(f"Item {number}")
            titles.insert(0, item["title"])
            assert visitor.titles("/data", sort="-created_at") == titles
            assert visitor.get(f"/data/{item['id']}")["title"] == item["title"]
        other.delete(f"/data/{item['id']}")
        assert visitor.titles("/data", sort="-created_at") == titles[1:]
        visitor.get(f"/data/{item['id']}", expect=404)

    def test_drafts_are_no_visitors(self, client: FlaskClient, editor_headers: Headers) -> None:
        editor, visitor = Desk(client, editor_headers), Desk(client, {})
        url = f"/data/{editor.add('Shown')['id']}"
        editor.put(url, {"title": "Not yet"}, draft="true")
        assert visitor.get(url)["title"] == "Shown"
        assert editor.get(url, draft="true")["title"] == "Not yet"
        assert visitor.get(url)["title"] == "Shown"
        visitor.get(url, expect=401, draft="true")
        assert not is_kept(client, f"/api/v1{url}", **editor_headers)

    def test_who_wants_no_kept_answer_gets_none(self, client: FlaskClient) -> None:
        client.get(NEWEST)
        assert is_kept(client, NEWEST)
        assert not is_kept(client, NEWEST, Cache_Control="no-cache")

    def test_known_entries_are_not_sent_again(self, client: FlaskClient, editor_headers: Headers) -> None:
        url = f"/api/v1/data/{Desk(client, editor_headers).add('A lamp')['id']}"
        etag = client.get(url).headers["ETag"]
        assert is_kept(client, url)
        answer = client.get(url, headers={"If-None-Match": etag})
        assert (answer.status_code, answer.data) == (304, b"")
        Desk(client, editor_headers).put(url.removeprefix("/api/v1"), {"title": "Another lamp"})
        assert client.get(url, headers={"If-None-Match": etag}).status_code == 200


class TestTotals:
    """Counting is left out when nothing was written since, whoever asks."""

    @pytest.mark.one_database
    @pytest.mark.parametrize("who", ["visitor", "editor"])
    def test_they_are_counted_once(
        self, client: FlaskClient, editor_headers: Headers, count_queries: QueryCounter, who: str
    ) -> None:
        desk = Desk(client, editor_headers)
        for title in ("One", "Two", "Three"):
            desk.add(title, tags=["brass"])
        asking = {"Cache-Control": "no-cache", **(editor_headers if who == "editor" else {})}

        def ask(query: str) -> tuple[int, bool]:
            """The total, and whether it was counted."""
            with count_queries() as statements:
                answer = client.get(f"/api/v1/data?limit=1&{query}", headers=asking)
            assert answer.json is not None and answer.json["total_pages"] == answer.json["total"]
            return answer.json["total"], any("count(*)" in statement for statement in statements)

        assert ask("tag=brass") == (3, True)
        assert ask("tag=brass&skip=1&sort=-title") == (3, False)
        assert ask("tag=copper&skip=0") == (0, True)
        desk.delete(f"/data/{desk.get('/data')['data'][0]['id']}")
        assert ask("tag=brass") == (2, True)
        assert ask("tag=brass&skip=5") == (2, False)


class TestGenerations:
    def test_another_state_is_another_generation(self) -> None:
        generation = Generation()
        first = generation.of("a", lambda: None)
        assert generation.of("a", lambda: None) == first
        assert generation.of("b", lambda: None) != first

    def test_a_scheduled_moment_is_another_generation(self, monkeypatch: pytest.MonkeyPatch) -> None:
        generation, now = Generation(), time.time()
        moments = [now + 60, None]
        monkeypatch.setattr(time, "time", lambda: now)
        first = generation.of("a", lambda: moments.pop(0))
        monkeypatch.setattr(time, "time", lambda: now + 59)
        assert generation.of("a", lambda: moments.pop(0)) == first
        monkeypatch.setattr(time, "time", lambda: now + 60)
        second = generation.of("a", lambda: moments.pop(0))
        assert second != first
        assert generation.of("a", lambda: moments.pop(0)) == second


@pytest.mark.parametrize("change", ["publish_at", "unpublish_at"])
def test_the_counter_knows_the_next_scheduled_moment(
    client: FlaskClient, editor_headers: Headers, settings: Settings, change: str
) -> None:
    desk = Desk(client, editor_headers)
    _, counter = change_counters(settings)
    counter()
    assert counter.next_moment() is None
    item = desk.post("/data", data_item("Later"), draft=str(change == "publish_at").lower())
    desk.put(f"/data/{item['id']}/schedule", {change: "2031-03-22T06:00:00.5Z"})
    moment = datetime(2031, 3, 22, 6, 0, 0, 500_000, tzinfo=UTC)
    assert counter.next_moment() == moment.timestamp()
