"""Templates over HTTP: rights, versions, errors by line, likes, reviews, lists."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from tests.api.conftest import MakeApp
from tests.api.greetings import CODE, made, make_card, make_template, places, template_body
from tests.conftest import MakeUser, Person
from webapp.domain.cards.models import TemplateLike
from webapp.extensions import db

TEMPLATES = "/api/v1/templates"


def test_create_read_and_find(client: FlaskClient, member: Person, editor: Person) -> None:
    category = made(client, "/templates/categories", {"name": "Warm"}, editor)
    template = make_template(client, member, category_id=category["id"], tags=["light"])
    assert uuid.UUID(template["id"]).version == 7
    assert (template["slug"], template["version"], template["created_by"]) == ("lamps", 1, str(member.id))
    assert client.get(f"{TEMPLATES}/{template['id']}").json == template
    for query in ("q=LIGHT", f"category_id={category['id']}", "premium=false", "sort=most_liked"):
        assert client.get(f"{TEMPLATES}?{query}").json["data"] == [template], query
    assert client.get(f"{TEMPLATES}?q=none").json["total"] == 0
    found = client.post(f"{TEMPLATES}/search", json={"query": "lamps of clay"})
    assert [each["id"] for each in found.json["data"]] == [template["id"]]


def test_who_sees_and_changes_what(
    client: FlaskClient, member: Person, editor: Person, make_user: MakeUser
) -> None:
    other = make_user("member")
    private = make_template(client, member, is_public=False)
    url = f"{TEMPLATES}/{private['id']}"
    assert [client.get(url, headers=p.headers).status_code for p in (member, editor, other)] == [
        200,
        200,
        404,
    ]
    assert client.get(f"{TEMPLATES}").json["total"] == 0
    for path in ("/versions", "/versions/1", "/reviews"):
        assert client.get(url + path, headers=other.headers).status_code == 404
    public = f"{TEMPLATES}/{make_template(client, member)['id']}"
    for method, path in (("PUT", ""), ("DELETE", ""), ("GET", "/versions"), ("POST", "/versions/1/restore")):
        answer = client.open(public + path, method=method, json={}, headers=other.headers)
        assert answer.status_code == 403, (method, path)
    premium = client.put(public, json={"is_premium": True}, headers=member.headers)
    assert premium.status_code == 403
    assert client.put(public, json={"is_premium": True}, headers=editor.headers).status_code == 200
    for field in ("is_featured", "like_count", "created_by", "version"):
        answer = client.put(public, json={field: 1}, headers=editor.headers)
        assert places(answer) == {f"/{field}"}


def test_each_change_of_code_is_a_version(client: FlaskClient, member: Person) -> None:
    template = make_template(client, member)
    url = f"{TEMPLATES}/{template['id']}"
    changed = client.put(url, json={"template_code": "<p>{{ message }}</p>"}, headers=member.headers).json
    assert changed["version"] == 2
    assert client.put(url, json={"name": "Other"}, headers=member.headers).json["version"] == 2
    restored = client.post(f"{url}/versions/1/restore", headers=member.headers).json
    assert (restored["version"], restored["template_code"]) == (3, CODE)
    versions = client.get(f"{url}/versions", headers=member.headers).json
    assert [(each["version"], each["restored_from"]) for each in versions] == [(3, 1), (2, None), (1, None)]
    second = client.get(f"{url}/versions/2", headers=member.headers).json
    assert second["template_code"] == "<p>{{ message }}</p>"


def test_fork(client: FlaskClient, member: Person, editor: Person) -> None:
    origin = make_template(client, member)
    fork = made(client, f"/templates/{origin['id']}/fork", {"name": "Mine"}, editor)
    assert (fork["parent_template_id"], fork["is_public"], fork["slug"]) == (origin["id"], False, "mine")


@pytest.mark.parametrize(
    ("code", "detail"),
    [
        ("a\n{{ title", "Line 2"),
        ("a\n\n{% if x %}", "endif"),
        ("a\n{{ title | nonsense }}", "Line 2: unknown filter 'nonsense'"),
        ("{% include 'x' %}", "include"),
        ("{{ title | safe }}", "safe"),
    ],
)
def test_errors_in_liquid_have_their_line(
    client: FlaskClient, member: Person, code: str, detail: str
) -> None:
    answer = client.post(TEMPLATES, json=template_body(template_code=code), headers=member.headers)
    assert places(answer) == {"/template_code"}
    assert detail in answer.json["errors"][0]["detail"]
    assert answer.json["errors"][0]["code"] == "invalid_template"


def test_errors_in_the_configuration(client: FlaskClient, member: Person) -> None:
    fields = [
        {"name": "Bad Name"},
        {"name": "a", "type": "shape"},
        {"name": "b", "type": "choice"},
        {"name": "c", "type": "color", "default": "expression(1)"},
        {"name": "c", "extra": 1},
        7,
    ]
    body = template_body(template_config={"fields": fields, "width": 5}, category_id=str(uuid.UUID(int=7)))
    answer = client.post(TEMPLATES, json=body, headers=member.headers)
    at = "/template_config/fields"
    assert places(answer) == {
        "/template_config/width",
        *(f"{at}/0/name", f"{at}/1/type", f"{at}/2/choices", f"{at}/3/default"),
        *(f"{at}/4/name", f"{at}/4/extra", f"{at}/5"),
    }
    body = template_body(category_id=str(uuid.UUID(int=7)))
    assert places(client.post(TEMPLATES, json=body, headers=member.headers)) == {"/category_id"}


def test_fifty_likes_at_once_leave_one_row_or_none(app: Flask, client: FlaskClient, member: Person) -> None:
    """Case 49."""
    template = make_template(client, member)
    url = f"{TEMPLATES}/{template['id']}/like"

    def like(_: int) -> int:
        return app.test_client().post(url, headers=member.headers).status_code

    with ThreadPoolExecutor(10) as threads:
        assert set(threads.map(like, range(50))) == {200}
    with app.app_context():
        rows = db.session.scalar(select(func.count()).select_from(TemplateLike))
        db.session.remove()
    found = client.get(f"{TEMPLATES}/{template['id']}")
    assert found.json["like_count"] == rows == 0
    assert client.post(url, headers=member.headers).json == {"liked": True, "like_count": 1}
    assert client.get(f"{TEMPLATES}/{template['id']}").headers["ETag"] == found.headers["ETag"]


def test_reviews(client: FlaskClient, member: Person, editor: Person, make_user: MakeUser) -> None:
    template = make_template(client, member)
    path = f"/templates/{template['id']}/reviews"
    first = made(client, path, {"rating": 2, "review_text": "Hm"}, member)
    made(client, path, {"rating": 5}, editor)
    changed = made(client, path, {"rating": 4}, member, 200)
    assert (changed["id"], changed["rating"], changed["review_text"]) == (first["id"], 4, "Hm")
    found = client.get(f"{TEMPLATES}/{template['id']}").json
    assert (found["review_count"], found["rating"]) == (2, 4.5)
    wrong = client.post(f"/api/v1{path}", json={"rating": 6, "stars": 1}, headers=member.headers)
    assert places(wrong) == {"/rating", "/stars"}
    url = f"/api/v1{path}/{first['id']}"
    assert client.delete(url, headers=make_user("member").headers).status_code == 403
    assert client.delete(url, headers=member.headers).status_code == 204
    assert [each["rating"] for each in client.get(f"/api/v1{path}").json["data"]] == [5]


def test_featured_and_trending(client: FlaskClient, member: Person, admin: Person) -> None:
    quiet, loud = (make_template(client, member, name=name) for name in ("Quiet", "Loud"))
    make_card(client, member, loud)
    assert [each["id"] for each in client.get(f"{TEMPLATES}/trending").json["data"]] == [loud["id"]]
    url = f"/api/v1/admin/templates/{quiet['id']}/feature"
    assert client.put(url, json={"is_featured": True}, headers=member.headers).status_code == 403
    assert client.put(url, json={"is_featured": True}, headers=admin.headers).json["is_featured"] is True
    assert [each["id"] for each in client.get(f"{TEMPLATES}/featured").json["data"]] == [quiet["id"]]
    make_template(client, member, is_public=False)
    assert client.get("/api/v1/admin/templates", headers=admin.headers).json["total"] == 3


def test_categories(client: FlaskClient, editor: Person, member: Person) -> None:
    category = made(client, "/templates/categories", {"name": "Bright", "sort_order": 2}, editor)
    taken = client.post(f"{TEMPLATES}/categories", json={"name": "BRIGHT"}, headers=editor.headers)
    assert (taken.status_code, taken.json["code"]) == (409, "name_taken")
    template = make_template(client, member, category_id=category["id"])
    url = f"{TEMPLATES}/categories/{category['id']}"
    assert client.put(url, json={"icon": "sun"}, headers=member.headers).status_code == 403
    assert client.put(url, json={"icon": "sun"}, headers=editor.headers).json["icon"] == "sun"
    assert client.delete(url, headers=editor.headers).status_code == 204
    assert client.get(f"{TEMPLATES}/{template['id']}").json["category_id"] is None


def test_collections(client: FlaskClient, member: Person, make_user: MakeUser) -> None:
    other = make_user("member")
    template = make_template(client, other)
    mine = made(client, "/users/collections", {"name": "Lamps"}, member)
    path = f"/users/collections/{mine['id']}"
    for _ in range(2):
        added = made(client, f"{path}/items", {"template_id": template["id"]}, member)
    assert [each["id"] for each in added["templates"]] == [template["id"]]
    for headers in (other.headers, {}):
        assert client.get(f"/api/v1{path}", headers=headers).status_code == 404
    client.put(f"/api/v1{path}", json={"is_public": True}, headers=member.headers)
    for headers in (other.headers, {}):
        assert client.get(f"/api/v1{path}", headers=headers).status_code == 200
    assert client.put(f"/api/v1{path}", json={"name": "x"}, headers=other.headers).status_code == 403
    item = f"/api/v1{path}/items/{template['id']}"
    assert [client.delete(item, headers=member.headers).status_code for _ in range(2)] == [204, 404]


def test_ten_templates_an_hour_and_more_for_premium(another_app: MakeApp, make_user: MakeUser) -> None:
    app = another_app(rate_limits=True)
    for person, last in ((make_user("member"), 429), (make_user("member", is_premium=True), 201)):
        statuses: list[Any] = [
            app.test_client().post(TEMPLATES, json=template_body(), headers=person.headers).status_code
            for _ in range(11)
        ]
        assert statuses == [201] * 10 + [last]
