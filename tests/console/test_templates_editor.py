"""The template editor: drafts, errors at their line, samples, publishing, history, starters, categories."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.conftest import Person, post
from webapp.domain.cards.catalogue import STARTERS
from webapp.extensions import db

TEMPLATES = "/console/templates"
API = "/api/v1"
ROW = {f"fields-0-{name}": "" for name in ("default", "maximum", "choices")} | {
    "fields-0-name": "message",
    "fields-0-label": "Wish",
    "fields-0-type": "text",
}


def text(answer: Any) -> str:
    return str(answer.get_data(as_text=True))


@pytest.fixture
def url(as_editor: FlaskClient) -> str:
    """The editor of a fresh template from the blank starter."""
    answer = post(as_editor, f"{TEMPLATES}/new", {"name": "Lamps", "start": "blank"})
    assert answer.status_code == 303, text(answer)
    return str(answer.headers["Location"])


def tag_of(client: FlaskClient, url: str) -> str:
    found = re.search(r'name="tag"[^>]*value="([^"]+)"', text(client.get(url)))
    assert found
    return found[1]


def code(client: FlaskClient, url: str, **changes: str) -> dict[str, str]:
    """What the browser sends."""
    sent = {"html": "<p>{{ message }}</p>", "css": "p { color: red }", "width": "1080", "height": "1080"}
    return {**sent, **ROW, "tag": tag_of(client, url), **changes}


def read(client: FlaskClient, editor: Person, url: str) -> dict[str, Any]:
    return dict(client.get(f"{API}/templates/{url.rsplit('/', 1)[1]}", headers=editor.headers).json or {})


def test_a_draft_is_saved_beside_the_live_version(
    client: FlaskClient, as_editor: FlaskClient, editor: Person, url: str
) -> None:
    before = read(client, editor, url)
    assert before["template_code"] == STARTERS["blank"].code
    assert post(as_editor, url, code(as_editor, url)).status_code == 303
    page = text(as_editor.get(url))
    assert "Saved as version 2. Cards are still made of 1." in page
    assert "&lt;p&gt;{{ message }}&lt;/p&gt;" in page
    assert read(client, editor, url)["template_code"] == before["template_code"]
    post(as_editor, url, code(as_editor, url, then="publish"))
    after = read(client, editor, url)
    assert after["version"] == 2
    assert after["template_code"] == "<style>\np { color: red }\n</style>\n<p>{{ message }}</p>"
    assert after["template_config"]["fields"] == [{"name": "message", "type": "text", "label": "Wish"}]


def test_a_used_template_is_published_only_after_a_look(
    client: FlaskClient, as_editor: FlaskClient, editor: Person, url: str
) -> None:
    template_id = url.rsplit("/", 1)[1]
    body = {"template_id": template_id, "title": "Hello"}
    for _ in range(2):
        made = client.post(f"{API}/cards/generate", json=body, headers=editor.headers)
        assert made.status_code == 201
    assert "Used by 2 cards" in text(as_editor.get(url))
    answer = post(as_editor, url, code(as_editor, url, then="publish"))
    assert answer.headers["Location"] == f"{url}/publish"
    assert read(client, editor, url)["version"] == 1
    page = text(as_editor.get(f"{url}/publish"))
    assert "Used by 2 cards" in page and "line-added" in page and "p { color: red }" in page
    assert post(as_editor, f"{url}/publish", {"tag": tag_of(as_editor, f"{url}/publish")}).status_code == 303
    assert read(client, editor, url)["version"] == 2
    card = client.get(f"{API}/cards/{made.json['id']}", headers=editor.headers).json
    assert card["template_version"] == 1 and "<h1" in card["generated_html"]


def test_errors_stand_at_their_line(as_editor: FlaskClient, url: str) -> None:
    wrong = {"html": "<div>\n<p>{{ message | shout }}</p>", "css": "p {\n  color: red;\n\n:root { x }"}
    report = post(as_editor, f"{url}/check", code(as_editor, url, **wrong)).json
    assert "Line 2:</strong> unknown filter" in report["findings"]["html"]
    assert "Line 1:</strong> &lt;div&gt; is never closed." in report["findings"]["html"]
    assert "Line 1:</strong> This { is never closed." in report["findings"]["css"]
    assert report["fits"] is None
    refused = post(as_editor, url, code(as_editor, url, **wrong))
    assert refused.status_code == 422
    assert "finding-error" in text(refused)
    wrong = {"fields-0-name": "Not a name", "width": "7", "fields-0-maximum": "x"}
    report = post(as_editor, f"{url}/check", code(as_editor, url, **wrong)).json
    assert [name for name, markup in report["errors"].items() if markup] == [
        *("width", "fields-0-name", "fields-0-maximum")
    ]
    refused = post(as_editor, url, code(as_editor, url, **wrong))
    assert (refused.status_code, text(refused).count('aria-invalid="true"')) == (422, 3)


def test_the_preview_shows_samples_and_can_do_nothing(as_editor: FlaskClient, url: str) -> None:
    """Case 37 in the console: a sandbox without scripts, whatever the template brings."""
    for language, words in (("ta", "இனிய தீபாவளி"), ("ar", "عيد مبارك"), ("nonsense", "Happy Diwali")):
        sent = code(as_editor, url, html="{{ title }}<script>x</script>", language=language, fits="{}")
        answer = post(as_editor, f"{url}/frame", sent)
        assert words in text(answer)
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox; default-src 'none';") and "allow-" not in policy
    assert "script-src" not in policy
    sent |= {"sample-title": "<b>Mine", "scheme": "dark", "fits": '{"title": 31, "bad name}": 3}'}
    page = text(post(as_editor, f"{url}/frame", sent))
    assert "&lt;b&gt;Mine" in page and '<html data-theme="dark">' in page
    assert "bad name" not in page
    assert "Happy Diwali" in text(as_editor.get(f"{url}/frame?version=1"))
    assert as_editor.get(f"{url}/frame?version=9").status_code == 404


def test_a_row_is_added_without_scripts_and_one_without_a_name_is_taken_away(
    client: FlaskClient, as_editor: FlaskClient, editor: Person, url: str
) -> None:
    page = text(post(as_editor, url, code(as_editor, url, then="add-field")))
    assert 'name="fields-1-name"' in page
    sent = code(as_editor, url, then="publish")
    sent |= {"fields-0-name": "", "fields-0-label": "", "fields-1-name": "mood", "fields-1-type": "choice"}
    sent |= {f"fields-1-{name}": "" for name in ("label", "default", "maximum")}
    post(as_editor, url, sent | {"fields-1-choices": "calm, loud", "fields-1-required": "y"})
    fields = read(client, editor, url)["template_config"]["fields"]
    assert fields == [{"name": "mood", "type": "choice", "choices": ["calm", "loud"], "required": True}]


def test_somebody_elses_version_is_not_overwritten(as_editor: FlaskClient, url: str) -> None:
    stale = code(as_editor, url, html="<p>mine</p>")
    post(as_editor, url, code(as_editor, url, html="<p>theirs</p>"))
    answer = post(as_editor, url, stale)
    page = text(answer)
    assert answer.status_code == 412
    assert "&lt;p&gt;mine&lt;/p&gt;" in page and "&lt;p&gt;theirs&lt;/p&gt;" in page
    assert post(as_editor, url, stale | {"tag": tag_of(as_editor, url)}).status_code == 303
    assert "&lt;p&gt;mine&lt;/p&gt;" in text(as_editor.get(url))


def test_history_compares_and_restores(as_editor: FlaskClient, url: str) -> None:
    post(as_editor, url, code(as_editor, url, message="Red text"))
    assert "Red text" in text(as_editor.get(f"{url}/history"))
    page = text(as_editor.get(f"{url}/history/2?against=1"))
    assert "line-removed" in page and "line-added" in page
    assert as_editor.get(f"{url}/history/3").status_code == 404
    restored = post(as_editor, f"{url}/history/1/restore", {"tag": tag_of(as_editor, url)})
    assert restored.status_code == 303
    assert "Version 1 is back as version 3, not live yet." in text(as_editor.get(url))
    assert "Version 1, restored" in text(as_editor.get(f"{url}/history"))


def test_details_are_live_at_once(
    client: FlaskClient, as_editor: FlaskClient, editor: Person, url: str
) -> None:
    details = f"{url}/details"
    sent = {"name": "Lights", "tags": "warm, clay", "is_public": "y", "is_featured": "y"}
    assert post(as_editor, details, sent | {"tag": tag_of(as_editor, details)}).status_code == 303
    found = read(client, editor, url)
    assert (found["name"], found["tags"]) == ("Lights", ["warm", "clay"])
    assert found["is_public"] and found["is_featured"]
    assert "Lights" in text(as_editor.get(f"{TEMPLATES}?show=featured&q=clay"))
    assert "Nothing matches" in text(as_editor.get(f"{TEMPLATES}?show=private"))
    refused = post(as_editor, details, {"name": "", "tag": tag_of(as_editor, details)})
    assert refused.status_code == 422


def test_copies_deletion_and_starters(app: Flask, as_editor: FlaskClient, url: str) -> None:
    copy = post(as_editor, f"{url}/fork").headers["Location"]
    assert "Lamps copy" in text(as_editor.get(copy))
    assert post(as_editor, f"{copy}/delete", {"tag": tag_of(as_editor, f"{copy}/delete")}).status_code == 303
    assert as_editor.get(copy).status_code == 404
    wrong = post(as_editor, f"{TEMPLATES}/new", {"name": "", "start": "nonsense"})
    assert wrong.status_code == 422
    with app.app_context():
        assert db.session.connection()
        assert UUID(url.rsplit("/", 1)[1]).version == 7
        db.session.remove()


def test_categories(as_editor: FlaskClient, url: str) -> None:
    assert (
        post(as_editor, f"{TEMPLATES}/categories/new", {"name": "Warm", "is_active": "y"}).status_code == 303
    )
    page = text(as_editor.get(f"{TEMPLATES}/categories"))
    path = re.search(r"/console/templates/categories/[0-9a-f-]{36}", page)
    assert path
    again = post(as_editor, f"{TEMPLATES}/categories/new", {"name": "WARM"})
    assert again.status_code == 422 and "already exists" in text(again)
    sent = {"name": "Bright", "tag": tag_of(as_editor, path[0]), "sort_order": "3"}
    assert post(as_editor, path[0], sent).status_code == 303
    assert "Hidden" in text(as_editor.get(f"{TEMPLATES}/categories"))
    assert post(as_editor, f"{path[0]}/delete").status_code == 303
    assert "No categories yet" in text(as_editor.get(f"{TEMPLATES}/categories"))


def test_templates_are_for_editors(as_member: FlaskClient, as_editor: FlaskClient, url: str) -> None:
    for path in (TEMPLATES, url, f"{url}/frame", f"{url}/history", f"{url}/publish"):
        assert as_member.get(path).status_code == 403, path
