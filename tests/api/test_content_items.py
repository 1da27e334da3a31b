"""Items over HTTP, as STARTER's clients use them."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.api.documents import pointers
from tests.api.entries import Desk
from tests.conftest import MakeUser, Person

ITEMS = "/api/v1/items"


def create(client: FlaskClient, person: Person, title: str = "Foo") -> dict[str, Any]:
    body = {"title": title, "description": "Fighters"}
    answer = client.post(f"{ITEMS}/", json=body, headers=person.headers)
    assert answer.status_code == 200, answer.json
    return dict(answer.json)


def test_create(client: FlaskClient, member: Person) -> None:
    item = create(client, member)
    assert (item["title"], item["description"]) == ("Foo", "Fighters")
    assert item["owner_id"] == str(member.id)
    assert uuid.UUID(item["id"]).version == 7


def test_read(client: FlaskClient, member: Person, admin: Person) -> None:
    item = create(client, member)
    for person in (member, admin):
        assert client.get(f"{ITEMS}/{item['id']}", headers=person.headers).json == item


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_13_missing_and_foreign(
    client: FlaskClient, member: Person, editor: Person, admin: Person, method: str
) -> None:
    item = create(client, member)
    foreign = client.open(f"{ITEMS}/{item['id']}", method=method, json={}, headers=editor.headers)
    assert (foreign.status_code, foreign.json["detail"]) == (403, "Not enough permissions")
    missing = client.open(f"{ITEMS}/{uuid.uuid4()}", method=method, json={}, headers=admin.headers)
    assert (missing.status_code, missing.json["detail"]) == (404, "Item not found")


def test_lists_are_ones_own_and_all_for_admins(
    client: FlaskClient, member: Person, editor: Person, admin: Person
) -> None:
    mine = [create(client, member, f"Mine {number}") for number in range(2)]
    theirs = create(client, editor, "Theirs")
    answer = client.get(f"{ITEMS}/", headers=member.headers).json
    assert (answer["count"], answer["total"]) == (2, 2)
    assert answer["data"] == mine[::-1]
    assert [item["id"] for item in client.get(ITEMS, headers=editor.headers).json["data"]] == [theirs["id"]]
    everything = client.get(f"{ITEMS}/?skip=1&limit=1", headers=admin.headers).json
    assert (everything["count"], everything["data"]) == (3, [mine[1]])
    of_one = f"{ITEMS}?owner_id={member.id}"
    assert client.get(of_one, headers=admin.headers).json["data"] == mine[::-1]
    assert client.get(of_one, headers=editor.headers).json["total"] == 0
    wrong = client.get(f"{ITEMS}?owner_id=me", headers=admin.headers)
    assert (wrong.status_code, pointers(wrong)) == (422, {("/query/owner_id", "invalid")})
    export = f"/api/v1/content/items/export?format=json&owner_id={editor.id}"
    assert [each["title"] for each in client.get(export, headers=admin.headers).json] == ["Theirs"]


def test_a_list_is_searched_sorted_and_cut_to_fields(client: FlaskClient, member: Person) -> None:
    for title in ("Milk", "bread", "Buttermilk"):
        create(client, member, title)

    def titles(query: str) -> list[Any]:
        return [item["title"] for item in client.get(f"{ITEMS}?{query}", headers=member.headers).json["data"]]

    assert titles("sort=title") == ["bread", "Buttermilk", "Milk"]
    assert titles("q=MILK&sort=-title") == ["Milk", "Buttermilk"]
    named = client.get(f"{ITEMS}?fields=title&limit=1", headers=member.headers).json["data"]
    assert named == [{"title": "Buttermilk"}]
    for wrong in ("sort=owner_id", "fields=password"):
        assert client.get(f"{ITEMS}?{wrong}", headers=member.headers).status_code == 422


def test_update(client: FlaskClient, member: Person, admin: Person) -> None:
    item = create(client, member)
    url = f"{ITEMS}/{item['id']}"
    answer = client.put(url, json={"title": "Bar"}, headers=member.headers)
    assert (answer.status_code, answer.json["title"], answer.json["description"]) == (200, "Bar", "Fighters")
    answer = client.put(url, json={"description": None}, headers=admin.headers)
    assert (answer.json["description"], answer.json["owner_id"]) == (None, str(member.id))


def test_delete(client: FlaskClient, member: Person) -> None:
    url = f"{ITEMS}/{create(client, member)['id']}"
    answer = client.delete(url, headers=member.headers)
    assert (answer.status_code, answer.json["message"]) == (200, "Item deleted successfully")
    assert client.get(url, headers=member.headers).status_code == 404


def test_every_change_is_a_revision_that_can_be_restored(client: FlaskClient, member: Person) -> None:
    mine = Desk(client, member.headers)
    path = f"/items/{create(client, member)['id']}"
    mine.put(path, {"title": "Bar"}, message="Shorter")
    mine.put(path, {"title": "Bar"})
    page = mine.get(f"{path}/revisions")
    assert [(each["number"], each["message"]) for each in page["data"]] == [(2, "Shorter"), (1, None)]
    assert page["data"][0]["author_id"] == str(member.id)
    changed = {"pointer": "/title", "kind": "changed", "before": "Foo", "after": "Bar"}
    assert mine.get(f"{path}/revisions/2/diff") == [changed]
    assert mine.post(f"{path}/revisions/1/restore", None, 200)["title"] == "Foo"
    newest = mine.get(f"{path}/revisions/3")
    assert (newest["restored_from"], newest["is_latest"], newest["document"]["title"]) == (1, True, "Foo")
    mine.get(f"{path}/revisions/4", 404)


def test_the_trash_is_ones_own_and_gives_back(
    client: FlaskClient, member: Person, editor: Person, admin: Person
) -> None:
    mine, theirs, boss = (Desk(client, person.headers) for person in (member, editor, admin))
    kept, gone, other = create(client, member, "Kept"), create(client, member, "Gone"), create(client, editor)
    missing = str(uuid.uuid4())
    ids = [gone["id"], other["id"], kept["id"], missing]
    answer = mine.post("/items/bulk", {"action": "trash", "ids": ids}, 200)
    assert (answer["done"], answer["failed"]) == (2, 2)
    assert [(each["row"], each["code"]) for each in answer["errors"]] == [(1, "forbidden"), (3, "not_found")]
    assert {item["title"] for item in mine.get("/items/trash")["data"]} == {"Kept", "Gone"}
    assert boss.get("/items/trash")["total"] == 2
    assert theirs.get("/items/trash")["total"] == 0
    theirs.post(f"/items/trash/{kept['id']}/restore", None, 403)
    assert mine.post(f"/items/trash/{kept['id']}/restore", None, 200) == kept
    assert mine.get("/items")["data"] == [kept]
    theirs.delete(f"/items/trash/{gone['id']}", 403)
    mine.delete(f"/items/trash/{gone['id']}")
    mine.get(f"/items/{gone['id']}", 404)
    assert mine.get("/items/trash")["data"] == []


def test_a_stale_tag(client: FlaskClient, member: Person) -> None:
    url = f"{ITEMS}/{create(client, member)['id']}"
    tag = client.get(url, headers=member.headers).headers["ETag"]
    headers = {**member.headers, "If-Match": tag}
    assert client.put(url, json={"title": "Two"}, headers=headers).status_code == 200
    assert client.put(url, json={"title": "Three"}, headers=headers).status_code == 412
    assert client.delete(url, headers=headers).status_code == 412


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({}, {("/title", "required")}),
        ({"title": "", "description": 1}, {("/title", "required"), ("/description", "invalid_type")}),
        ({"title": "x" * 256}, {("/title", "too_long")}),
        (
            {"title": "x", "owner_id": "y", "id": 1},
            {("/owner_id", "unknown_field"), ("/id", "unknown_field")},
        ),
    ],
)
def test_wrong_fields(client: FlaskClient, member: Person, body: Any, wrong: set[tuple[str, str]]) -> None:
    answer = client.post(ITEMS, json=body, headers=member.headers)
    assert answer.status_code == 422
    assert pointers(answer) == wrong


def test_only_approved_people_have_items(client: FlaskClient, make_user: MakeUser) -> None:
    pending = make_user(status="pending")
    for headers in ({}, pending.headers):
        assert client.get(ITEMS, headers=headers).status_code == 401
        assert client.post(ITEMS, json={"title": "x"}, headers=headers).status_code == 401


def test_items_go_with_their_owner(client: FlaskClient, member: Person, admin: Person) -> None:
    create(client, member)
    assert client.delete(f"/api/v1/admin/users/{member.id}", headers=admin.headers).status_code == 200
    assert client.get(ITEMS, headers=admin.headers).json["count"] == 0
