"""Tags as a resource of their own."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.api.documents import pointers
from tests.api.entries import PROJECT, Desk

Headers = dict[str, str]


def names(entry: dict[str, Any]) -> list[str]:
    return [tag["name"] for tag in entry["tags"]]


def ids(desk: Desk) -> dict[str, int]:
    return {tag["name"]: tag["id"] for tag in desk.get("/tags")["data"]}


def test_list_with_counts(desk: Desk, visitor: Desk) -> None:
    desk.add("One", tags=["red", "Blue"])
    desk.add("Two", tags=["blue"])
    desk.post("/projects", {**PROJECT, "tags": ["red"]})
    desk.post("/data", {"title": "Draft", "content": {}, "tags": ["red", "green"]}, draft="true")

    def counts(someone: Desk, **query: str) -> list[tuple[str, int]]:
        return [(tag["name"], tag["count"]) for tag in someone.get("/tags", **query)["data"]]

    assert counts(visitor) == [("Blue", 2), ("red", 2)], "a word that only drafts have is not public"
    assert counts(desk) == [("Blue", 2), ("green", 0), ("red", 2)]
    assert counts(desk, draft="true") == [("Blue", 2), ("green", 1), ("red", 3)]
    assert counts(visitor, q="RE") == [("red", 2)]
    visitor.get(f"/tags/{ids(desk)['green']}", 404)
    assert desk.get(f"/tags/{ids(desk)['green']}")["count"] == 0
    visitor.get("/tags", 401, draft="true")
    first = visitor.get("/tags", limit=1)
    assert [tag["name"] for tag in visitor.get("/tags", cursor=first["next_cursor"])["data"]] == ["red"]


def test_spellings_are_one_tag(desk: Desk) -> None:
    assert names(desk.add("One", tags=["Café", "CAFE\u0301", " café "])) == ["Café"]
    assert names(desk.add("Two", tags=["CAFÉ"])) == ["Café"]
    assert len(ids(desk)) == 1


def test_order_is_kept(desk: Desk, visitor: Desk) -> None:
    sent = ["zebra", "ant", "middle", "Ant", "bee"]
    item = desk.add("One", tags=sent)
    assert names(item) == ["zebra", "ant", "middle", "bee"]
    desk.put(f"/data/{item['id']}", {"tags": sent[::-1]})
    assert names(visitor.get(f"/data/{item['id']}")) == ["bee", "ant", "middle", "zebra"]


def test_create(client: FlaskClient, desk: Desk, editor_headers: Headers) -> None:
    answer = client.post("/api/v1/tags", json={"name": " new "}, headers=editor_headers)
    assert answer.status_code == 201
    assert (answer.json["name"], answer.json["count"]) == ("new", 0)
    assert answer.headers["Location"] == f"/api/v1/tags/{answer.json['id']}"
    taken = client.post("/api/v1/tags", json={"name": "NEW"}, headers=editor_headers)
    assert (taken.status_code, taken.json["code"], pointers(taken)) == (
        409,
        "name_taken",
        {("/name", "taken")},
    )


def test_rename(desk: Desk, visitor: Desk) -> None:
    item = desk.add("One", tags=["old", "other"])
    answer = desk.put(f"/tags/{ids(desk)['old']}", {"name": "new"})
    assert (answer["name"], answer["count"]) == ("new", 1)
    assert names(visitor.get(f"/data/{item['id']}")) == ["new", "other"]
    assert (visitor.titles(tag="new"), visitor.titles(tag="old")) == (["One"], [])
    desk.put(f"/tags/{answer['id']}", {"name": "OTHER"}, 409)
    assert desk.put(f"/tags/{answer['id']}", {"name": "NEW"})["name"] == "NEW"


def test_a_rename_is_kept_by_later_changes(desk: Desk) -> None:
    item = desk.add("One", tags=["old"])
    desk.put(f"/data/{item['id']}", {"title": "Draft"}, draft="true")
    desk.put(f"/tags/{ids(desk)['old']}", {"name": "new"})
    assert names(desk.put(f"/data/{item['id']}", {"description": "x"})) == ["new"]
    desk.delete(f"/data/{item['id']}")
    assert names(desk.post(f"/content/trash/{item['id']}/restore", expect=200)) == ["new"]
    assert list(ids(desk)) == ["new"]


def test_merge(desk: Desk, visitor: Desk) -> None:
    one, both = desk.add("One", tags=["from"]), desk.add("Both", tags=["from", "into", "more"])
    tags = ids(desk)
    answer = desk.post(f"/tags/{tags['from']}/merge", {"into": tags["into"]}, 200)
    assert (answer["name"], answer["count"]) == ("into", 2)
    assert names(visitor.get(f"/data/{one['id']}")) == ["into"]
    assert names(visitor.get(f"/data/{both['id']}")) == ["into", "more"]
    assert visitor.titles(tag="into") == ["One", "Both"]
    desk.get(f"/tags/{tags['from']}", 404)
    desk.post(f"/tags/{tags['into']}/merge", {"into": tags["into"]}, 422)
    desk.post(f"/tags/{tags['into']}/merge", {"into": 999}, 404)
    desk.post(f"/tags/{tags['into']}/merge", {}, 422)


def test_delete(desk: Desk, visitor: Desk) -> None:
    item = desk.add("One", tags=["a", "b"])
    desk.delete(f"/tags/{ids(desk)['a']}")
    assert names(visitor.get(f"/data/{item['id']}")) == ["b"]
    assert list(ids(desk)) == ["b"]


@pytest.mark.parametrize("method", ["PUT", "DELETE", "POST"])
def test_a_stale_tag(client: FlaskClient, desk: Desk, editor_headers: Headers, method: str) -> None:
    desk.add("One", tags=["a", "b"])
    tags = ids(desk)
    url = f"/api/v1/tags/{tags['a']}"
    stale = client.get(url).headers["ETag"]
    assert client.get(url, headers={"If-None-Match": stale}).status_code == 304
    desk.put(f"/tags/{tags['a']}", {"name": "c"})
    path, body = (f"{url}/merge", {"into": tags["b"]}) if method == "POST" else (url, {"name": "d"})
    answer = client.open(path, method=method, json=body, headers={**editor_headers, "If-Match": stale})
    assert answer.status_code == 412


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({}, {("/name", "required")}),
        ({"name": " "}, {("/name", "required")}),
        ({"name": 5}, {("/name", "invalid_type")}),
        ({"name": "x" * 65, "count": 1}, {("/name", "too_long"), ("/count", "unknown_field")}),
    ],
)
def test_wrong_names(
    client: FlaskClient, editor_headers: Headers, body: Any, wrong: set[tuple[str, str]]
) -> None:
    answer = client.post("/api/v1/tags", json=body, headers=editor_headers)
    assert pointers(answer) == wrong
