"""Kinds in the console: the pages of kinds, and the form that a schema makes."""

from __future__ import annotations

import json

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.api.entries import Desk
from tests.conftest import Person, post, text

CONTENT = "/console/content"
SCHEMA = {
    "type": "object",
    "required": ["price"],
    "properties": {
        "price": {"type": "number", "title": "Price in EUR"},
        "name": {"type": "string"},
        "size": {"enum": ["s", "m"]},
        "sold": {"type": "boolean"},
        "parts": {"type": "array", "items": {"type": "string"}},
    },
}


@pytest.fixture
def desk(app: Flask, admin: Person) -> Desk:
    desk = Desk(app.test_client(), admin.headers)
    desk.post("/kinds", {"name": "product", "label": "Product", "schema": SCHEMA})
    return desk


def tag_in(page: str) -> str:
    return page.split('name="tag" type="hidden" value="')[1].split('"')[0]


def test_a_kind_gives_its_items_a_form(as_editor: FlaskClient, desk: Desk) -> None:
    url = f"{CONTENT}/data/new?kind=product"
    page = text(as_editor.get(url))
    assert "Price in EUR" in page
    assert 'name="content"' not in page
    form = {
        "title": "Cup",
        "kind": "product",
        "content-price": "9.5",
        "content-name": "",
        "content-size": "m",
    }
    form |= {"content-sold": "false", "content-parts": '["a"]', "then": "publish"}
    assert post(as_editor, url, form).status_code == 303
    [cup] = desk.get("/data")["data"]
    assert cup["content"] == {"price": 9.5, "size": "m", "sold": False, "parts": ["a"]}


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("content-price", "cheap", "Must be of type number."),
        ("content-price", '"9"', "is not of type"),
        ("content-size", "xl", "is not one of"),
        ("content-parts", "[1]", "is not of type"),
        ("content-parts", "[", "Line 1"),
        ("content-price", "", "is a required property"),
    ],
)
def test_what_does_not_fit_is_told_at_its_field(
    as_editor: FlaskClient, desk: Desk, name: str, value: str, words: str
) -> None:
    form = {"title": "Cup", "kind": "product", "content-price": "1", "content-parts": "[]", name: value}
    answer = post(as_editor, f"{CONTENT}/data/new?kind=product", form)
    page = text(answer)
    assert answer.status_code == 422
    assert words in page
    assert (f'id="{name}-error"' in page) == (words != "is a required property")
    assert desk.get("/data", draft="true")["total"] == 0


def test_members_that_the_form_does_not_show_are_kept(as_editor: FlaskClient, desk: Desk) -> None:
    content = {"other": {"a": 1.0}, "price": 1.0, "name": "x\ny"}
    made = desk.post("/data", {"title": "Cup", "kind": "product", "content": content})
    url = f"{CONTENT}/data/entry/{made['id']}"
    form = {
        "title": "Mug",
        "kind": "product",
        "content-price": "1.0",
        "content-name": "x\r\ny",
        "tag": tag_in(text(as_editor.get(url))),
        "then": "publish",
    }
    assert post(as_editor, url, form).status_code == 303
    after = desk.get(f"/data/{made['id']}")
    assert after["title"] == "Mug"
    assert json.dumps(after["content"]) == json.dumps(content)
    assert post(as_editor, url, {**form, "content-price": "2"}).status_code == 409, "the tag is old by now"


def test_kinds_are_made_changed_and_deleted_by_admins(
    as_admin: FlaskClient, as_editor: FlaskClient, desk: Desk
) -> None:
    assert as_editor.get(f"{CONTENT}/kinds").status_code == 403
    form = {"name": "event", "label": "Event", "schema": '{"type": "object"}'}
    assert post(as_admin, f"{CONTENT}/kinds/new", form).status_code == 303
    assert "Event" in text(as_admin.get(f"{CONTENT}/kinds"))
    for schema, words in (
        ("{", "Line 1"),
        ('{"type": "object", "required": 1}', "required: "),
        ("[]", "Must be"),
    ):
        answer = post(as_admin, f"{CONTENT}/kinds/new", {**form, "name": "x", "schema": schema})
        assert answer.status_code == 422
        assert words in text(answer)
    url = f"{CONTENT}/kinds/edit/event"
    tag = tag_in(text(as_admin.get(url)))
    change = {"label": "Events", "schema": '{"type": "object", "properties": {}}', "tag": tag}
    assert post(as_admin, url, change).status_code == 303
    assert desk.get("/kinds/event")["label"] == "Events"
    assert post(as_admin, url, change | {"label": "Mine"}).status_code == 412
    answer = post(as_admin, f"{url}/delete", {"tag": tag_in(text(as_admin.get(f"{url}/delete")))})
    assert answer.status_code == 303
    desk.get("/kinds/event", 404)


def test_a_kind_in_use_stays(as_admin: FlaskClient, desk: Desk) -> None:
    desk.post("/data", {"title": "Cup", "kind": "product", "content": {"price": 1}})
    url = f"{CONTENT}/kinds/edit/product/delete"
    answer = post(as_admin, url, {"tag": tag_in(text(as_admin.get(url)))})
    assert answer.status_code == 422
    assert "Data items are of this kind." in text(answer)
