"""Unsaved values of the editor: kept for the person who typed them, offered, restored, gone once saved."""

from __future__ import annotations

import re

from flask import Flask
from flask.testing import FlaskClient

from tests.api.entries import Desk
from tests.conftest import console_client, post, text

from tests.conftest import MakeUser  # isort: skip

CONTENT = "/console/content/data"
LEFT = "You left something unsaved here"


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', page)
    assert found is not None
    return found[1]


def test_kept_offered_restored_and_gone_once_saved(
    app: Flask, as_editor: FlaskClient, desk: Desk, make_user: MakeUser
) -> None:
    entry = desk.add("Saved")
    url, key = f"{CONTENT}/entry/{entry['id']}", str(entry["id"])
    page = text(as_editor.get(url))
    typed = {"title": "Typed", "content": "{", "description": "", "tags": "red"}
    beside = {"tag": hidden(page, "tag"), "base": hidden(page, "base")}
    assert post(as_editor, f"{CONTENT}/unsaved", {**typed, **beside, "place": key}).status_code == 204
    assert desk.titles(draft="true") == ["Saved"], "it is no draft"
    page = text(as_editor.get(url))
    assert LEFT in page
    assert 'value="Saved"' in page
    other = console_client(app, make_user("admin"))
    assert LEFT not in text(other.get(url))
    restored = text(as_editor.get(f"{url}?restore=1"))
    assert 'value="Typed"' in restored
    assert LEFT not in restored
    desk.put(f"/data/{key}", {"title": "Changed meanwhile"})
    saved = post(as_editor, url, {**typed, **beside, "content": '{"key": "value"}'})
    assert saved.status_code == 409, "what was restored is held against what others saved since"
    wrong = post(as_editor, url, {**typed, "content": "{"})
    assert wrong.status_code == 422
    assert LEFT in text(as_editor.get(url)), "what could not be saved is still kept"
    latest = text(as_editor.get(url))
    assert post(as_editor, url, {**typed, "content": "{}", "tag": hidden(latest, "tag")}).status_code == 303
    assert LEFT not in text(as_editor.get(url))


def test_a_new_entry_and_forgetting(as_editor: FlaskClient) -> None:
    typed = {"title": "New one", "content": "{}", "place": "new/"}
    post(as_editor, f"{CONTENT}/unsaved", typed)
    assert LEFT in text(as_editor.get(f"{CONTENT}/new"))
    assert "New one" in text(as_editor.get(f"{CONTENT}/new?restore=1"))
    forgotten = post(as_editor, f"{CONTENT}/unsaved/forget", {"place": "new/", "next": f"{CONTENT}/new"})
    assert forgotten.headers["Location"].endswith(f"{CONTENT}/new")
    assert LEFT not in text(as_editor.get(f"{CONTENT}/new"))
    post(as_editor, f"{CONTENT}/unsaved", typed)
    assert post(as_editor, f"{CONTENT}/new", {"title": "New one", "content": "{}"}).status_code == 303
    assert LEFT not in text(as_editor.get(f"{CONTENT}/new"))


def test_so_it_is_with_items(as_admin: FlaskClient) -> None:
    url = "/console/content/items"
    post(as_admin, f"{url}/unsaved", {"title": "Typed", "description": "", "place": "new"})
    assert LEFT in text(as_admin.get(f"{url}/new"))
    assert 'value="Typed"' in text(as_admin.get(f"{url}/new?restore=1"))
    report = post(as_admin, f"{url}/check", {"title": "Typed", "description": ""}).json
    assert '"title": "Typed"' in report["preview"] and not any(report["errors"].values())
    report = post(as_admin, f"{url}/check", {"title": ""}).json
    assert report["preview"] is None and "required" in report["errors"]["title"]
    assert post(as_admin, f"{url}/new", {"title": "Typed"}).status_code == 303
    assert LEFT not in text(as_admin.get(f"{url}/new"))
    post(as_admin, f"{url}/unsaved", {"title": "Again", "place": "new"})
    post(as_admin, f"{url}/unsaved/forget", {"place": "new"})
    assert LEFT not in text(as_admin.get(f"{url}/new"))
