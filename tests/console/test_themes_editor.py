"""The theme editor on the server: saving, mending, preview, publishing, history and conflicts."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.conftest import Person, console_client, post
from webapp.console.conflicts import differences, merged
from webapp.console.themes.tokens import NAMED, TOKENS, to_changes, to_fields
from webapp.domain.themes.document import DEFAULT_DOCUMENT, check_document
from webapp.domain.themes.models import Theme
from webapp.domain.themes.presets import PRESETS
from webapp.extensions import db

URL = "/console/themes/1"
ReadTheme = Callable[[], Any]


class Form(dict[str, str]):
    """The fields of the editor as a page holds them, without its CSRF token."""

    @classmethod
    def of(cls, page: str) -> Form:
        start = page.index('<form class="editor-fields"')
        inputs = re.findall(r"<input [^>]*>", page[start : page.index("</form>", start)])
        found = (dict(re.findall(r'([\w-]+)="([^"]*)"', tag)) for tag in inputs)
        named = {tag["name"]: tag.get("value", "") for tag in found if "name" in tag}
        return cls({name: value for name, value in named.items() if name != "csrf_token"})


@pytest.fixture
def theme(app: Flask) -> Callable[[], dict[str, Any]]:
    """Read the default theme's row and latest revision as they are now."""

    def read() -> dict[str, Any]:
        with app.app_context():
            row = db.session.get(Theme, 1)
            assert row is not None
            values = {
                "name": row.name,
                "latest": row.latest_number,
                "live": row.live_number,
                "tag": row.tag,
                "document": row.latest.document,
                "message": row.latest.message,
                "restored_from": row.latest.restored_from,
            }
            db.session.remove()
            return values

    return read


@pytest.fixture
def form(as_editor: FlaskClient) -> Form:
    return Form.of(as_editor.get(URL).text)


def public_css(client: FlaskClient) -> str:
    return client.get("/themes/active.css").text


# --- values ---------------------------------------------------------------------------------


@pytest.mark.parametrize("document", [DEFAULT_DOCUMENT, *(preset.document for preset in PRESETS)])
def test_documents_survive_the_form(document: dict[str, Any]) -> None:
    assert check_document(
        {
            section: {key: value for key, value in fields.items() if value is not None}
            for section, fields in to_changes(to_fields(document)).items()
        }
    ) == check_document(document)


def test_every_token_has_one_field(form: Form) -> None:
    assert {token.field for token in TOKENS} <= set(form)
    assert form["colors-primary"] == "#8B5CF6"
    assert form["dark_mode-accent"] == ""
    assert form["spacing-scale_ratio"] == "2"


# --- saving ---------------------------------------------------------------------------------


def test_a_draft_stands_beside_what_is_live(as_editor: FlaskClient, form: Form, theme: ReadTheme) -> None:
    before = public_css(as_editor)
    answer = post(as_editor, URL, form | {"colors-primary": " #123456 ", "message": "Night"})
    assert (answer.status_code, answer.location) == (303, URL)
    after = theme()
    assert (after["latest"], after["live"], after["message"]) == (2, 1, "Night")
    assert after["document"]["colors"]["primary"] == "#123456"
    assert public_css(as_editor) == before
    assert "Draft 2" in as_editor.get(URL).text


def test_saving_what_is_there_makes_no_revision(as_editor: FlaskClient, form: Form, theme: ReadTheme) -> None:
    assert post(as_editor, URL, form).status_code == 303
    assert theme()["latest"] == 1
    assert "Nothing to save" in as_editor.get(URL).text


def test_dark_colours_are_set_and_derived_again(as_editor: FlaskClient, form: Form, theme: ReadTheme) -> None:
    post(as_editor, URL, form | {"dark_mode-accent": "#ffcc00"})
    assert theme()["document"]["dark_mode"]["accent"] == "#ffcc00"
    post(as_editor, URL, Form.of(as_editor.get(URL).text) | {"dark_mode-accent": ""})
    assert "accent" not in theme()["document"]["dark_mode"]


