"""Data items over HTTP, as clients of THEMES use them and as present-day clients do."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.api.documents import pointers
from tests.api.entries import SAMPLES, Desk, data_item

Headers = dict[str, str]


class TestOlderClients:
    """The behaviour that THEMES' own tests rely on."""

    def test_create(self, client: FlaskClient, editor_headers: Headers) -> None:
        sent = data_item(tags=["test", "example"])
        answer = client.post("/api/v1/data/", json=sent, headers=editor_headers)
        assert answer.status_code == 201
        assert {name: answer.json[name] for name in ("title", "description", "content")} == {
            name: sent[name] for name in ("title", "description", "content")
        }
        assert [tag["name"] for tag in answer.json["tags"]] == ["test", "example"]
        assert all(isinstance(tag["id"], int) for tag in answer.json["tags"])
        assert isinstance(answer.json["id"], int)
        assert answer.headers["Location"] == f"/api/v1/data/{answer.json['id']}"

    def test_list_and_tag(self, client: FlaskClient, desk: Desk) -> None:
        desk.add("Test Data 1", tags=["tag1", "tag2"])
        desk.add("Test Data 2", tags=["tag2", "tag3"])
        result = client.get("/api/v1/data/").json
        assert (result["total"], len(result["data"])) == (2, 2)
        assert (result["page"], result["page_size"], result["total_pages"]) == (1, 100, 1)
        result = client.get("/api/v1/data/?tag=tag1").json
        assert (result["total"], result["data"][0]["title"]) == (1, "Test Data 1")
        assert client.get("/api/v1/data/?tag=unknown").json["total"] == 0

    def test_search(self, client: FlaskClient, desk: Desk) -> None:
        desk.add("Search Test", description="This is a search test")
        desk.add("Another Test", description="This contains search keyword")
        assert client.get("/api/v1/data/search?q=search").json["total"] == 2
        result = client.get("/api/v1/data/search?q=Search%20Test").json
        assert (result["total"], result["data"][0]["title"]) == (1, "Search Test")

    def test_update(self, client: FlaskClient, desk: Desk, editor_headers: Headers) -> None:
        created = desk.add("Original Title", description="Original description", tags=["original"])
        changes = {"title": "Updated Title", "content": {"key": "updated"}, "tags": ["updated", "new"]}
        answer = client.put(f"/api/v1/data/{created['id']}", json=changes, headers=editor_headers)
        assert answer.status_code == 200
        assert (answer.json["title"], answer.json["content"]) == ("Updated Title", {"key": "updated"})
        assert answer.json["description"] == "Original description"
        assert [tag["name"] for tag in answer.json["tags"]] == ["updated", "new"]

    def test_delete(self, client: FlaskClient, desk: Desk, editor_headers: Headers) -> None:
        url = f"/api/v1/data/{desk.add('To be deleted')['id']}"
        answer = client.delete(url, headers=editor_headers)
        assert (answer.status_code, answer.data) == (204, b"")
        answer = client.get(url)
        assert (answer.status_code, answer.json["detail"]) == (404, "Data item not found")

    def test_skip_and_limit(self, desk: Desk, visitor: Desk) -> None:
        for number in range(5):
            desk.add(f"Item {number}")
        assert visitor.titles("/data/", skip=1, limit=2) == ["Item 1", "Item 2"]
        assert visitor.get("/data/", skip=4, limit=2)["page"] == 3
        assert visitor.titles("/data/", skip=9) == []

    def test_what_is_written_is_seen_at_once(self, desk: Desk, visitor: Desk) -> None:
        created = desk.add("One")
        assert visitor.titles() == ["One"]
        desk.put(f"/data/{created['id']}", {"title": "Two"})
        assert visitor.get(f"/data/{created['id']}")["title"] == "Two"


class TestContent:
    @pytest.mark.parametrize(
        "content",
        [
            {},
            {"z": 1, "a": {"nested": [1, 1.0, True, None, "दिवाली", "🪔"]}, "": "empty key"},
            {"big": 9223372036854775807, "small": -0.5, "exponent": 1e21},
            {"quotes": "'\"\\", "angle": "<script>", "slash/and~tilde": []},
        ],
    )
    def test_is_kept_as_sent(
        self, client: FlaskClient, desk: Desk, editor_headers: Headers, content: dict[str, Any]
    ) -> None:
        created = desk.add("JSON", content=content)
        answer = client.get(f"/api/v1/data/{created['id']}")
        assert answer.json["content"] == content
        assert list(answer.json["content"]) == list(content)
        assert repr(answer.json["content"]) == repr(content)

    def test_text_that_no_database_can_hold_is_told(
        self, client: FlaskClient, editor_headers: Headers
    ) -> None:
        body = data_item("A\x00B", content={"a": {"b/c": ["fine", "\x00"]}, "\x00": 1})
        answer = client.post("/api/v1/data", json=body, headers=editor_headers)
        assert answer.status_code == 422
        assert pointers(answer) == {
            ("/title", "invalid_characters"),
            ("/content/a/b~1c/1", "invalid_characters"),
            ("/content", "invalid_characters"),
        }


