"""Looking at what members make public, before or after everybody sees it; counting who looks."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from tests.api.greetings import made, make_card, make_template
from tests.conftest import MakeUser, Person, console_client, post
from webapp.domain.cards.models import TemplateViews
from webapp.domain.cards.template_views import forget_visits, write_views
from webapp.domain.mail.models import Mail
from webapp.extensions import db
from webapp.kernel.clock import utc_now
from webapp.kernel.work import SYSTEM, Work

API = "/api/v1"


def put(client: FlaskClient, path: str, body: dict[str, Any], person: Person) -> Any:
    return client.put(f"{API}{path}", json=body, headers=person.headers)


def listed(client: FlaskClient) -> list[str]:
    return [each["id"] for each in client.get(f"{API}/templates").json["data"]]


def waiting(client: FlaskClient, person: Person, what: str = "templates") -> list[str]:
    answer = client.get(f"{API}/admin/{what}/waiting", headers=person.headers)
    return [each["id"] for each in answer.json["data"]]


@pytest.fixture
def before(client: FlaskClient, admin: Person) -> None:
    """Nobody sees what members make before an editor has looked."""
    assert put(client, "/admin/settings", {"moderation": "before"}, admin).status_code == 200


def test_a_template_is_looked_at_afterwards(client: FlaskClient, member: Person, editor: Person) -> None:
    template = make_template(client, member)
    own = make_template(client, editor)
    private = make_template(client, member, is_public=False)
    assert template["standing"] == "listed" and own["standing"] == "approved"
    assert waiting(client, editor) == [template["id"]]
    path = f"/admin/templates/{template['id']}/moderation"
    assert put(client, path, {"approve": False}, member).status_code == 403
    assert put(client, path, {"approve": False, "reason": "Not ours"}, editor).json["standing"] == "rejected"
    assert listed(client) == [own["id"]]
    assert waiting(client, editor) == []
    url = f"{API}/templates/{template['id']}"
    assert client.get(url).status_code == 404
    assert client.get(url, headers=member.headers).status_code == 200, "its maker still has it"
    card = client.post(f"{API}/cards/generate", json={"template_id": template["id"]}, headers=editor.headers)
    assert card.status_code == 422  # only the message is missing: editors may
    changed = put(client, f"/templates/{template['id']}", {"name": "Better"}, member).json
    assert changed["standing"] == "held", "what was rejected is not shown before another look"
    assert waiting(client, editor) == [template["id"]]
    put(client, path, {"approve": True}, editor)
    assert set(listed(client)) == {own["id"], template["id"]}
    put(client, f"/templates/{private['id']}", {"is_public": True}, member)
    assert waiting(client, editor) == [private["id"]]


def test_a_template_is_looked_at_before(
    client: FlaskClient, before: None, member: Person, editor: Person, make_user: MakeUser
) -> None:
    template = make_template(client, member)
    assert (template["standing"], listed(client)) == ("held", [])
    other = make_user("member")
    body = {"template_id": template["id"], "message": "x"}
    answer = client.post(f"{API}/cards/generate", json=body, headers=other.headers)
    assert answer.json["errors"][0]["pointer"] == "/template_id"
    make_card(client, member, template)
    assert client.get(f"{API}/templates/trending").json["total"] == 0
    stale = {**editor.headers, "If-Match": '"template-other"'}
    url = f"{API}/admin/templates/{template['id']}/moderation"
    assert client.put(url, json={"approve": True}, headers=stale).status_code == 412
    assert put(client, url.removeprefix(API), {"approve": True}, editor).status_code == 200
    assert listed(client) == [template["id"]]
    assert client.get(f"{API}/templates/trending").json["total"] == 1


def test_reviews_are_looked_at(client: FlaskClient, before: None, member: Person, editor: Person) -> None:
    template = make_template(client, editor)
    path = f"/templates/{template['id']}/reviews"
    review = made(client, path, {"rating": 1, "review_text": "Bad words"}, member)
    made(client, path, {"rating": 5}, editor)
    shown = client.get(f"{API}{path}").json["data"]
    assert [each["rating"] for each in shown] == [5]
    assert len(client.get(f"{API}{path}", headers=member.headers).json["data"]) == 2
    assert client.get(f"{API}/templates/{template['id']}").json["rating"] == 5
    assert waiting(client, editor, "reviews") == [review["id"]]
    decision = f"/admin/reviews/{review['id']}/moderation"
    assert put(client, decision, {"approve": True}, editor).status_code == 200
    found = client.get(f"{API}/templates/{template['id']}").json
    assert (found["review_count"], found["rating"]) == (2, 3)
    put(client, decision, {"approve": False}, editor)
    assert client.get(f"{API}/templates/{template['id']}").json["review_count"] == 1
    assert put(client, decision, {"approve": True}, member).status_code == 403


@pytest.mark.one_database
def test_a_review_that_is_held_does_not_count_when_another_leaves(
    client: FlaskClient, before: None, member: Person, editor: Person, make_user: MakeUser
) -> None:
    template = make_template(client, editor)
    path, leaving = f"/templates/{template['id']}/reviews", make_user("editor")
    for person, rating in ((leaving, 5), (editor, 3), (member, 1)):
        made(client, path, {"rating": rating}, person)
    client.delete(f"{API}/users/me", headers=leaving.headers)
    found = client.get(f"{API}/templates/{template['id']}").json
    assert (found["review_count"], found["rating"]) == (1, 3)


def mails_to(app: Flask, person: Person) -> list[tuple[str, Any, Any]]:
    """Kind, title and reason of each mail that a person was sent, in order."""
    with app.app_context():
        sent = select(Mail).where(Mail.user_id == person.id).order_by(Mail.created_at, Mail.id)
        return [(m.kind, m.values.get("title"), m.values.get("reason")) for m in db.session.scalars(sent)]


@pytest.mark.one_database
def test_makers_are_told_by_mail_what_was_decided(
    app: Flask, client: FlaskClient, before: None, member: Person, editor: Person
) -> None:
    template = make_template(client, member, name="Lamps of clay")
    own = make_template(client, editor, name="Of the editor")
    path = f"/admin/templates/{template['id']}/moderation"
    for decision in ({"approve": True}, {"approve": True}, {"approve": False, "reason": "Copied"}):
        assert put(client, path, decision, editor).status_code == 200
    put(client, f"/admin/templates/{own['id']}/moderation", {"approve": False}, editor)
    review = made(client, f"/templates/{template['id']}/reviews", {"rating": 2}, member)
    path = f"/admin/reviews/{review['id']}/moderation"
    for decision in ({"approve": False, "reason": "Names"}, {"approve": True}):
        assert put(client, path, decision, editor).status_code == 200
    assert put(client, path, {"approve": False, "reason": "x" * 1001}, editor).status_code == 422
    assert mails_to(app, editor) == []
    assert mails_to(app, member) == [
        ("template_approved", "Lamps of clay", None),
        ("template_rejected", "Lamps of clay", "Copied"),
        ("review_rejected", "Lamps of clay", "Names"),
        ("review_approved", "Lamps of clay", None),
    ]


@pytest.mark.one_database
def test_approval_of_what_everybody_saw_already_is_no_news(
    app: Flask, client: FlaskClient, member: Person, editor: Person
) -> None:
    path = f"/admin/templates/{make_template(client, member)['id']}/moderation"
    put(client, path, {"approve": True}, editor)
    assert mails_to(app, member) == []


@pytest.mark.one_database
def test_the_queues_of_the_console(
    app: Flask, client: FlaskClient, member: Person, editor: Person, admin: Person
) -> None:
    template = make_template(client, member, name="Lamps of clay")
    made(client, f"/templates/{template['id']}/reviews", {"rating": 2, "review_text": "<b>Hm"}, member)
    browser, boss = console_client(app, editor), console_client(app, admin)
    page = browser.get("/console/templates/waiting").get_data(as_text=True)
    assert "Lamps of clay" in page and "/console/people/approvals" not in page
    assert "/console/templates/waiting" in boss.get("/console/people/approvals").get_data(as_text=True)
    assert '<span class="count" aria-label="2 waiting">' in page
    tag = re.search(r'name="tag" value="([^"]+)"', page)
    assert tag
    url = f"/console/templates/{template['id']}/decide"
    sent = {"then": "reject", "reason": "Copied", "tag": tag[1]}
    assert post(browser, url, sent).status_code == 303
    assert listed(client) == []
    reviews = browser.get("/console/templates/waiting/reviews").get_data(as_text=True)
    assert "&lt;b&gt;Hm" in reviews
    path = re.search(r'action="(/console/templates/waiting/reviews/[^"]+)"', reviews)
    assert path
    assert post(browser, path[1], {"then": "reject", "reason": "Rude"}).status_code == 303
    assert ("review_rejected", "Lamps of clay", "Rude") in mails_to(app, member)
    assert "Nothing waits" in browser.get("/console/templates/waiting/reviews").get_data(as_text=True)


def test_views_are_counted_once_a_day_for_each_visitor(
    app: Flask, client: FlaskClient, member: Person
) -> None:
    template_id = UUID(make_template(client, member)["id"])
    client.get(f"{API}/templates/{template_id}")
    app.extensions["noted_template_views"].take()
    tag = client.get(f"{API}/templates/{template_id}").headers["ETag"]
    now = utc_now()
    today, earlier = now.date(), now.date() - timedelta(days=1)
    with app.app_context():
        work = Work(db.session(), SYSTEM, now)
        views = [(today, template_id, "a"), (today, template_id, "b"), (earlier, template_id, "a")]
        assert write_views(work, [*views, (today, UUID(int=7), "a")]) == 3
        assert write_views(work, views) == 0
        total = db.session.scalar(select(func.sum(TemplateViews.views)))
        forget_visits(Work(db.session(), SYSTEM, now + timedelta(days=9)))
        assert write_views(work, views[:1]) == 1
        db.session.commit()
        db.session.remove()
    found = client.get(f"{API}/templates/{template_id}")
    assert (total, found.json["view_count"], found.headers["ETag"]) == (3, 4, tag)
    assert len(app.extensions["noted_template_views"].take()) == 1, "two looks of one visitor are one view"
