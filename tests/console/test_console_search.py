"""One search over the console's pages and records, as far as each person may see them."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.api.entries import PROJECT, Desk
from tests.conftest import Person, console_client


def found(client: FlaskClient, q: str) -> list[tuple[str, str]]:
    answer = client.get("/console/search", query_string={"q": q}, headers={"Accept": "application/json"})
    return [(hit["kind"], hit["label"]) for hit in answer.json]


@pytest.fixture
def records(app: Flask, editor: Person) -> None:
    desk = Desk(app.test_client(), editor.headers)
    desk.post("/data", {"title": "Rangoli news", "content": {}}, draft="true")
    desk.post("/projects", {**PROJECT, "title": "Rangoli itself"})
    desk.post("/items", {"title": "Powder for a rangoli"}, 200)


def test_everybody_finds_what_they_may_see(
    app: Flask, records: None, editor: Person, admin: Person, member: Person
) -> None:
    theirs = [("Data item", "Rangoli news"), ("Project", "Rangoli itself"), ("Theme", "Rangoli")]
    assert found(console_client(app, member), "rangoli") == []
    assert found(console_client(app, editor), "RANGOLI") == theirs
    assert ("Item", "Powder for a rangoli") in found(console_client(app, admin), "rangoli")
    assert found(console_client(app, editor), editor.username) == []
    assert found(console_client(app, admin), editor.username) == [("Person", editor.username)]


def test_pages_and_what_can_be_made_are_found_by_name(as_editor: FlaskClient, as_member: FlaskClient) -> None:
    assert found(as_editor, "theme") == [("Page", "Themes"), ("Action", "New theme")]
    assert ("Page", "Dashboard") in found(as_member, "")
    assert ("Page", "Themes") not in found(as_member, "")
    assert found(as_member, "theme") == []


def test_the_page_shows_the_same_without_scripts(as_editor: FlaskClient, records: None) -> None:
    page = as_editor.get("/console/search?q=itself").get_data(as_text=True)
    assert 'href="/console/content/projects/entry/1"' in page
    assert "Nothing matches" in as_editor.get("/console/search?q=%25%25").get_data(as_text=True)
