"""Kinds: schemas that the content of data items keeps to, and filters by what they declare."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.api.entries import Desk
from tests.conftest import Person

SCHEMA = {
    "type": "object",
    "required": ["price"],
    "properties": {
        "price": {"type": "number", "minimum": 0},
        "name": {"type": "string"},
        "sold": {"type": "boolean"},
        "maker": {"type": "object", "properties": {"city.part": {}, "city": {"type": "string"}}},
        "sizes": {"type": "array", "items": {"$ref": "#/$defs/size"}},
    },
    "$defs": {"size": {"enum": ["s", "m"]}},
}


def pointers(answer: Any) -> list[str]:
    """The wrong fields that a problem names."""
    return [error["pointer"] for error in answer["errors"]]


@pytest.fixture
def boss(client: FlaskClient, admin: Person) -> Desk:
    desk = Desk(client, admin.headers)
    desk.post("/kinds", {"name": "product", "label": "Product", "schema": SCHEMA})
    return desk


def item(content: Any, **fields: Any) -> dict[str, Any]:
    return {"title": "T", "kind": "product", "content": content, **fields}


def test_content_keeps_to_its_kind(boss: Desk, desk: Desk) -> None:
    assert desk.post("/data", item({"price": 1}))["kind"] == "product"
    answer = desk.post("/data", item({"price": -1, "sizes": ["s", "xl"]}), 422)
    assert set(pointers(answer)) == {"/content/price", "/content/sizes/1"}
    assert pointers(desk.post("/data", item({}), 422)) == ["/content"]
    assert pointers(desk.post("/data", item({}, kind="nothing"), 422)) == ["/kind"]
    assert desk.post("/data", item({}, kind=None))["kind"] is None


def test_a_change_keeps_to_the_kind_too(boss: Desk, desk: Desk) -> None:
    plain = desk.add("Plain")
    assert plain["kind"] is None
    assert pointers(desk.put(f"/data/{plain['id']}", {"kind": "product"}, 422)) == ["/content"]
    made = desk.put(f"/data/{plain['id']}", {"kind": "product", "content": {"price": 2}})
    assert made["kind"] == "product"
    desk.put(f"/data/{plain['id']}", {"content": {"price": "two"}}, 422)
    assert desk.put(f"/data/{plain['id']}", {"kind": None, "content": {}})["kind"] is None


def test_items_that_were_saved_before_a_schema_changed_can_still_be_renamed(boss: Desk, desk: Desk) -> None:
    made = desk.post("/data", item({"price": 1}))
    boss.put("/kinds/product", {"schema": {"type": "object", "required": ["sku"]}})
    assert desk.put(f"/data/{made['id']}", {"title": "Other"})["title"] == "Other"
    desk.put(f"/data/{made['id']}", {"content": {"price": 2}}, 422)


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ({"kind": "product"}, ["One", "Two", "Three"]),
        ({"kind": "product", "content.price": "9.5"}, ["Two"]),
        ({"kind": "product", "content.price": "1"}, ["One"]),
        ({"kind": "product", "content.name": "a'\"%é"}, ["Two"]),
        ({"kind": "product", "content.sold": "true"}, ["One"]),
        ({"kind": "product", "content.maker.city": "Pune", "content.sold": "false"}, ["Three"]),
        ({"kind": "product", "content.price": "7"}, []),
    ],
)
def test_lists_are_filtered_by_what_a_kind_declares(
    boss: Desk, desk: Desk, visitor: Desk, query: dict[str, str], titles: list[str]
) -> None:
    desk.post("/data", item({"price": 1, "sold": True}, title="One"))
    desk.post("/data", item({"price": 9.5, "name": "a'\"%é", "sold": False}, title="Two"))
    desk.post("/data", item({"price": 3, "sold": False, "maker": {"city": "Pune"}}, title="Three"))
    desk.add("Other", content={"price": 1})
    assert visitor.titles(**query) == titles
    assert visitor.get("/data", **query)["total"] == len(titles)


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ({"kind": "nothing"}, "/query/kind"),
        ({"kind": "product", "content.colour": "red"}, "/query/content.colour"),
        ({"kind": "product", "content.maker": "x"}, "/query/content.maker"),
        ({"kind": "product", "content.price": "cheap"}, "/query/content.price"),
        ({"kind": "product", "content.price": "nan"}, "/query/content.price"),
        ({"kind": "product", "content.sold": "yes"}, "/query/content.sold"),
    ],
)
def test_other_filters_are_refused(boss: Desk, visitor: Desk, query: dict[str, str], pointer: str) -> None:
    assert pointers(visitor.get("/data", 422, **query)) == [pointer]


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"name": "Product"}, "/name"),
        ({"name": "-a"}, "/name"),
        ({"label": ""}, "/label"),
        ({"schema": {"type": "array"}}, "/schema"),
        ({"schema": {"type": "object", "required": "price"}}, "/schema/required"),
        ({"schema": {"type": "object", "$ref": "https://example.org/s.json"}}, "/schema"),
        ({"schema": None}, "/schema"),
    ],
)
def test_kinds_that_make_no_sense_are_refused(boss: Desk, changes: dict[str, Any], pointer: str) -> None:
    fields = {"name": "other", "label": "Other", "schema": {"type": "object"}, **changes}
    assert pointers(boss.post("/kinds", fields, 422)) == [pointer]


def test_a_reference_to_nowhere_is_told_when_it_matters(boss: Desk, desk: Desk) -> None:
    schema = {"type": "object", "properties": {"a": {"$ref": "#/$defs/none"}}}
    boss.post("/kinds", {"name": "broken", "label": "Broken", "schema": schema})
    assert pointers(desk.post("/data", item({"a": 1}, kind="broken"), 422)) == ["/kind"]


def test_kinds_are_made_by_admins_and_kept_while_in_use(boss: Desk, desk: Desk, visitor: Desk) -> None:
    assert [kind["name"] for kind in desk.get("/kinds")] == ["product"]
    visitor.get("/kinds", 401)
    desk.post("/kinds", {"name": "x", "label": "X", "schema": {"type": "object"}}, 403)
    desk.put("/kinds/product", {"label": "X"}, 403)
    boss.post("/kinds", {"name": "product", "label": "Again", "schema": {"type": "object"}}, 409)
    made = desk.post("/data", item({"price": 1}))
    boss.delete("/kinds/product", 409)
    desk.put(f"/data/{made['id']}", {"kind": None})
    boss.delete("/kinds/product")
    boss.get("/kinds/product", 404)
