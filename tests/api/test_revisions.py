"""The history of a theme over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.api.documents import COLORS, create_theme, pointers
from tests.conftest import Person
from webapp.domain.themes.commands import update_theme
from webapp.extensions import db
from webapp.kernel.clock import utc_now
from webapp.kernel.work import Work

Headers = dict[str, str]


@pytest.fixture
def url(client: FlaskClient, editor_headers: Headers) -> str:
    """The address of a theme of three revisions: red, green and, with a larger text, blue."""
    theme_url = f"/api/v1/themes/{create_theme(client, editor_headers)['id']}"
    for body in (
        {"colors": {"primary": "#00FF00"}},
        {"colors": {"primary": "#0000FF"}, "typography": {"base_size": "18px"}},
    ):
        assert client.put(theme_url, json=body, headers=editor_headers).status_code == 200
    return theme_url


@pytest.fixture
def draft(app: Flask, editor: Person, url: str) -> Iterator[str]:
    """The address of the same theme with a fourth revision that is not published."""
    with app.app_context():
        work = Work(db.session(), editor.actor, utc_now())
        theme_id = int(url.rsplit("/", 1)[1])
        update_theme(work, theme_id, {"name": "Draft", "colors": {"primary": "#ABCDEF"}}, publish=False)
        db.session.commit()
        db.session.remove()
    yield url


class TestReading:
    def test_newest_first_with_author_and_time(self, client: FlaskClient, editor: Person, url: str) -> None:
        page = client.get(f"{url}/revisions", headers=editor.headers).json
        assert [revision["number"] for revision in page["data"]] == [3, 2, 1]
        assert {key: page[key] for key in ("total", "page", "page_size", "total_pages")} == {
            "total": 3,
            "page": 1,
            "page_size": 20,
            "total_pages": 1,
        }
        newest = page["data"][0]
        assert newest["author_id"] == str(editor.id)
        assert newest["created_at"].endswith("Z")
        assert "colors" not in newest

    def test_pages_by_cursor(self, client: FlaskClient, editor_headers: Headers, url: str) -> None:
        seen, query = [], "limit=2"
        while True:
            page = client.get(f"{url}/revisions?{query}", headers=editor_headers).json
            seen += [revision["number"] for revision in page["data"]]
            if page["next_cursor"] is None:
                break
            query = f"limit=2&cursor={page['next_cursor']}"
        assert seen == [3, 2, 1]

    def test_one_keeps_its_values(self, client: FlaskClient, editor_headers: Headers, url: str) -> None:
        first = client.get(f"{url}/revisions/1", headers=editor_headers)
        assert first.json["colors"] == COLORS
        assert first.json["typography"]["base_size"] == "16px"
        again = client.get(
            f"{url}/revisions/1", headers={**editor_headers, "If-None-Match": first.headers["ETag"]}
        )
        assert again.status_code == 304

    def test_what_is_not_there(self, client: FlaskClient, editor_headers: Headers, url: str) -> None:
        for path in ("/revisions/9", "/revisions/9/diff", "/revisions/1/diff?against=9"):
            answer = client.get(url + path, headers=editor_headers)
            assert (answer.status_code, answer.json["detail"]) == (404, "Revision not found")
        for path in ("", "/1", "/1/diff", "/1/restore"):
            method = "POST" if path.endswith("restore") else "GET"
            answer = client.open(f"/api/v1/themes/999/revisions{path}", method=method, headers=editor_headers)
            assert (answer.status_code, answer.json["detail"]) == (404, "Design system not found")

    def test_names_stay_when_the_author_goes(
        self, client: FlaskClient, admin: Person, editor: Person, url: str
    ) -> None:
        assert client.delete(f"/api/v1/admin/users/{editor.id}", headers=admin.headers).status_code == 200
        revision = client.get(f"{url}/revisions/1", headers=admin.headers).json
        assert (revision["author_id"], revision["name"]) == (None, "Test Theme")


class TestDiff:
    def diff(self, client: FlaskClient, headers: Headers, path: str) -> dict[str, tuple[Any, Any]]:
        changes = client.get(path, headers=headers).json
        return {change["token"]: (change["before"], change["after"]) for change in changes}

    def test_against_the_one_before(self, client: FlaskClient, editor_headers: Headers, url: str) -> None:
        assert self.diff(client, editor_headers, f"{url}/revisions/3/diff") == {
            "color.primary": ("#00FF00", "#0000FF"),
            "typography.base-size": ("16px", "18px"),
        }

    def test_against_another(self, client: FlaskClient, editor_headers: Headers, url: str) -> None:
        assert self.diff(client, editor_headers, f"{url}/revisions/1/diff?against=3") == {
            "color.primary": ("#0000FF", "#FF0000"),
            "typography.base-size": ("18px", "16px"),
        }

    def test_the_first_and_itself(self, client: FlaskClient, editor_headers: Headers, url: str) -> None:
        assert self.diff(client, editor_headers, f"{url}/revisions/1/diff") == {}
        assert self.diff(client, editor_headers, f"{url}/revisions/2/diff?against=2") == {}

    def test_bad_against(self, client: FlaskClient, editor_headers: Headers, url: str) -> None:
        for against in ("0", "-1", "x", "１", "99999999999"):
            answer = client.get(f"{url}/revisions/2/diff?against={against}", headers=editor_headers)
            assert answer.status_code == 422
            assert {pointer for pointer, _ in pointers(answer)} == {"/query/against"}


class TestRestore:
    def test_makes_a_new_revision_that_is_live(
        self, client: FlaskClient, editor_headers: Headers, url: str
    ) -> None:
        answer = client.post(f"{url}/revisions/1/restore", headers=editor_headers)
        assert answer.status_code == 200
        assert (answer.json["revision"], answer.json["colors"]) == (4, COLORS)
        newest, *older = client.get(f"{url}/revisions", headers=editor_headers).json["data"]
        assert (newest["number"], newest["restored_from"]) == (4, 1)
        assert [revision["number"] for revision in older] == [3, 2, 1]
        assert newest["stylesheet_hash"] == older[-1]["stylesheet_hash"]


class TestDrafts:
    def test_the_public_sees_what_is_live(self, client: FlaskClient, draft: str) -> None:
        theme = client.get(draft).json
        assert (theme["colors"]["primary"], theme["revision"]) == ("#0000FF", 3)
        assert "#abcdef" not in client.get(f"/themes/{theme['slug']}.css").get_data(as_text=True).lower()

    def test_editors_find_it_in_the_history(
        self, client: FlaskClient, editor_headers: Headers, draft: str
    ) -> None:
        assert (
            client.get(f"{draft}/revisions/4", headers=editor_headers).json["colors"]["primary"] == "#ABCDEF"
        )

    def test_history_is_not_for_everyone(self, client: FlaskClient, member: Person, draft: str) -> None:
        for path in ("", "/4", "/4/diff"):
            assert client.get(f"{draft}/revisions{path}").status_code == 401
            assert client.get(f"{draft}/revisions{path}", headers=member.headers).status_code == 403

    def test_publishing_the_latest(self, client: FlaskClient, editor_headers: Headers, draft: str) -> None:
        answer = client.post(f"{draft}/publish", headers=editor_headers)
        assert (answer.status_code, answer.json["revision"]) == (200, 4)
        assert client.get(draft).json["colors"]["primary"] == "#ABCDEF"

    def test_publishing_an_older_one(self, client: FlaskClient, editor_headers: Headers, draft: str) -> None:
        answer = client.post(f"{draft}/publish", json={"revision": 1}, headers=editor_headers)
        assert (answer.json["revision"], answer.json["colors"]) == (1, COLORS)
        page = client.get(f"{draft}/revisions", headers=editor_headers).json
        assert page["total"] == 4

    def test_publishing_what_is_not_there(
        self, client: FlaskClient, editor_headers: Headers, draft: str
    ) -> None:
        answer = client.post(f"{draft}/publish", json={"revision": 9}, headers=editor_headers)
        assert answer.status_code == 404
        for number in (0, "1", 1.5, True, 2**31):
            answer = client.post(f"{draft}/publish", json={"revision": number}, headers=editor_headers)
            assert answer.status_code == 422, number
            assert {pointer for pointer, _ in pointers(answer)} == {"/revision"}

    def test_a_change_by_api_builds_on_what_is_live(
        self, client: FlaskClient, editor_headers: Headers, draft: str
    ) -> None:
        answer = client.put(draft, json={"colors": {"accent": "#111111"}}, headers=editor_headers)
        assert answer.json["revision"] == 5
        assert answer.json["colors"] == {**COLORS, "primary": "#0000FF", "accent": "#111111"}

    def test_a_duplicate_takes_the_latest_values(
        self, client: FlaskClient, editor_headers: Headers, draft: str
    ) -> None:
        answer = client.post(f"{draft}/duplicate", json={"name": "Copy"}, headers=editor_headers)
        assert answer.json["colors"]["primary"] == "#ABCDEF"
        (revision,) = client.get(
            f"/api/v1/themes/{answer.json['id']}/revisions", headers=editor_headers
        ).json["data"]
        assert revision["message"] == "Duplicate of Draft"