def test_wrong_fields_are_named_and_nothing_typed_is_lost(
    as_editor: FlaskClient, form: Form, theme: ReadTheme
) -> None:
    wrong = {
        "name": "",
        "colors-primary": "nosuch",
        "typography-scale_ratio": "big",
        "spacing-base_unit": "-4px",
        "border_radius-large": "999999px",
        "typography-font_family": "url(evil)",
    }
    answer = post(as_editor, URL, form | wrong | {"colors-accent": "#0a0"})
    assert answer.status_code == 422
    page = Form.of(answer.text)
    assert {name: page[name] for name in wrong} == wrong
    assert page["colors-accent"] == "#0a0"
    assert set(re.findall(r'field-errors" id="([\w-]+)-error"', answer.text)) == set(wrong)
    assert set(re.findall(r'aria-describedby="[^"]* ([\w-]+)-error"', answer.text)) == set(wrong)
    assert theme()["latest"] == 1


def test_markup_in_a_value_stays_text(as_editor: FlaskClient, form: Form) -> None:
    nasty = '"><script>alert(1)</script>'
    answer = post(as_editor, URL, form | {"colors-primary": nasty, "name": nasty})
    assert "<script>alert" not in answer.text
    report = post(as_editor, f"{URL}/survey", form | {"colors-primary": nasty, "name": nasty}).json
    assert "<script>" not in str(report)


# --- mending --------------------------------------------------------------------------------


def test_one_pair_is_mended_and_nothing_saved(as_editor: FlaskClient, form: Form, theme: ReadTheme) -> None:
    page = post(as_editor, f"{URL}/mend", form | {"fix": "light/accent-on-background", "name": "Unsaved"})
    assert page.status_code == 200
    mended = Form.of(page.text)
    assert {name for name in form if mended[name] != form[name]} == {"colors-accent", "name"}
    assert "3 of 54 pairs" in page.text
    assert theme()["latest"] == 1


def test_all_pairs_are_mended(as_editor: FlaskClient, form: Form) -> None:
    page = post(as_editor, f"{URL}/mend", form | {"fix": "all"}).text
    assert "All 54 pairs" in page
    changed = {name for name, value in Form.of(page).items() if value != form.get(name)}
    assert changed == {"colors-accent", "colors-success", "colors-warning", "colors-info"}


# --- preview --------------------------------------------------------------------------------


def test_the_survey_compiles_what_is_not_saved(as_editor: FlaskClient, form: Form, theme: ReadTheme) -> None:
    answer = post(
        as_editor, f"{URL}/survey", form | {"colors-primary": "rebeccapurple", "colors-text": "nosuch"}
    )
    report = answer.json
    assert "--color-primary:#663399" in report["css"]
    assert report["fields"]["colors-primary"]["hex"] == "#663399"
    assert "Must be a CSS colour" in report["fields"]["colors-text"]["errors"]
    assert report["fields"]["colors-text"]["hex"] == "#222222", "the saved value stands in for a wrong one"
    assert report["fields"]["dark_mode-accent"]["derived"] is True
    assert "Use #" in report["fields"]["colors-accent"]["pairs"]
    assert report["values"] == {}
    assert theme()["latest"] == 1


def test_the_survey_mends(as_editor: FlaskClient, form: Form) -> None:
    report = post(as_editor, f"{URL}/survey", form | {"fix": "light/accent-on-background"}).json
    assert list(report["values"]) == ["colors-accent"]
    assert report["fields"]["colors-accent"]["hex"] == report["values"]["colors-accent"]
    assert post(as_editor, f"{URL}/survey", form | {"fix": "nosuch"}).json["values"] == {}


def test_the_survey_is_quick(as_editor: FlaskClient, form: Form) -> None:
    """Typing asks often: the middle of nine answers, each to another colour, within a tenth of a second."""
    post(as_editor, f"{URL}/survey", form)
    times = []
    for number in range(9):
        started = time.perf_counter()
        post(as_editor, f"{URL}/survey", form | {"colors-primary": f"#4{number}5cf6"})
        times.append(time.perf_counter() - started)
    assert sorted(times)[4] < 0.1


