"""The list of themes in the console: what it shows, and making, copying, activating and deleting."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from tests.conftest import Person, console_client, post
from webapp.domain.themes import commands
from webapp.domain.themes.document import DEFAULT_DOCUMENT
from webapp.domain.themes.models import Theme
from webapp.domain.themes.presets import DIWALI
from webapp.extensions import db
from webapp.kernel.clock import utc_now
from webapp.kernel.work import SYSTEM, Work

MakeTheme = Callable[..., int]


@pytest.fixture
def make_theme(app: Flask) -> MakeTheme:
    """Put a theme into the database and return its id."""

    def make(name: str) -> int:
        with app.app_context():
            work = Work(db.session(), SYSTEM, utc_now())
            theme = commands.create_theme(work, {"name": name, **DEFAULT_DOCUMENT})
            db.session.commit()
            return theme.id

    return make


def read(app: Flask, theme_id: int) -> dict[str, Any] | None:
    with app.app_context():
        theme = db.session.get(Theme, theme_id)
        if theme is None:
            return None
        return {
            "name": theme.name,
            "document": theme.latest.document,
            "active": theme.is_active,
            "tag": theme.tag,
        }


def shown(page: str) -> list[str]:
    return re.findall(r'class="tile-title"><a [^>]*>([^<]*)', page)


def test_themes_are_searched_and_paged(app: Flask, as_editor: FlaskClient, make_theme: MakeTheme) -> None:
    for number in range(13):
        make_theme(f"Kolam {number}")
    first = as_editor.get("/console/themes?q=kolam").text
    assert shown(first) == [f"Kolam {number}" for number in range(12)]
    assert 'href="?q=kolam&amp;page=2"' in first
    assert shown(as_editor.get("/console/themes?q=kolam&page=2").text) == ["Kolam 12"]
    assert "Nothing matches" in as_editor.get("/console/themes?q=nosuch").text
    assert as_editor.get("/console/themes?page=99999999999").status_code == 200


def test_a_list_of_many_asks_the_database_as_often_as_one_of_few(
    app: Flask, as_editor: FlaskClient, make_theme: MakeTheme
) -> None:
    def queries_of(url: str) -> int:
        seen: list[str] = []
        with app.app_context():
            engine = db.engine

        def listen(*args: Any) -> None:
            seen.append(args[2])

        event.listen(engine, "before_cursor_execute", listen)
        assert as_editor.get(url).status_code == 200
        event.remove(engine, "before_cursor_execute", listen)
        return len(seen)

    few = queries_of("/console/themes")
    for number in range(8):
        make_theme(f"Kolam {number}")
    assert queries_of("/console/themes") == few


@pytest.mark.parametrize(
    ("fields", "primary"),
    [
        ({"start": "default"}, "#8B5CF6"),
        ({"start": "Diwali"}, DIWALI.document["colors"]["primary"]),
        ({"start": "theme", "theme": "1"}, "#8B5CF6"),
        ({"start": "color", "color": "#004d40", "harmony": "triadic"}, "#004d40"),
    ],
)
def test_a_theme_starts_from(
    app: Flask, as_editor: FlaskClient, fields: dict[str, str], primary: str
) -> None:
    answer = post(as_editor, "/console/themes/new", {"name": "  Courtyard ", **fields})
    assert answer.status_code == 303
    theme = read(app, int(answer.location.rsplit("/", 1)[1]))
    assert theme is not None
    assert (theme["name"], theme["document"]["colors"]["primary"]) == ("Courtyard", primary)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"name": "", "start": "default"}, "This field is required."),
        ({"name": "rangoli", "start": "default"}, "already exists"),
        ({"name": "Courtyard", "start": "color", "color": "redd"}, "Must be a CSS colour"),
        ({"name": "Courtyard", "start": "color", "color": "red", "harmony": "no"}, "Not a valid choice"),
        ({"name": "Courtyard", "start": "theme", "theme": "99"}, "Choose a theme."),
        ({"name": "Courtyard", "start": "nosuch"}, "Choose where to start."),
    ],
)
def test_a_refused_start_keeps_what_was_typed(
    as_editor: FlaskClient, fields: dict[str, str], message: str
) -> None:
    answer = post(as_editor, "/console/themes/new", fields)
    assert answer.status_code == 422
    assert message in answer.text
    for value in (fields[name] for name in ("name", "color") if name in fields):
        assert f'value="{value}"' in answer.text


@pytest.mark.parametrize("page", ["frame?revision={}", "publish?revision={}", "history/1?against={}"])
@pytest.mark.parametrize("number", ["0", "-1", "2147483648", "9" * 25])
def test_a_revision_that_no_theme_can_have_is_missing(
    as_editor: FlaskClient, make_theme: MakeTheme, page: str, number: str
) -> None:
    url = f"/console/themes/{make_theme('Courtyard')}/{page}"
    assert as_editor.get(url.format(1)).status_code == 200
    assert as_editor.get(url.format(number)).status_code == 404


def test_a_search_may_be_long_but_not_unstorable(as_editor: FlaskClient) -> None:
    assert as_editor.get("/console/themes", query_string={"q": "x" * 700}).status_code == 200
    assert as_editor.get("/console/themes?q=%00").status_code == 400


def test_a_name_that_is_too_long_when_spelled_out_is_shown_at_its_field(as_editor: FlaskClient) -> None:
    answer = post(as_editor, "/console/themes/new", {"name": "\ufdfa" * 100, "start": "default"})
    assert answer.status_code == 422
    assert "Is too long when it is spelled out." in answer.text


def test_a_copy_needs_a_name_of_its_own(app: Flask, as_editor: FlaskClient, make_theme: MakeTheme) -> None:
    url = f"/console/themes/{make_theme('Courtyard')}/duplicate"
    assert 'value="Courtyard copy"' in as_editor.get(url).text
    assert "already exists" in post(as_editor, url, {"name": "courtyard"}).text
    answer = post(as_editor, url, {"name": "Veranda"})
    copy = read(app, int(answer.location.rsplit("/", 1)[1]))
    assert copy is not None and copy["name"] == "Veranda"


def test_activating_keeps_the_list_as_it_was_left(
    app: Flask, as_editor: FlaskClient, make_theme: MakeTheme
) -> None:
    theme_id = make_theme("Courtyard")
    here = "/console/themes?q=court&page=1"
    answer = post(as_editor, f"/console/themes/{theme_id}/activate", {"next": here})
    assert (answer.status_code, answer.location) == (303, here)
    theme = read(app, theme_id)
    assert theme is not None and theme["active"]
    away = post(as_editor, f"/console/themes/{theme_id}/activate", {"next": "//evil.example/"})
    assert away.location == "/console"


def test_deleting_asks_first_and_sees_who_changed_it(
    app: Flask, as_editor: FlaskClient, make_theme: MakeTheme
) -> None:
    theme_id = make_theme("Courtyard")
    url = f"/console/themes/{theme_id}/delete"
    page = as_editor.get(f"{url}?next=/console/themes?q=c").text
    assert "cannot be undone" in page
    assert 'value="/console/themes?q=c"' in page
    stale = post(as_editor, url, {"tag": "theme-0-0"})
    assert stale.status_code == 422
    assert "Somebody else has changed this" in stale.text
    tag = read(app, theme_id)["tag"]  # type: ignore[index]
    assert f'value="{tag}"' in stale.text
    assert post(as_editor, url, {"tag": tag}).status_code == 303
    assert read(app, theme_id) is None


def test_the_active_theme_is_not_deleted(app: Flask, as_editor: FlaskClient) -> None:
    assert "Activate another theme first" in as_editor.get("/console/themes/1/delete").text
    tag = read(app, 1)["tag"]  # type: ignore[index]
    assert post(as_editor, "/console/themes/1/delete", {"tag": tag}).status_code == 422
    assert read(app, 1) is not None


def test_members_have_no_business_here(app: Flask, member: Person) -> None:
    client = console_client(app, member)
    for url in ("", "/new", "/1", "/1/history", "/1/publish", "/1/frame"):
        assert client.get(f"/console/themes{url}").status_code == 403


def test_pictures_are_plain_hex(as_editor: FlaskClient) -> None:
    """Values that people write reach the page as the compiler reads them (a preset is in oklch)."""
    fills = set(re.findall(r'fill="([^"]*)"', as_editor.get("/console/themes/new").text))
    assert all(re.fullmatch(r"#[0-9A-Fa-f]{6}|none", fill) for fill in fills)
