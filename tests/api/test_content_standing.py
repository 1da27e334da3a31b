"""Drafts, publishing, schedules, history, trash and bulk actions over HTTP, for every type alike."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.api.documents import pointers
from tests.api.entries import SAMPLES, Desk
from webapp.domain.content.bulk import JOB_MAX
from webapp.kernel.clock import rfc3339, utc_now

Headers = dict[str, str]
CHANGED = {"description": "Changed"}


@pytest.fixture(params=list(SAMPLES))
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def drafted(desk: Desk, name: str) -> str:
    """The path of an entry that was never published."""
    return f"/{name}/{desk.post(f'/{name}', SAMPLES[name], draft='true')['id']}"


@pytest.fixture
def published(desk: Desk, name: str) -> str:
    """The path of an entry that everybody sees."""
    return f"/{name}/{desk.post(f'/{name}', SAMPLES[name])['id']}"


def listed(desk: Desk, name: str, **query: Any) -> list[dict[str, Any]]:
    answer = desk.get(f"/{name}", **query)
    return list(answer["data"] if isinstance(answer, dict) else answer)


def soon(hours: int = 1) -> str:
    return rfc3339(utc_now() + timedelta(hours=hours))


class TestDrafts:
    def test_are_for_editors(self, desk: Desk, visitor: Desk, name: str, drafted: str) -> None:
        visitor.get(drafted, 404)
        assert listed(visitor, name) == []
        assert desk.get(drafted, draft="true")["status"] == "draft"
        assert len(listed(desk, name, draft="true")) == 1
        desk.get(drafted, 404)
        visitor.get(drafted, 401, draft="true")
        visitor.get(f"/{name}", 401, draft="true")

    def test_members_see_none(self, client: FlaskClient, member: Any, drafted: str, name: str) -> None:
        colleague = Desk(client, member.headers)
        for path in (drafted, f"/{name}", f"{drafted}/revisions"):
            colleague.get(path, 403, draft="true")

    def test_publish_and_unpublish(self, desk: Desk, visitor: Desk, drafted: str) -> None:
        answer = desk.post(f"{drafted}/publish", expect=200)
        assert (answer["status"], answer["published_at"] is not None) == ("published", True)
        visitor.get(drafted)
        assert desk.post(f"{drafted}/unpublish", expect=200)["status"] == "draft"
        visitor.get(drafted, 404)
        assert desk.post(f"{drafted}/unpublish", expect=200)["status"] == "draft"

    def test_a_draft_beside_what_is_published(self, desk: Desk, visitor: Desk, published: str) -> None:
        before = visitor.get(published)
        assert desk.put(published, CHANGED, draft="true")["status"] == "changed"
        assert visitor.get(published) == before
        assert desk.get(published, draft="true")["description"] == "Changed"
        assert desk.post(f"{published}/publish", expect=200)["status"] == "published"
        assert visitor.get(published)["description"] == "Changed"

    def test_publishing_an_older_revision(self, desk: Desk, visitor: Desk, published: str) -> None:
        desk.put(published, CHANGED)
        answer = desk.post(f"{published}/publish", {"revision": 1}, 200)
        assert (answer["status"], answer["revision"]) == ("changed", 2)
        assert visitor.get(published)["revision"] == 1
        desk.post(f"{published}/publish", {"revision": 7}, 404)
        desk.post(f"{published}/publish", {"revision": 0}, 422)

    def test_older_clients_put_on_top_of_what_they_read(
        self, desk: Desk, visitor: Desk, published: str
    ) -> None:
        desk.put(published, CHANGED, draft="true")
        answer = desk.put(published, {"tags": ["new"]})
        assert (answer["revision"], answer["status"]) == (3, "published")
        assert visitor.get(published)["description"] != "Changed"

    def test_answers_for_everybody_tell_nothing_of_drafts(
        self, desk: Desk, visitor: Desk, published: str
    ) -> None:
        desk.put(published, CHANGED, draft="true")
        assert not {"status", "publish_at", "unpublish_at", "time_zone"} & set(visitor.get(published))


class TestSchedules:
    def test_set_and_cancel(self, desk: Desk, visitor: Desk, drafted: str) -> None:
        sent = {"publish_at": "2031-03-22T06:00", "time_zone": "Asia/Kolkata"}
        answer = desk.put(f"{drafted}/schedule", sent)
        assert (answer["publish_at"], answer["time_zone"]) == ("2031-03-22T00:30:00Z", "Asia/Kolkata")
        visitor.get(drafted, 404)
        (scheduled,) = desk.get("/content/scheduled")
        assert (scheduled["publish_at"], scheduled["time_zone"]) == ("2031-03-22T00:30:00Z", "Asia/Kolkata")
        answer = desk.delete(f"{drafted}/schedule", 200)
        assert (answer["publish_at"], answer["time_zone"]) == (None, None)
        assert desk.get("/content/scheduled") == []

    def test_unpublishing_later(self, desk: Desk, visitor: Desk, published: str) -> None:
        answer = desk.put(f"{published}/schedule", {"unpublish_at": soon()})
        assert (answer["status"], answer["unpublish_at"] is not None) == ("published", True)
        visitor.get(published)

    def test_wrong_times(
        self, client: FlaskClient, editor_headers: Headers, name: str, published: str
    ) -> None:
        body = {"publish_at": "2020-01-01T00:00:00Z", "unpublish_at": "soon", "time_zone": 5}
        answer = client.put(f"/api/v1{published}/schedule", json=body, headers=editor_headers)
        assert answer.status_code == 422
        assert pointers(answer) == {
            ("/publish_at", "out_of_range"),
            ("/unpublish_at", "invalid_time"),
            ("/time_zone", "invalid_choice"),
        }

    def test_what_cannot_be_scheduled(self, desk: Desk, published: str) -> None:
        answer = desk.put(f"{published}/schedule", {"publish_at": soon()}, 409)
        assert answer["code"] == "already_published"
        desk.put(f"{published}/schedule", {"publish_at": soon(), "revision": 9}, 404)
        desk.post(f"{published}/unpublish", expect=200)
        answer = desk.put(f"{published}/schedule", {"unpublish_at": soon()}, 409)
        assert answer["code"] == "not_published"


class TestHistory:
    def test_every_change_is_kept(self, desk: Desk, published: str, editor: Any) -> None:
        desk.put(published, CHANGED, message="Second thoughts")
        desk.put(published, {"tags": ["a"]}, draft="true")
        page = desk.get(f"{published}/revisions")
        assert [row["number"] for row in page["data"]] == [3, 2, 1]
        assert [row["message"] for row in page["data"]] == [None, "Second thoughts", None]
        assert [(row["is_latest"], row["is_live"]) for row in page["data"]] == [
            (True, False),
            (False, True),
            (False, False),
        ]
        assert {(row["author_id"], row["author"]) for row in page["data"]} == {
            (str(editor.id), editor.username)
        }
        state = desk.get(f"{published}/revisions/3")
        assert (state["document"]["description"], state["tags"]) == ("Changed", ["a"])

    def test_differences(self, desk: Desk, name: str, published: str) -> None:
        before = SAMPLES[name]["description"]
        desk.put(published, CHANGED)
        desk.put(published, {"tags": ["a"]})
        description = {"pointer": "/description", "kind": "changed", "before": before, "after": "Changed"}
        tags = {"pointer": "/tags", "kind": "changed", "before": [], "after": ["a"]}
        diff = f"{published}/revisions/{{}}/diff"
        assert desk.get(diff.format(1)) == []
        assert desk.get(diff.format(2)) == [description]
        assert desk.get(diff.format(3)) == [tags]
        assert desk.get(diff.format(3), against=1) == [description, tags]
        desk.get(diff.format(3), 404, against=9)

    def test_restore_makes_a_new_revision(self, desk: Desk, visitor: Desk, published: str) -> None:
        before = visitor.get(published)
        desk.put(published, {**CHANGED, "tags": ["a"]})
        answer = desk.post(f"{published}/revisions/1/restore", expect=200)
        assert (answer["revision"], answer["status"]) == (3, "published")
        after = visitor.get(published)
        assert (after["description"], after["tags"]) == (before["description"], [])
        assert desk.get(f"{published}/revisions")["data"][0]["restored_from"] == 1
        answer = desk.post(f"{published}/revisions/2/restore", expect=200, draft="true")
        assert (answer["status"], answer["description"]) == ("changed", "Changed")

    def test_a_stale_tag(
        self, client: FlaskClient, desk: Desk, editor_headers: Headers, published: str
    ) -> None:
        tag = client.get(f"/api/v1{published}").headers["ETag"]
        desk.put(published, CHANGED, draft="true")
        stale = {**editor_headers, "If-Match": tag}
        for method, path, body in (
            ("POST", "/publish", {}),
            ("POST", "/unpublish", {}),
            ("PUT", "/schedule", {"publish_at": soon()}),
            ("DELETE", "/schedule", None),
            ("POST", "/revisions/1/restore", None),
            ("DELETE", "", None),
        ):
            answer = client.open(f"/api/v1{published}{path}", method=method, json=body, headers=stale)
            assert answer.status_code == 412, path

    def test_unknown(self, desk: Desk, name: str, published: str) -> None:
        desk.get(f"{published}/revisions/9", 404)
        desk.post(f"{published}/revisions/9/restore", expect=404)
        desk.get(f"/{name}/999/revisions", 404)
        desk.get(f"/{name}/999999999999999/revisions", 404)


class TestTrash:
    def test_delete_and_restore(self, desk: Desk, visitor: Desk, name: str, published: str) -> None:
        before = visitor.get(published)
        desk.delete(published)
        visitor.get(published, 404)
        desk.get(published, 404, draft="true")
        assert listed(desk, name, draft="true") == []
        (trashed,) = desk.get("/content/trash")["data"]
        assert (trashed["entry"]["type"], str(trashed["entry"]["id"])) == (name, published.split("/")[-1])
        restored = desk.post(f"/content/trash/{trashed['trash_id']}/restore", expect=200)
        assert restored["status"] == "published"
        assert visitor.get(published) == before
        assert desk.get("/content/trash")["data"] == []
        desk.post(f"/content/trash/{trashed['trash_id']}/restore", expect=404)

    def test_delete_for_good(self, desk: Desk, published: str) -> None:
        desk.delete(published)
        (trashed,) = desk.get("/content/trash")["data"]
        desk.delete(f"/content/trash/{trashed['trash_id']}")
        assert desk.get("/content/trash")["total"] == 0
        desk.delete(f"/content/trash/{trashed['trash_id']}", 404)

    def test_what_is_not_in_the_trash_cannot_be_deleted_for_good(self, desk: Desk, published: str) -> None:
        desk.delete("/content/trash/1", 404)
        desk.get(published)

    def test_an_id_that_was_taken_meanwhile(self, desk: Desk) -> None:
        desk.post("/projects", SAMPLES["projects"])
        desk.delete("/projects/1")
        desk.post("/projects", SAMPLES["projects"])
        (trashed,) = desk.get("/content/trash")["data"]
        answer = desk.post(f"/content/trash/{trashed['trash_id']}/restore", expect=409)
        assert answer["code"] == "id_taken"

    def test_pages_and_types(self, desk: Desk) -> None:
        for title in ("One", "Two", "Three"):
            desk.delete(f"/data/{desk.add(title)['id']}")
        desk.post("/projects", SAMPLES["projects"])
        desk.delete("/projects/1")
        first = desk.get("/content/trash", limit=3)
        assert [row["entry"]["title"] for row in first["data"]] == ["New Project", "Three", "Two"]
        second = desk.get("/content/trash", limit=3, cursor=first["next_cursor"])
        assert [row["entry"]["title"] for row in second["data"]] == ["One"]
        assert desk.get("/content/trash", type="projects")["total"] == 1
        desk.get("/content/trash", 422, type="themes")


class TestBulk:
    def act(self, desk: Desk, name: str, action: str, ids: list[Any], **more: Any) -> Any:
        return desk.post("/content/bulk", {"type": name, "action": action, "ids": ids, **more}, 200)

    @pytest.fixture
    def ids(self, desk: Desk, name: str) -> list[Any]:
        sample = SAMPLES[name]
        keyed = [{**sample, "id": f"k{number}"} if "id" in sample else sample for number in range(3)]
        return [desk.post(f"/{name}", sent)["id"] for sent in keyed]

    def test_publish_and_unpublish(self, desk: Desk, visitor: Desk, name: str, ids: list[Any]) -> None:
        assert self.act(desk, name, "unpublish", ids[:2]) == {"done": 2, "failed": 0, "errors": []}
        assert [entry["id"] for entry in listed(visitor, name)] == ids[2:]
        self.act(desk, name, "publish", ids)
        assert [entry["id"] for entry in listed(visitor, name)] == ids

    def test_errors_by_row(self, desk: Desk, visitor: Desk, name: str, ids: list[Any]) -> None:
        answer = self.act(desk, name, "trash", [ids[0], "nobody", 987654, ids[1]])
        assert (answer["done"], answer["failed"]) == (2, 2)
        assert [(error["row"], error["id"], error["code"]) for error in answer["errors"]] == [
            (1, "nobody", "not_found"),
            (2, 987654, "not_found"),
        ]
        assert [entry["id"] for entry in listed(visitor, name)] == ids[2:]

    def test_tag_and_untag(self, desk: Desk, visitor: Desk, name: str, ids: list[Any]) -> None:
        desk.put(f"/{name}/{ids[1]}", CHANGED, draft="true")
        self.act(desk, name, "tag", ids, tags=["One", "two"])
        self.act(desk, name, "untag", ids, tags=["ONE"])

        def tags(entries: list[dict[str, Any]]) -> list[list[str]]:
            return [[tag["name"] for tag in entry["tags"]] for entry in entries]

        assert tags(listed(desk, name, draft="true")) == [["two"], ["two"], ["two"]]
        assert tags(listed(visitor, name)) == [["two"], [], ["two"]]
        assert listed(desk, name, draft="true")[1]["status"] == "changed"
        numbers = desk.get(f"/{name}/{ids[0]}/revisions")["total"]
        self.act(desk, name, "tag", ids, tags=["two"])
        assert desk.get(f"/{name}/{ids[0]}/revisions")["total"] == numbers

    def test_as_many_as_are_allowed(self, desk: Desk) -> None:
        ids = [desk.add("Item")["id"], *range(100_000, 100_499)]
        answer = self.act(desk, "data", "tag", ids, tags=["a"])
        assert (answer["done"], answer["failed"]) == (1, 499)

    @pytest.mark.parametrize(
        ("body", "wrong"),
        [
            ({}, {("/type", "required"), ("/action", "required"), ("/ids", "required")}),
            (
                {"type": "themes", "action": "burn", "ids": [True, 1.5]},
                {
                    ("/type", "invalid_choice"),
                    ("/action", "invalid_choice"),
                    ("/ids/0", "invalid_type"),
                    ("/ids/1", "invalid_type"),
                },
            ),
            ({"type": "data", "action": "publish", "ids": []}, {("/ids", "out_of_range")}),
            ({"type": "data", "action": "publish", "ids": [1] * (JOB_MAX + 1)}, {("/ids", "out_of_range")}),
            ({"type": "data", "action": "tag", "ids": [1]}, {("/tags", "required")}),
        ],
    )
    def test_wrong_requests(
        self, client: FlaskClient, editor_headers: Headers, body: Any, wrong: set[tuple[str, str]]
    ) -> None:
        answer = client.post("/api/v1/content/bulk", json=body, headers=editor_headers)
        assert answer.status_code == 422
        assert pointers(answer) == wrong