def test_the_frame_may_do_nothing_but_look(as_editor: FlaskClient, form: Form) -> None:
    answer = post(as_editor, f"{URL}/frame", form | {"colors-primary": "#123456", "scheme": "dark"})
    policy = answer.headers["Content-Security-Policy"]
    nonce = re.search(r"'nonce-([^']+)'", policy)
    assert nonce is not None
    assert "default-src 'none'" in policy and "form-action 'none'" in policy and "script-src" not in policy
    assert f'<style nonce="{nonce[1]}">:root{{' in answer.text
    assert "--color-primary:#123456" in answer.text
    assert 'data-theme="dark"' in answer.text
    assert "<script" not in answer.text
    again = as_editor.get(f"{URL}/frame?scheme=nosuch")
    assert nonce[1] not in again.headers["Content-Security-Policy"]
    assert 'data-theme="light"' in again.text


def test_the_frame_shows_an_older_revision(as_editor: FlaskClient, form: Form) -> None:
    post(as_editor, URL, form | {"colors-primary": "#123456"})
    assert "--color-primary:#123456" in as_editor.get(f"{URL}/frame").text
    assert "--color-primary:#8b5cf6" in as_editor.get(f"{URL}/frame?revision=1").text
    assert as_editor.get(f"{URL}/frame?revision=9").status_code == 404


# --- publishing -----------------------------------------------------------------------------


def test_publishing_warns_and_can_be_overridden(as_editor: FlaskClient, form: Form, theme: ReadTheme) -> None:
    answer = post(as_editor, URL, form | {"colors-primary": "#ffee00", "then": "publish"})
    assert (answer.status_code, answer.location) == (303, f"{URL}/publish")
    assert (theme()["latest"], theme()["live"]) == (2, 1)
    page = as_editor.get(f"{URL}/publish").text
    assert "5 pairs of colours will be hard to read" in page
    assert "Primary on background, light" in page
    assert "Publish anyway" in page
    assert post(as_editor, f"{URL}/publish", {"tag": theme()["tag"]}).location == URL
    assert theme()["live"] == 2
    assert "--color-primary:#ffee00" in public_css(as_editor)


def test_publishing_what_can_be_read_takes_one_click(
    as_editor: FlaskClient, form: Form, theme: ReadTheme
) -> None:
    mended = Form.of(post(as_editor, f"{URL}/mend", form | {"fix": "all"}).text)
    answer = post(as_editor, URL, mended | {"then": "publish"})
    assert answer.location == URL
    assert (theme()["latest"], theme()["live"]) == (2, 2)
    assert "Revision 2 is live" in as_editor.get(URL).text


def test_an_older_revision_is_published_again(as_editor: FlaskClient, form: Form, theme: ReadTheme) -> None:
    post(as_editor, URL, form | {"colors-primary": "#123456"})
    post(as_editor, f"{URL}/publish", {"tag": theme()["tag"]})
    post(as_editor, f"{URL}/publish?revision=1", {"tag": theme()["tag"]})
    assert (theme()["latest"], theme()["live"]) == (2, 1)
    assert "--color-primary:#8b5cf6" in public_css(as_editor)


def test_publishing_sees_that_somebody_saved_meanwhile(
    as_editor: FlaskClient, form: Form, theme: ReadTheme
) -> None:
    seen = theme()["tag"]
    post(as_editor, URL, form | {"colors-primary": "#123456"})
    answer = post(as_editor, f"{URL}/publish", {"tag": seen})
    assert answer.status_code == 422
    assert "Somebody else has changed this" in answer.text
    assert theme()["live"] == 1


# --- history --------------------------------------------------------------------------------


def test_history_names_who_and_what(app: Flask, admin: Person, theme: ReadTheme) -> None:
    client = console_client(app, admin)
    form = Form.of(client.get(URL).text)
    post(client, URL, form | {"colors-primary": "#123456", "message": "Deep <blue>"})
    page = client.get(f"{URL}/history").text
    assert page.index("Revision 2") < page.index("Revision 1")
    assert "Deep &lt;blue&gt;" in page
    assert admin.username in page
    assert "The system" in page
    detail = client.get(f"{URL}/history/2").text
    assert "color.primary" in detail and "#8B5CF6" in detail and "#123456" in detail
    assert "No value is different" in client.get(f"{URL}/history/2?against=2").text
    assert client.get(f"{URL}/history/1").status_code == 200
    assert client.get(f"{URL}/history/9").status_code == 404


