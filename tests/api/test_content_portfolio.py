"""Projects and experiences over HTTP, as PORTFOLIO's collection uses them."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.api.documents import pointers
from tests.api.entries import EXPERIENCE, PROJECT, Desk

Headers = dict[str, str]
LABELS = {"projects": "Project", "experiences": "Experience"}
SENT = {"projects": PROJECT, "experiences": EXPERIENCE}
CHANGES = {"projects": {"title": "Updated Project Title"}, "experiences": {"role": "Senior Developer"}}


@pytest.fixture(params=list(SENT))
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_the_collection_of_portfolio(client: FlaskClient, editor_headers: Headers, name: str) -> None:
    url = f"/api/v1/{name}"
    assert client.get(url).json == []
    created = client.post(url, json=SENT[name], headers=editor_headers)
    assert created.status_code == 201
    assert {field: created.json[field] for field in SENT[name]} == SENT[name]
    assert created.headers["Location"] == f"{url}/1"
    listed = client.get(url)
    assert [entry["id"] for entry in listed.json] == ["1"]
    assert listed.headers["X-Total-Count"] == "1"
    assert client.get(f"{url}/1").json["description"] == SENT[name]["description"]
    updated = client.put(f"{url}/1", json=CHANGES[name], headers=editor_headers)
    assert updated.status_code == 200
    assert {field: updated.json[field] for field in SENT[name]} == {**SENT[name], **CHANGES[name]}
    deleted = client.delete(f"{url}/1", headers=editor_headers)
    assert (deleted.status_code, deleted.data) == (204, b"")
    for method in ("GET", "PUT", "DELETE"):
        answer = client.open(f"{url}/1", method=method, json={}, headers=editor_headers)
        assert (answer.status_code, answer.json["detail"]) == (404, f"{LABELS[name]} not found")


def test_order_is_that_of_creation(desk: Desk, visitor: Desk, name: str) -> None:
    for key in ("zebra", "ant", "middle"):
        desk.post(f"/{name}", {**SENT[name], "id": key})
    desk.put(f"/{name}/zebra", CHANGES[name])
    assert [entry["id"] for entry in visitor.get(f"/{name}")] == ["zebra", "ant", "middle"]
    assert [entry["id"] for entry in visitor.get(f"/{name}", skip=1, limit=1)] == ["ant"]


def test_the_next_page_is_in_a_header(client: FlaskClient, desk: Desk, name: str) -> None:
    for key in ("a", "b", "c"):
        desk.post(f"/{name}", {**SENT[name], "id": key})
    first = client.get(f"/api/v1/{name}?limit=2")
    query = {"limit": 2, "cursor": first.headers["X-Next-Cursor"]}
    second = client.get(f"/api/v1/{name}", query_string=query)
    assert [entry["id"] for entry in second.json] == ["c"]
    assert "X-Next-Cursor" not in second.headers


def test_an_id_that_is_taken(client: FlaskClient, desk: Desk, editor_headers: Headers, name: str) -> None:
    desk.post(f"/{name}", SENT[name])
    answer = client.post(f"/api/v1/{name}", json=SENT[name], headers=editor_headers)
    assert (answer.status_code, answer.json["code"]) == (409, "id_taken")
    assert pointers(answer) == {("/id", "taken")}


def test_the_id_of_what_is_in_the_trash_is_free(desk: Desk, visitor: Desk, name: str) -> None:
    desk.post(f"/{name}", SENT[name])
    desk.delete(f"/{name}/1")
    desk.post(f"/{name}", SENT[name])
    assert len(visitor.get(f"/{name}")) == 1


@pytest.mark.parametrize("key", ["", "   ", "a/b", "a\\b", ".", "..", "x" * 101, "a\nb", 7, None])
def test_ids_that_fit_no_path(client: FlaskClient, editor_headers: Headers, name: str, key: Any) -> None:
    answer = client.post(f"/api/v1/{name}", json={**SENT[name], "id": key}, headers=editor_headers)
    assert answer.status_code == 422
    assert {pointer for pointer, _ in pointers(answer)} == {"/id"}


@pytest.mark.parametrize("key", ["search", "a b", "ä-ö", "दिवाली", "100%", "a?b#c", "bulk"])
def test_ids_of_any_kind(client: FlaskClient, desk: Desk, name: str, key: str) -> None:
    from urllib.parse import quote

    desk.post(f"/{name}", {**SENT[name], "id": key})
    assert client.get(f"/api/v1/{name}/{quote(key)}").json["id"] == key


def test_every_wrong_field_is_named(client: FlaskClient, editor_headers: Headers) -> None:
    body = {"id": "x", "title": "T", "technologies": "Python", "achievements": [1], "app_store": ""}
    answer = client.post("/api/v1/projects", json=body, headers=editor_headers)
    assert pointers(answer) == {
        ("/description", "required"),
        ("/image", "required"),
        ("/link", "required"),
        ("/technologies", "invalid_type"),
        ("/achievements/0", "invalid_type"),
        ("/app_store", "unknown_field"),
    }


def test_an_id_cannot_be_changed(client: FlaskClient, desk: Desk, editor_headers: Headers, name: str) -> None:
    desk.post(f"/{name}", SENT[name])
    answer = client.put(f"/api/v1/{name}/1", json={"id": "2"}, headers=editor_headers)
    assert pointers(answer) == {("/id", "unknown_field")}


class TestMissingProjects:
    def test_are_told_and_found_again(self, client: FlaskClient, desk: Desk, visitor: Desk) -> None:
        sent = {**EXPERIENCE, "projects": ["1", "gone"]}
        assert desk.post("/experiences", sent)["missing_projects"] == ["1", "gone"]
        tag = client.get("/api/v1/experiences/1").headers["ETag"]
        desk.post("/projects", PROJECT)
        answer = client.get("/api/v1/experiences/1", headers={"If-None-Match": tag})
        assert (answer.status_code, answer.json["missing_projects"]) == (200, ["gone"])
        assert visitor.get("/experiences")[0]["projects"] == ["1", "gone"]
        desk.delete("/projects/1")
        assert visitor.get("/experiences")[0]["missing_projects"] == ["1", "gone"]

    def test_do_not_stand_in_the_way_of_if_match(
        self, client: FlaskClient, desk: Desk, editor_headers: Headers
    ) -> None:
        desk.post("/experiences", EXPERIENCE)
        tag = client.get("/api/v1/experiences/1").headers["ETag"]
        headers = {**editor_headers, "If-Match": tag}
        answer = client.put("/api/v1/experiences/1", json={"role": "Lead"}, headers=headers)
        assert answer.status_code == 200

    def test_a_draft_is_missing_for_everybody_but_editors(self, desk: Desk, visitor: Desk) -> None:
        desk.post("/projects", PROJECT, draft="true")
        desk.post("/experiences", EXPERIENCE)
        assert visitor.get("/experiences/1")["missing_projects"] == ["1"]
        assert desk.get("/experiences/1", draft="true")["missing_projects"] == []
