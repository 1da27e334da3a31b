"""Lists of content over HTTP: fields, order, filters, paging that stays exact, and what they cost."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.api.conftest import QueryCounter
from tests.api.documents import pointers
from tests.api.entries import EXPERIENCE, PROJECT, Desk
from webapp.api.content.answers import DataSchema, ExperienceSchema, ProjectSchema
from webapp.domain.content.content_types import DATA
from webapp.domain.content.content_types import EXPERIENCE as EXPERIENCES
from webapp.domain.content.content_types import PROJECT as PROJECTS
from webapp.domain.content.members import members
from webapp.domain.content.queries import SORTS, Filters, list_entries
from webapp.kernel.paging import PageRequest

Headers = dict[str, str]


class TestFields:
    def test_only_what_is_wanted(self, desk: Desk, visitor: Desk) -> None:
        item = desk.add("One", tags=["a"])
        answer = visitor.get("/data", fields="title,id")
        assert answer["data"] == [{"id": item["id"], "title": "One"}]
        assert visitor.get(f"/data/{item['id']}", fields="tags")["tags"][0]["name"] == "a"
        assert list(visitor.get("/data/search", q="one", fields="title")["data"][0]) == ["title"]

    @pytest.mark.parametrize("names", ["", "id,", "version", "id,search_text", "__class__"])
    def test_only_what_there_is(self, client: FlaskClient, names: str) -> None:
        answer = client.get("/api/v1/data", query_string={"fields": names})
        assert answer.status_code == 422
        assert pointers(answer) == {("/query/fields", "invalid_choice")}


class TestOrder:
    @pytest.fixture(autouse=True)
    def entries(self, desk: Desk) -> None:
        first = desk.add("banana")
        for title in ("Apple", "éclair", "cherry"):
            desk.add(title)
        desk.put(f"/data/{first['id']}", {"description": "changed last"})

    @pytest.mark.parametrize(
        ("sort", "expected"),
        [
            (None, ["banana", "Apple", "éclair", "cherry"]),
            ("created_at", ["banana", "Apple", "éclair", "cherry"]),
            ("-created_at", ["cherry", "éclair", "Apple", "banana"]),
            ("updated_at", ["Apple", "éclair", "cherry", "banana"]),
            ("-updated_at", ["banana", "cherry", "éclair", "Apple"]),
            ("title", ["Apple", "banana", "cherry", "éclair"]),
            ("-title", ["éclair", "cherry", "banana", "Apple"]),
        ],
    )
    def test_each(self, visitor: Desk, sort: str | None, expected: list[str]) -> None:
        query = {} if sort is None else {"sort": sort}
        assert visitor.titles(**query) == expected
        assert [title for page in visitor.pages("/data", limit=1, **query) for title in page] == expected
        assert [title for page in visitor.pages("/data", limit=3, **query) for title in page] == expected

    def test_every_order_is_tested(self) -> None:
        (mark,) = [mark for mark in TestOrder.test_each.pytestmark if mark.name == "parametrize"]  # type: ignore[attr-defined]
        assert {sort for sort, _ in mark.args[1]} - {None} == set(SORTS)

    def test_by_nothing_else(self, client: FlaskClient) -> None:
        answer = client.get("/api/v1/data?sort=search_text")
        assert pointers(answer) == {("/query/sort", "invalid_choice")}


class TestFilters:
    def test_tags(self, desk: Desk, visitor: Desk) -> None:
        desk.add("One", tags=["Red", "blue"])
        desk.add("Two", tags=["blue"])
        assert visitor.titles(tag="red") == ["One"]
        assert visitor.titles(tag="BLUE") == ["One", "Two"]
        for sort in SORTS:
            assert sorted(visitor.titles(tag="blue", sort=sort)) == ["One", "Two"]
            pages = list(visitor.pages("/data", tag="blue", sort=sort, limit=1))
            assert sorted(title for page in pages for title in page) == ["One", "Two"]

    def test_tags_of_drafts(self, desk: Desk, visitor: Desk) -> None:
        item = desk.add("One", tags=["old"])
        desk.put(f"/data/{item['id']}", {"tags": ["new"]}, draft="true")
        assert (visitor.titles(tag="old"), visitor.titles(tag="new")) == (["One"], [])
        assert desk.titles(tag="new", draft="true") == ["One"]
        assert desk.titles(tag="old", draft="true") == []

    def test_pieces_of_text(self, desk: Desk, visitor: Desk) -> None:
        desk.add("Grüße", description="100% wool_en")
        desk.add("Other")
        for q in ("GRÜSSE", "0% w", "l_e", "%"):
            assert visitor.titles(q=q) == ["Grüße"], q
        assert visitor.titles(q="wool-en") == []

    def test_times(self, desk: Desk, visitor: Desk) -> None:
        first, second = desk.add("One"), desk.add("Two")
        assert visitor.titles(created_after=second["created_at"]) == ["Two"]
        assert visitor.titles(created_before=second["created_at"]) == ["One"]
        desk.put(f"/data/{first['id']}", {"title": "Changed"})
        assert visitor.titles(updated_after=second["created_at"]) == ["Changed", "Two"]
        assert visitor.titles(updated_before=second["created_at"]) == []
        assert visitor.titles(
            created_before=second["created_at"], updated_after="2020-01-01T00:00:00+02:00"
        ) == ["Changed"]

    @pytest.mark.parametrize(
        "time", ["yesterday", "2026-01-01", "2026-01-01T00:00:00", "0000-01-01T00:00:00Z"]
    )
    def test_times_that_are_none(self, client: FlaskClient, time: str) -> None:
        answer = client.get("/api/v1/data", query_string={"created_after": time})
        assert pointers(answer) == {("/query/created_after", "invalid_time")}

    def test_status(self, desk: Desk, client: FlaskClient, editor_headers: Headers) -> None:
        desk.add("Published")
        desk.post("/data", {"title": "Draft", "content": {}}, draft="true")
        changed = desk.add("Changed")
        desk.put(f"/data/{changed['id']}", {"description": "more"}, draft="true")
        for status in ("published", "draft", "changed"):
            assert desk.titles(draft="true", status=status) == [status.title()]
        answer = client.get("/api/v1/data?draft=true&status=gone", headers=editor_headers)
        assert pointers(answer) == {("/query/status", "invalid_choice")}
        assert client.get("/api/v1/data?draft=yes").status_code == 422


class TestPaging:
    def test_stays_exact_while_entries_come_and_go(self, desk: Desk, visitor: Desk) -> None:
        made = [desk.add(f"Item {number}") for number in range(7)]
        pages = visitor.pages("/data", sort="-created_at", limit=3)
        seen = next(pages)
        desk.add("Newer")
        desk.delete(f"/data/{made[6]['id']}")
        for page in pages:
            seen += page
        assert seen == [f"Item {number}" for number in range(6, -1, -1)]

    def test_by_updated_at_misses_nothing_that_was_left_alone(self, desk: Desk, visitor: Desk) -> None:
        made = [desk.add(f"Item {number}") for number in range(5)]
        pages = visitor.pages("/data", sort="updated_at", limit=2)
        seen = next(pages)
        desk.put(f"/data/{made[0]['id']}", {"title": "Item 0 again"})
        for page in pages:
            seen += page
        assert seen == ["Item 0", "Item 1", "Item 2", "Item 3", "Item 4", "Item 0 again"]

    def test_a_cursor_belongs_to_its_order(self, client: FlaskClient, desk: Desk) -> None:
        for number in range(3):
            desk.add(f"Item {number}")
        cursor = desk.get("/data", sort="title", limit=1)["next_cursor"]
        for url in ("data?", "data?sort=-title", "data/search?q=Item"):
            answer = client.get(f"/api/v1/{url}&cursor={cursor}")
            assert answer.status_code == 422
            assert pointers(answer) == {("/query/cursor", "invalid_cursor")}
        answer = client.get("/api/v1/data?cursor=abc")
        assert pointers(answer) == {("/query/cursor", "invalid_cursor")}

    @pytest.mark.parametrize("query", ["limit=0", "limit=101", "limit=-1", "limit=x", "skip=-1", "total=1"])
    def test_nothing_is_clamped(self, client: FlaskClient, query: str) -> None:
        answer = client.get(f"/api/v1/data?{query}")
        assert answer.status_code == 422

    def test_without_a_total(self, desk: Desk, visitor: Desk) -> None:
        desk.add("One")
        answer = visitor.get("/data", total="false")
        assert (answer["total"], answer["total_pages"], len(answer["data"])) == (None, None, 1)


class TestCost:
    """A page costs the same few statements, however long it is."""

    def fill(self, desk: Desk, number: int) -> None:
        for count in range(number):
            key = f"{number}-{count}"
            desk.add(f"Item {key}", tags=[f"tag {key}", "all", "both"])
            desk.post("/projects", {**PROJECT, "id": key, "tags": ["all"]})
            desk.post("/experiences", {**EXPERIENCE, "id": key, "projects": [key, "gone"]})

    MOST = {
        "/data": 3,
        "/data?total=false": 2,
        "/data?tag=all": 3,
        "/data?sort=title&q=item": 3,
        "/data/search?q=item": 4,
        "/data/search?q=item+nothing": 7,
        "/projects": 3,
        "/experiences": 4,
        "/tags": 4,  # one of them is the setting that says who may read designs
        "/data/1": 2,
    }

    def test_statements(self, client: FlaskClient, desk: Desk, count_queries: QueryCounter) -> None:
        found: list[dict[str, int]] = []
        for number in (1, 5):
            self.fill(desk, number)
            found.append({})
            for path in self.MOST:
                with count_queries() as statements:
                    assert client.get(f"/api/v1{path}").status_code == 200
                found[-1][path] = len([sql for sql in statements if not sql.startswith("BEGIN")])
        assert found[0] == found[1]
        assert {path: count for path, count in found[0].items() if count > self.MOST[path]} == {}


class TestPresentation:
    """Answers are written by hand for speed; the documented schemas must say the same."""

    def test_members_are_those_of_the_schemas(self, app: Flask, desk: Desk, work: Any) -> None:
        desk.post("/projects", {**PROJECT, "tags": ["a"]})
        desk.post("/experiences", {**EXPERIENCE, "projects": ["1", "gone"]})
        desk.add("One", tags=["a", "b"])
        for content_type, schema in (
            (DATA, DataSchema()),
            (PROJECTS, ProjectSchema()),
            (EXPERIENCES, ExperienceSchema()),
        ):
            (view,) = list_entries(work(), content_type, PageRequest(), Filters(draft=True)).data
            given = members(view, draft=True)
            flat = {**view.document, "id": view.key}
            for name in set(schema.fields) - set(flat):
                flat[name] = getattr(view, name, None)
            assert schema.dump(flat) == given