def test_restoring_makes_a_draft(as_editor: FlaskClient, form: Form, theme: ReadTheme) -> None:
    post(as_editor, URL, form | {"colors-primary": "#123456"})
    post(as_editor, f"{URL}/publish", {"tag": theme()["tag"]})
    assert post(as_editor, f"{URL}/history/1/restore", {"tag": theme()["tag"]}).location == URL
    after = theme()
    assert (after["latest"], after["live"], after["restored_from"]) == (3, 2, 1)
    assert after["document"]["colors"]["primary"] == "#8B5CF6"
    stale = post(as_editor, f"{URL}/history/1/restore", {"tag": "theme-1-1"})
    assert stale.location == f"{URL}/history"
    assert theme()["latest"] == 3
    assert "Somebody else has changed this" in as_editor.get(stale.location).text


# --- conflicts ------------------------------------------------------------------------------


def test_two_people_at_once_lose_nothing(
    app: Flask, as_editor: FlaskClient, as_admin: FlaskClient, form: Form, theme: ReadTheme
) -> None:
    post(as_admin, URL, form | {"colors-primary": "#111111", "colors-text": "#101010"})
    mine = form | {"colors-primary": "#222222", "border_radius-small": "9px", "message": "Mine"}
    conflict = post(as_editor, URL, mine)
    assert conflict.status_code == 409
    assert "Changed by both" in conflict.text
    for value in ("#111111", "#222222", "9px", "#101010"):
        assert value in conflict.text
    assert theme()["latest"] == 2
    chosen = {
        "choice-colors-primary": "mine",
        "choice-colors-text": "theirs",
        "choice-border_radius-small": "mine",
    }
    hidden = {"tag": theme()["tag"], "base": "2"}
    assert post(as_editor, f"{URL}/merge", mine | hidden | chosen).status_code == 303
    after = theme()
    assert (after["latest"], after["message"]) == (3, "Mine")
    assert after["document"]["colors"]["primary"] == "#222222"
    assert after["document"]["colors"]["text"] == "#101010"
    assert after["document"]["border_radius"]["small"] == "9px"


def test_a_third_person_asks_once_more(
    as_editor: FlaskClient, as_admin: FlaskClient, form: Form, theme: ReadTheme
) -> None:
    post(as_admin, URL, form | {"colors-primary": "#111111"})
    seen = theme()["tag"]
    post(as_admin, URL, Form.of(as_admin.get(URL).text) | {"colors-primary": "#333333"})
    again = post(as_editor, f"{URL}/merge", form | {"colors-primary": "#222222", "tag": seen, "base": "2"})
    assert again.status_code == 409
    assert "#333333" in again.text
    assert theme()["latest"] == 3


def test_a_change_that_contradicts_nothing_is_saved(
    as_editor: FlaskClient, as_admin: FlaskClient, form: Form, theme: ReadTheme
) -> None:
    """Activating or saving the same values makes another state, but there is nothing to choose."""
    same = form | {"colors-primary": "#111111"}
    post(as_admin, URL, same)
    assert post(as_editor, URL, same).status_code == 303
    assert theme()["latest"] == 2


def test_proposals_follow_who_changed_what() -> None:
    before = {"name": "A", **to_fields(DEFAULT_DOCUMENT)}
    theirs = before | {"colors-primary": "#111", "colors-text": "#333"}
    mine = before | {"colors-primary": "#222", "name": "B"}
    found = {difference.field: difference for difference in differences(NAMED, before, theirs, mine)}
    assert list(found) == ["colors-primary", "name", "colors-text"]
    assert {field: found[field].proposal for field in found} == {
        "colors-primary": "mine",
        "name": "mine",
        "colors-text": "theirs",
    }
    assert [field for field in found if found[field].is_contested] == ["colors-primary"]
    assert merged(theirs, mine, {"colors-text": "theirs"})["colors-text"] == "#333"
    assert merged(theirs, mine, {})["colors-primary"] == "#222"
