"""Views of lists that people keep for themselves."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.api.entries import Desk
from tests.conftest import MakeUser, Person, console_client, post
from webapp.domain.saved_views.models import VIEWS_MAX

DATA = "/console/content/data"


def text(answer: Any) -> str:
    return str(answer.get_data(as_text=True))


@pytest.fixture(autouse=True)
def entries(app: Flask, editor: Person) -> None:
    Desk(app.test_client(), editor.headers).add("One", tags=["red"])


def keep(client: FlaskClient, name: str, query: str = "tag=red&sort=title&page=2") -> Any:
    return post(client, "/console/views", {"name": name, "next": f"{DATA}?{query}"})


def test_a_view_is_kept_shown_and_forgotten(as_editor: FlaskClient) -> None:
    assert keep(as_editor, " Red ones ").headers["Location"] == f"{DATA}?tag=red&sort=title&page=2"
    page = text(as_editor.get(DATA))
    assert f'href="{DATA}?tag=red&amp;sort=title"' in page
    assert "Forget the view" not in page
    page = text(as_editor.get(f"{DATA}?tag=red&sort=title"))
    assert "Forget the view Red ones" in page
    url = page.split('action="/console/views/')[1].split('"')[0]
    post(as_editor, f"/console/views/{url}")
    assert "Red ones</a>" not in text(as_editor.get(DATA))


def test_the_same_name_means_the_same_view(as_editor: FlaskClient) -> None:
    keep(as_editor, "Mine")
    keep(as_editor, "Mine", "status=draft")
    page = text(as_editor.get(DATA))
    assert page.count("Mine</a>") == 1
    assert f'href="{DATA}?status=draft"' in page


def test_views_are_everybodys_own(app: Flask, as_editor: FlaskClient, make_user: MakeUser) -> None:
    keep(as_editor, "Mine")
    url = text(as_editor.get(f"{DATA}?tag=red&sort=title")).split('action="/console/views/')[1].split('"')[0]
    other = console_client(app, make_user("editor"))
    assert "Mine</a>" not in text(other.get(DATA))
    assert post(other, f"/console/views/{url}").status_code == 404
    assert "Mine</a>" in text(as_editor.get(DATA))


@pytest.mark.parametrize(
    ("name", "query", "words"),
    [
        ("", "tag=red", "Give the view a name."),
        ("x" * 61, "tag=red", "at most 60"),
        ("Long", "q=" + "x" * 600, "too long to be kept"),
    ],
)
def test_what_cannot_be_kept_is_told(as_editor: FlaskClient, name: str, query: str, words: str) -> None:
    keep(as_editor, name, query)
    assert words in text(as_editor.get(DATA))


def test_there_is_a_limit(as_editor: FlaskClient) -> None:
    for number in range(VIEWS_MAX):
        keep(as_editor, f"View {number}")
    keep(as_editor, "One more")
    page = text(as_editor.get(DATA))
    assert f"You keep {VIEWS_MAX} views of this list already." in page
    assert "One more</a>" not in page


def test_a_view_leads_to_no_other_site(as_editor: FlaskClient) -> None:
    post(as_editor, "/console/views", {"name": "Evil", "next": "https://evil.example/?a=b"})
    assert "evil.example" not in text(as_editor.get(DATA))
