"""Lists that are kept ready: kept, dropped by each change that shows, never older than the last drop."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import Context
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from tests.api.greetings import API, made, make_card, make_template
from tests.conftest import Person
from webapp.domain.cards.festivals import create_festival
from webapp.extensions import db
from webapp.kernel.db import reading
from webapp.kernel.work import Work
from webapp.web import commit_work

FESTIVALS, FEATURED = f"{API}/festivals", f"{API}/templates/featured"
TRENDING, CATEGORIES = f"{API}/templates/trending", f"{API}/templates/categories"


def statements(app: Flask, act: Callable[[], object]) -> int:
    """How many queries the database gets while ``act`` runs."""
    seen: list[str] = []

    def note(*arguments: Any) -> None:
        seen.append(arguments[2])

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        act()
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len([one for one in seen if one.startswith("SELECT")])


def names(client: FlaskClient, url: str, person: Person | None = None) -> list[str]:
    answer = client.get(url, headers=person.headers if person else {})
    assert answer.status_code == 200, answer.json
    return [row["name"] for row in answer.json["data"]]


def change(client: FlaskClient, url: str, person: Person, **fields: Any) -> None:
    answer = client.put(f"{API}{url}", json=fields, headers=person.headers)
    assert answer.status_code == 200, answer.json


def delete(client: FlaskClient, url: str, person: Person) -> None:
    assert client.delete(f"{API}{url}", headers=person.headers).status_code == 204


@pytest.fixture
def category(client: FlaskClient, editor: Person, admin: Person) -> str:
    return str(made(client, "/templates/categories", {"name": "Lights"}, editor)["id"])


@pytest.mark.one_database
def test_the_second_reader_costs_the_database_nothing_and_sees_the_same(
    app: Flask, client: FlaskClient, editor: Person, admin: Person, category: str
) -> None:
    made(client, "/festivals", {"name": "Diwali"}, editor)
    template = make_template(client, editor, category_id=category, is_public=True)
    change(client, f"/admin/templates/{template['id']}/feature", admin, is_featured=True)
    make_card(client, editor, template)
    for url in (FESTIVALS, FEATURED, TRENDING, CATEGORIES, f"{API}/templates?category_id={category}"):
        first = client.get(url)
        assert statements(app, lambda url=url: client.get(url)) == 0, url
        again = client.get(url)
        assert (again.data, again.content_type) == (first.data, first.content_type)
        assert client.get(f"{url}{'&' if '?' in url else '?'}limit=7").json["page_size"] == 7


def test_a_change_of_a_festival_is_seen_at_once(client: FlaskClient, editor: Person) -> None:
    assert names(client, FESTIVALS) == []
    festival = made(client, "/festivals", {"name": "Diwali"}, editor)
    url = f"/festivals/{festival['id']}"
    assert names(client, FESTIVALS) == ["Diwali"]
    change(client, url, editor, name="Deepavali")
    assert names(client, FESTIVALS) == ["Deepavali"]
    image = made(client, f"{url}/images", {"image_url": "/media/x.png"}, editor)
    assert len(client.get(FESTIVALS).json["data"][0]["images"]) == 1
    delete(client, f"{url}/images/{image['id']}", editor)
    assert client.get(FESTIVALS).json["data"][0]["images"] == []
    delete(client, url, editor)
    assert names(client, FESTIVALS) == []


def test_a_change_of_a_template_is_seen_at_once(
    client: FlaskClient, editor: Person, admin: Person, category: str
) -> None:
    other = str(made(client, "/templates/categories", {"name": "Sweets"}, editor)["id"])

    def seen() -> list[list[str]]:
        lists = [f"{API}/templates?category_id={each}" for each in (category, other)]
        return [names(client, url) for url in (FEATURED, *lists)]

    assert seen() == [[], [], []]
    template = make_template(client, editor, category_id=category, is_public=True)
    url = f"/templates/{template['id']}"
    assert seen() == [[], ["Lamps"], []]
    change(client, f"/admin{url}/feature", admin, is_featured=True)
    assert seen() == [["Lamps"], ["Lamps"], []]
    change(client, url, editor, name="Lights", category_id=other)
    assert seen() == [["Lights"], [], ["Lights"]]
    change(client, url, editor, is_public=False)
    assert seen() == [[], [], []]
    change(client, url, editor, is_public=True)
    delete(client, f"/templates/categories/{other}", editor)
    assert seen() == [["Lights"], [], []]
    delete(client, url, editor)
    assert seen() == [[], [], []]


@pytest.mark.one_database
def test_what_is_used_and_its_category_change_at_once(
    client: FlaskClient, editor: Person, category: str
) -> None:
    assert (names(client, TRENDING), names(client, CATEGORIES)) == ([], ["Lights"])
    template = make_template(client, editor, category_id=category)
    make_card(client, editor, template)
    change(client, f"/templates/{template['id']}", editor, name="Clay lamps")
    assert names(client, TRENDING) == ["Clay lamps"]
    change(client, f"/admin/templates/{template['id']}/moderation", editor, approve=False)
    assert names(client, TRENDING) == []
    made(client, "/templates/categories", {"name": "Sweets"}, editor)
    change(client, f"/templates/categories/{category}", editor, is_active=False)
    assert names(client, CATEGORIES) == ["Sweets"]
    assert sorted(names(client, CATEGORIES, editor)) == ["Lights", "Sweets"]
    assert names(client, CATEGORIES) == ["Sweets"]


@pytest.mark.one_database
def test_what_only_some_may_see_is_kept_for_nobody(
    client: FlaskClient, editor: Person, admin: Person, member: Person, category: str
) -> None:
    of_category = f"{API}/templates?category_id={category}"
    made(client, "/festivals", {"name": "Hidden", "is_active": False}, editor)
    template = make_template(client, member, category_id=category, is_public=False)
    change(client, f"/admin/templates/{template['id']}/feature", admin, is_featured=True)
    for person, hidden, private in ((editor, ["Hidden"], ["Lamps"]), (member, [], ["Lamps"]), (None, [], [])):
        assert names(client, FESTIVALS, person) == hidden
        assert names(client, of_category, person) == private
        assert names(client, FEATURED, person) == []


def test_what_a_request_began_to_read_before_a_change_is_not_kept_after_it(
    app: Flask, client: FlaskClient, work: Callable[..., Work], monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = app.ports.cache  # type: ignore[attr-defined]
    fetch = cache.fetch

    def elsewhere() -> None:
        with app.app_context():
            other = work()
            other.drop = cache.drop
            create_festival(other, {"name": "Diwali"})
            commit_work(other)

    def late(*arguments: Any) -> bytes:
        """The request has read something; a festival is made elsewhere; only then it asks the cache."""
        with reading():
            db.session.connection().exec_driver_sql("SELECT count(*) FROM festivals").all()
            Context().run(elsewhere)
        monkeypatch.undo()
        return bytes(fetch(*arguments))

    monkeypatch.setattr(cache, "fetch", late)
    assert names(client, FESTIVALS) == ["Diwali"]
    assert names(client, FESTIVALS) == ["Diwali"]
