"""Searching data items over HTTP; both databases give these same answers."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from tests.api.documents import pointers
from tests.api.entries import Desk
from webapp.domain.content import search as search_statements
from webapp.extensions import db
from webapp.kernel.clock import utc_now
from webapp.kernel.compiled import CompiledStatement

ITEMS = (
    ("Brass lamp", "A lamp of brass, with oil."),
    ("Oil lamps for Diwali", "दिवाली की शुभकामनाएँ"),
    ("Paper lantern", "東京都庁の提灯, hung over doors"),
    ("Straße und Weg", "ΣΊΣΥΦΟΣ rolls a stone; naïve café"),
    ('Quotes "and" 100% more', "under_score back\\slash it's * AND OR NOT NEAR(x) -minus +plus"),
    ("Brass band", "Trumpets. Oil the valves."),
)


@pytest.fixture
def search(desk: Desk, visitor: Desk) -> Desk:
    for title, description in ITEMS:
        desk.add(title, description=description)
    return visitor


def test_the_phrase_comes_first(search: Desk) -> None:
    for q, expected in (
        ("LAMP", ["Oil lamps for Diwali", "Brass lamp"]),
        ("brass lamp", ["Brass lamp"]),
        ("ss la", ["Brass lamp"]),
        ("of brass, with", ["Brass lamp"]),
        ("  Brass   Lamp ", ["Brass lamp"]),
    ):
        assert search.titles("/data/search", q=q) == expected, q


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        ("दिवाली", "Oil lamps for Diwali"),
        ("शुभ", "Oil lamps for Diwali"),
        ("की", "Oil lamps for Diwali"),
        ("京都", "Paper lantern"),
        ("提", "Paper lantern"),
        ("STRASSE", "Straße und Weg"),
        ("straße", "Straße und Weg"),
        ("σίσυφος", "Straße und Weg"),
        ("NAÏVE", "Straße und Weg"),
        ("cafe\u0301", "Straße und Weg"),
    ],
)
def test_in_any_script(search: Desk, q: str, expected: str) -> None:
    assert search.titles("/data/search", q=q) == [expected]


@pytest.mark.parametrize(
    "q",
    [
        '"and"',
        "100%",
        "r_s",
        "back\\",
        "it's *",
        "AND OR",
        "NOT NEAR(",
        "NEAR(x)",
        "-minus +plus",
        "%",
        "_",
        '"',
        "\\",
    ],
)
def test_signs_are_only_signs(search: Desk, q: str) -> None:
    assert search.titles("/data/search", q=q) == ['Quotes "and" 100% more']


@pytest.mark.parametrize(
    "q", ["x' OR 1=1 --", '" OR "', "zzz*", ":* | !x", "(((", "🪔", "'; DROP TABLE tags"]
)
def test_signs_that_nothing_holds(search: Desk, q: str) -> None:
    search.get("/data/search", q=q)


class TestRank:
    def test_more_words_then_titles(self, search: Desk) -> None:
        assert search.titles("/data/search", q="oil brass lamp") == [
            "Brass lamp",
            "Oil lamps for Diwali",
            "Brass band",
        ]

    def test_beginnings_of_words_count(self, search: Desk) -> None:
        assert search.titles("/data/search", q="trump valv") == ["Brass band"]

    def test_words_of_other_scripts(self, search: Desk) -> None:
        assert search.titles("/data/search", q="शुभकामनाएँ दिवाली") == ["Oil lamps for Diwali"]

    def test_nothing(self, search: Desk) -> None:
        answer = search.get("/data/search", q="nowhere to be found")
        assert (answer["data"], answer["total"], answer["next_cursor"]) == ([], 0, None)


class TestPages:
    @pytest.mark.parametrize("q", ["a", "brass", "oil brass lamp quotes paper"])
    def test_pages_are_the_whole_list(self, search: Desk, q: str) -> None:
        whole = search.titles("/data/search", q=q)
        assert len(whole) > 1
        pages = list(search.pages("/data/search", q=q, limit=1))
        assert [title for page in pages for title in page] == whole
        assert search.titles("/data/search", q=q, skip=1, limit=1) == whole[1:2]
        assert search.get("/data/search", q=q, limit=1)["total"] == len(whole)

    def test_newer_entries_do_not_move_older_ones(self, search: Desk, desk: Desk) -> None:
        pages = search.pages("/data/search", q="brass", limit=1)
        seen = next(pages)
        desk.add("Brass bell")
        assert seen + [title for page in pages for title in page] == ["Brass band", "Brass lamp"]


class TestWhatIsFound:
    def test_only_what_is_published(self, search: Desk, desk: Desk) -> None:
        desk.post("/data", {"title": "Secret lamp", "content": {}}, draft="true")
        changed = desk.add("Old name")
        desk.put(f"/data/{changed['id']}", {"title": "Renamed lampshade"}, draft="true")
        assert "Secret lamp" not in search.titles("/data/search", q="lamp")
        assert search.titles("/data/search", q="old name") == ["Old name"]
        assert search.titles("/data/search", q="renamed secret") == []
        assert desk.titles("/data/search", q="secret", draft="true") == ["Secret lamp"]
        assert desk.titles("/data/search", q="renamed shade secret", draft="true") == [
            "Renamed lampshade",
            "Secret lamp",
        ]
        search.get("/data/search", 401, q="secret", draft="true")

    def test_what_was_changed_or_deleted_is_found_no_more(self, search: Desk, desk: Desk) -> None:
        item = desk.add("Zebra crossing", description="stripes")
        desk.put(f"/data/{item['id']}", {"title": "Horse crossing"})
        assert search.titles("/data/search", q="zebra") == []
        assert search.titles("/data/search", q="crossing horse") == ["Horse crossing"]
        desk.delete(f"/data/{item['id']}")
        assert search.titles("/data/search", q="crossing horse") == []
        assert search.titles("/data/search", q="stripes") == []

    def test_projects_are_not_data(self, search: Desk, desk: Desk) -> None:
        from tests.api.entries import PROJECT

        desk.post("/projects", {**PROJECT, "title": "Lamp works"})
        assert "Lamp works" not in search.titles("/data/search", q="lamp")
        assert search.titles("/data/search", q="works lamp") == ["Brass lamp", "Oil lamps for Diwali"]


@pytest.mark.parametrize("query", ["", "q=", "q=%20%20", "q=" + "x" * 201, "q=a%00b"])
def test_a_search_needs_words(client: FlaskClient, query: str) -> None:
    answer = client.get(f"/api/v1/data/search?{query}")
    assert answer.status_code == 422
    assert {pointer for pointer, _ in pointers(answer)} == {"/query/q"}


@pytest.mark.one_database
@pytest.mark.parametrize("statement", [search_statements._phrase_count, search_statements._having_words])
def test_sqlite_asks_its_index_once_and_not_for_each_edition(
    app: Flask, desk: Desk, statement: Callable[[bool, bool], CompiledStatement]
) -> None:
    for number in range(30):
        desk.add(f"Item {number}")
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(text("ANALYZE"))
        compiled = statement(False, True).statement.compile(dialect=connection.dialect)
        values = {
            **compiled.params,
            "now": utc_now().isoformat(" "),
            "type": "data",
            "q": '"item"',
            "most": 9,
        }
        sent = tuple(values[name] for name in compiled.positiontup or ())
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}", sent).all()
    scans = [row[3] for row in plan if row[3].startswith(("SCAN", "SEARCH"))]
    assert "VIRTUAL TABLE" in scans[0], scans
