"""Many editors of content at the same moment: no lost change, no doubles, no error that is nobody's fault."""

from __future__ import annotations

from flask import Flask
from flask.testing import FlaskClient

from tests.api.entries import PROJECT, Desk, data_item
from tests.api.test_theme_races import at_once, delete, post, put, statuses

Headers = dict[str, str]
MANY = 8


def test_new_tags_are_made_once(
    app: Flask, client: FlaskClient, editor_headers: Headers, visitor: Desk
) -> None:
    names = ["alpha", "beta", "gamma"]
    bodies = [data_item(f"Item {n}", tags=names if n % 2 else names[::-1]) for n in range(MANY)]
    answers = at_once(app, *(post("/api/v1/data", editor_headers, json=body) for body in bodies))
    assert statuses(answers) == {201: MANY}
    tags = visitor.get("/tags")["data"]
    assert [(tag["name"], tag["count"]) for tag in tags] == [(name, MANY) for name in names]


def test_an_id_is_taken_once(app: Flask, client: FlaskClient, editor_headers: Headers, visitor: Desk) -> None:
    answers = at_once(app, *(post("/api/v1/projects", editor_headers, json=PROJECT) for _ in range(MANY)))
    assert statuses(answers) == {201: 1, 409: MANY - 1}
    refused = [answer.json for answer in answers if answer.status_code == 409]
    assert {problem["errors"][0]["pointer"] for problem in refused} == {"/id"}
    assert len(visitor.get("/projects")) == 1


def test_changes_queue_up_and_none_is_lost(app: Flask, desk: Desk, editor_headers: Headers) -> None:
    path = f"/data/{desk.add('Item')['id']}"
    answers = at_once(
        app,
        *(put(f"/api/v1{path}", editor_headers, {"content": {"writer": n}}) for n in range(MANY)),
    )
    assert statuses(answers) == {200: MANY}
    revisions = desk.get(f"{path}/revisions")["data"]
    assert [row["number"] for row in revisions] == list(range(MANY + 1, 0, -1))
    assert {
        desk.get(f"{path}/revisions/{number}")["document"]["content"]["writer"]
        for number in range(2, MANY + 2)
    } == set(range(MANY))


def test_of_changes_to_the_same_state_one_wins(
    app: Flask, client: FlaskClient, desk: Desk, editor_headers: Headers
) -> None:
    url = f"/api/v1/data/{desk.add('Item')['id']}"
    headers = {**editor_headers, "If-Match": client.get(url).headers["ETag"]}
    answers = at_once(app, *(put(url, headers, {"title": f"Title {n}"}) for n in range(MANY)))
    assert statuses(answers) == {200: 1, 412: MANY - 1}


def test_deleting_and_changing(app: Flask, client: FlaskClient, desk: Desk, editor_headers: Headers) -> None:
    for number in range(3):
        url = f"/api/v1/data/{desk.add(f'Item {number}')['id']}"
        answers = at_once(
            app,
            put(url, editor_headers, {"title": "Changed"}),
            delete(url, editor_headers),
            post(f"{url}/unpublish", editor_headers),
            post(f"{url}/publish", editor_headers),
        )
        assert {answer.status_code for answer in answers} <= {200, 204, 404}
        assert answers[1].status_code == 204
        assert client.get(url).status_code == 404


def test_renaming_and_using_a_tag(app: Flask, desk: Desk, editor_headers: Headers, visitor: Desk) -> None:
    item = desk.add("Item", tags=["old"])
    tag = item["tags"][0]["id"]
    answers = at_once(
        app,
        put(f"/api/v1/tags/{tag}", editor_headers, {"name": "new"}),
        *(put(f"/api/v1/data/{item['id']}", editor_headers, {"title": f"T {n}"}) for n in range(4)),
    )
    assert statuses(answers) == {200: 5}
    assert [tag["name"] for tag in visitor.get(f"/data/{item['id']}")["tags"]] == ["new"]


def test_bulk_actions_in_opposite_orders(app: Flask, desk: Desk, editor_headers: Headers) -> None:
    ids = [desk.add(f"Item {number}")["id"] for number in range(12)]
    bodies = [
        {"type": "data", "action": action, "ids": ids if n % 2 else ids[::-1], "tags": ["a", "b"]}
        for n, action in enumerate(("tag", "untag", "tag", "publish", "unpublish", "tag"))
    ]
    answers = at_once(app, *(post("/api/v1/content/bulk", editor_headers, json=body) for body in bodies))
    assert statuses(answers) == {200: 6}
    assert {answer.json["failed"] for answer in answers} == {0}
