"""Festivals, templates and cards as tests make them."""

from __future__ import annotations

from typing import Any

from flask.testing import FlaskClient

from tests.conftest import Person

API = "/api/v1"
CODE = """<style>
main{width:1080px;height:1080px;padding:90px;background:var(--color-primary,#7c3aed);color:white}
h1{margin:0;height:200px;font-size:90px} p{margin:0;height:400px;font-size:60px;overflow:hidden}
</style>
<main><h1 data-field="title">{{ title }}</h1>
<p data-field="message" data-fit="20">{{ message }}</p>
<b style="color: {{ accent }}">{{ sender_name }}, {{ festival.name }}</b></main>"""
CONFIG = {
    "fields": [
        {"name": "message", "maximum": 3000, "required": True},
        {"name": "accent", "type": "color", "label": "Accent", "default": "#fde047"},
        {"name": "mood", "type": "choice", "choices": ["calm", "loud"]},
        {"name": "guests", "type": "number", "maximum": 10},
        {"name": "photo", "type": "image"},
    ]
}


def template_body(**changes: Any) -> dict[str, Any]:
    return {"name": "Lamps", "template_code": CODE, "template_config": CONFIG, **changes}


def made(client: FlaskClient, path: str, body: dict[str, Any], person: Person, status: int = 201) -> Any:
    """What a POST below ``/api/v1`` answers."""
    answer = client.post(f"{API}{path}", json=body, headers=person.headers)
    assert answer.status_code == status, answer.json
    return answer.json


def make_template(client: FlaskClient, person: Person, **changes: Any) -> dict[str, Any]:
    return dict(made(client, "/templates", template_body(**changes), person))


def make_card(client: FlaskClient, person: Person, template: dict[str, Any], **fields: Any) -> dict[str, Any]:
    body = {"template_id": template["id"], "title": "Diwali", "message": "शुभ दीपावली 🪔", **fields}
    return dict(made(client, "/cards/generate", body, person))


def places(answer: Any) -> set[str]:
    """Where a refused body is wrong."""
    assert answer.status_code == 422, answer.json
    return {error["pointer"] for error in answer.json["errors"]}


def one_card_of_each(client: FlaskClient, person: Person) -> dict[str, str]:
    """Make everything of festivals, templates and cards; values of path parameters."""
    festival = made(client, "/festivals", {"name": "Sample"}, person)
    image = made(client, f"/festivals/{festival['id']}/images", {"image_url": "/media/x.png"}, person)
    category = made(client, "/templates/categories", {"name": "Sample"}, person)
    template = make_template(client, person, template_code="<p>{{ title }}</p>", template_config={})
    review = made(client, f"/templates/{template['id']}/reviews", {"rating": 5}, person)
    card = make_card(client, person, template)
    share = made(client, f"/cards/{card['id']}/share", {}, person)
    collection = made(client, "/users/collections", {"name": "Sample"}, person)
    return {
        "festival_id": festival["id"],
        "image_id": image["id"],
        "category_id": category["id"],
        "template_id": template["id"],
        "number": "1",
        "review_id": review["id"],
        "card_id": card["id"],
        "share_id": share["id"],
        "token": share["share_token"],
        "collection_id": collection["id"],
    }