class TestErrors:
    @pytest.mark.parametrize(
        ("body", "wrong"),
        [
            ({}, {("/title", "required"), ("/content", "required")}),
            (
                {"title": "", "content": [], "tags": "a", "extra": 1},
                {
                    ("/title", "required"),
                    ("/content", "invalid_type"),
                    ("/tags", "invalid_type"),
                    ("/extra", "unknown_field"),
                },
            ),
            (
                {"title": None, "description": 5, "content": None, "tags": ["ok", "", 3]},
                {
                    ("/title", "null"),
                    ("/description", "invalid_type"),
                    ("/content", "null"),
                    ("/tags/1", "required"),
                    ("/tags/2", "invalid_type"),
                },
            ),
            (
                data_item("x" * 301, description="x" * 20_001, tags=["x" * 65]),
                {("/title", "too_long"), ("/description", "too_long"), ("/tags/0", "too_long")},
            ),
            (data_item(tags=["x"] * 51), {("/tags", "too_long")}),
            (data_item("two\nlines"), {("/title", "invalid_characters")}),
            (data_item(id=7), {("/id", "unknown_field")}),
        ],
    )
    def test_every_wrong_field_is_named(
        self, client: FlaskClient, editor_headers: Headers, body: Any, wrong: set[tuple[str, str]]
    ) -> None:
        answer = client.post("/api/v1/data", json=body, headers=editor_headers)
        assert answer.status_code == 422
        assert pointers(answer) == wrong

    def test_changes_are_checked_too(self, client: FlaskClient, desk: Desk, editor_headers: Headers) -> None:
        url = f"/api/v1/data/{desk.add('One')['id']}"
        answer = client.patch(
            url, json={"title": " ", "content": 1, "status": "draft"}, headers=editor_headers
        )
        assert pointers(answer) == {
            ("/title", "required"),
            ("/content", "invalid_type"),
            ("/status", "unknown_field"),
        }

    @pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
    def test_unknown_ids(self, client: FlaskClient, editor_headers: Headers, method: str) -> None:
        for key, status in (("999", 404), ("abc", 422), ("2147483648", 422)):
            answer = client.open(f"/api/v1/data/{key}", method=method, json={}, headers=editor_headers)
            assert answer.status_code == status
        answer = client.open("/api/v1/data/999", method=method, json={}, headers=editor_headers)
        assert answer.json["detail"] == "Data item not found"

    def test_a_project_is_no_data_item(self, client: FlaskClient, desk: Desk) -> None:
        from tests.api.entries import PROJECT

        desk.post("/projects", PROJECT)
        assert client.get("/api/v1/data/1").status_code == 404

    def test_members_may_not_write(self, client: FlaskClient, desk: Desk, member: Any) -> None:
        url = f"/api/v1/data/{desk.add('One')['id']}"
        calls = (("POST", "/api/v1/data"), ("PUT", url), ("PATCH", url), ("DELETE", url))
        for method, path in calls:
            assert client.open(path, method=method, json={}).status_code == 401
            answer = client.open(path, method=method, json={}, headers=member.headers)
            assert answer.status_code == 403


class TestEntityTags:
    def test_304_and_412(self, client: FlaskClient, desk: Desk, editor_headers: Headers) -> None:
        url = f"/api/v1/data/{desk.add('One')['id']}"
        tag = client.get(url).headers["ETag"]
        assert client.get(url, headers={"If-None-Match": tag}).status_code == 304
        first = client.put(url, json={"title": "Two"}, headers={**editor_headers, "If-Match": tag})
        assert first.status_code == 200
        second = client.put(url, json={"title": "Three"}, headers={**editor_headers, "If-Match": tag})
        assert (second.status_code, second.json["code"]) == (412, "stale")
        assert client.delete(url, headers={**editor_headers, "If-Match": tag}).status_code == 412
        third = client.put(
            url, json={"title": "Three"}, headers={**editor_headers, "If-Match": first.headers["ETag"]}
        )
        assert third.status_code == 200
        assert client.get(url, headers={"If-None-Match": tag}).status_code == 200

    def test_a_renamed_tag_changes_it(self, client: FlaskClient, desk: Desk) -> None:
        item = desk.add("One", tags=["old"])
        url = f"/api/v1/data/{item['id']}"
        tag = client.get(url).headers["ETag"]
        desk.put(f"/tags/{item['tags'][0]['id']}", {"name": "new"})
        answer = client.get(url, headers={"If-None-Match": tag})
        assert answer.status_code == 200
        assert answer.json["tags"][0]["name"] == "new"


@pytest.mark.parametrize("draft", ["false", "true"])
@pytest.mark.parametrize("path", SAMPLES)
def test_the_answer_to_a_new_entry_is_what_is_read_of_it(
    client: FlaskClient, editor_headers: Headers, path: str, draft: str
) -> None:
    odd = {"z": 1.0, "a": [1e2, -0.5, None], "é": {"b": 1, "aa": 2}}
    sent = SAMPLES[path] | {"tags": ["Two", "one", "two"]} | ({"content": odd} if path == "data" else {})
    Desk(client, editor_headers).add("Before", tags=["ONE"])
    made = client.post(f"/api/v1/{path}?draft={draft}", json=sent, headers=editor_headers)
    read = client.get(made.headers["Location"] + "?draft=true", headers=editor_headers)
    assert (made.status_code, read.status_code, made.headers["ETag"]) == (201, 200, read.headers["ETag"])
    assert made.get_data(as_text=True) == read.get_data(as_text=True)
