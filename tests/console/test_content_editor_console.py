"""Content in the console, one entry: make, change, publish, schedule, history, two writers at once."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.api.entries import EXPERIENCE, PROJECT, Desk
from tests.conftest import post, text
from webapp.domain.content.content_types import DATA
from webapp.domain.content.content_types import EXPERIENCE as EXPERIENCES
from webapp.domain.content.content_types import PROJECT as PROJECTS
from webapp.domain.content.texts import join_tags, split_tags, to_changes, to_texts
from webapp.kernel.clock import utc_now

CONTENT = "/console/content"


def entry_url(entry: dict[str, Any], type_name: str = "data") -> str:
    return f"{CONTENT}/{type_name}/entry/{entry['id']}"


def form_of(page: str) -> dict[str, str]:
    """What a browser would send of the entry's form."""
    from html.parser import HTMLParser

    class Fields(HTMLParser):
        found: dict[str, str] = {}
        area: str | None = None

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            values = dict(attrs)
            if tag == "input" and values.get("name"):
                self.found[str(values["name"])] = values.get("value") or ""
            if tag == "textarea":
                self.area = str(values["name"])
                self.found[self.area] = ""

        def handle_endtag(self, tag: str) -> None:
            self.area = None if tag == "textarea" else self.area

        def handle_data(self, data: str) -> None:
            if self.area:
                self.found[self.area] += data.removeprefix("\r\n")

    fields = Fields()
    fields.found = {}
    fields.feed(page[page.index("entry-form") :])
    return {name: value for name, value in fields.found.items() if name != "csrf_token"}


def opened(client: FlaskClient, entry: dict[str, Any], **changes: str) -> dict[str, str]:
    return form_of(text(client.get(entry_url(entry)))) | changes


# --- making and saving ----------------------------------------------------------------------


def test_a_new_entry_is_a_draft_or_published(as_editor: FlaskClient, desk: Desk) -> None:
    form = {"title": "A draft", "content": '{"price": 1.0}', "tags": "red, Green ,red"}
    answer = post(as_editor, f"{CONTENT}/data/new", form)
    page = text(as_editor.get(answer.headers["Location"]))
    assert "Saved as a draft." in page
    assert desk.titles() == []
    [entry] = desk.get("/data", draft="true")["data"]
    assert [tag["name"] for tag in entry["tags"]] == ["red", "Green"]
    assert entry["content"] == {"price": 1.0}
    assert entry["description"] is None

    post(as_editor, f"{CONTENT}/data/new", {**form, "title": "Published", "then": "publish"})
    assert desk.titles() == ["Published"]


def test_saving_keeps_what_is_published_until_it_is_published(as_editor: FlaskClient, desk: Desk) -> None:
    entry = desk.add("Before")
    post(as_editor, entry_url(entry), opened(as_editor, entry, title="After", message="Why"))
    assert desk.titles() == ["Before"]
    assert desk.get(f"/data/{entry['id']}", draft="true")["status"] == "changed"
    assert desk.get(f"/data/{entry['id']}/revisions")["data"][0]["message"] == "Why"
    post(as_editor, f"{entry_url(entry)}/publish")
    assert desk.titles() == ["After"]
    post(as_editor, f"{entry_url(entry)}/unpublish")
    assert desk.titles() == []
    post(as_editor, entry_url(entry), opened(as_editor, entry, then="publish"))
    assert desk.titles() == ["After"]


def test_what_nobody_touched_stays_as_it_was_sent(as_editor: FlaskClient, desk: Desk) -> None:
    document = {"a": 1.0, "b": [1, 2.50, "é"], "z": {}, "c": 12345678901234567}
    entry = desk.add("Exact", description="one\r\ntwo", content=document)
    project = desk.post("/projects", {**PROJECT, "achievements": ["two\nlines", " space ", ""]})
    for found, type_name in ((entry, "data"), (project, "projects")):
        form = form_of(text(as_editor.get(entry_url(found, type_name)))) | {"title": "Renamed"}
        post(as_editor, entry_url(found, type_name), {**form, "then": "publish"})
        after = desk.get(f"/{type_name}/{found['id']}")
        changed = {name for name in after if after[name] != found.get(name)}
        assert changed <= {"title", "revision", "updated_at", "published_at"}
    assert desk.get(f"/data/{entry['id']}/revisions")["total"] == 2


def test_saving_nothing_new_makes_no_revision(as_editor: FlaskClient, desk: Desk) -> None:
    entry = desk.add("Same", tags=["a,b", 'c"d', "e"])
    answer = post(as_editor, entry_url(entry), opened(as_editor, entry))
    assert "Nothing to save" in text(as_editor.get(answer.headers["Location"]))
    assert desk.get(f"/data/{entry['id']}/revisions")["total"] == 1


@pytest.mark.parametrize("then", ["", "publish", "check"])
def test_every_wrong_field_is_told_at_its_place(as_editor: FlaskClient, desk: Desk, then: str) -> None:
    form = {"title": "", "content": '{\n  "a": 1,\n}', "tags": "x" * 65, "then": then}
    answer = post(as_editor, f"{CONTENT}/data/new", form)
    page = text(answer)
    assert answer.status_code == 422
    assert "Line 2, column 9: Trailing comma is not allowed." in page
    assert 'id="content-error"' in page
    good = {**form, "content": "{}"}
    page = text(post(as_editor, f"{CONTENT}/data/new", good))
    assert 'id="title-error"' in page
    assert 'id="tags-error"' in page
    assert desk.titles(draft="true") == []


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ('{"a": 1, "a": 2}', "names the same key twice"),
        ("[1]", "Must be an object"),
        ("", "Line 1, column 1"),
        ('{"a": NaN}', "Line 1, column 7"),
        ('{"a": 123456789012345678901}', "more than 64 bits"),
        ('{"a": "\\u0000"}', "a: Contains characters that cannot be stored"),
    ],
)
def test_json_with_no_one_meaning_is_refused(as_editor: FlaskClient, content: str, reason: str) -> None:
    answer = post(as_editor, f"{CONTENT}/data/new", {"title": "T", "content": content})
    assert answer.status_code == 422
    assert reason in text(answer)


def test_ids_that_clients_choose_are_asked_for_once(as_editor: FlaskClient, desk: Desk) -> None:
    form = {"id": "new", "title": "T", "description": "D", "technologies": "a\r\nb\r\n", "then": "publish"}
    post(as_editor, f"{CONTENT}/projects/new", form)
    project = desk.get("/projects/new")
    assert project["technologies"] == ["a", "b"]
    assert project["github"] is None
    assert project["image"] == ""
    answer = post(as_editor, f"{CONTENT}/projects/new", form)
    assert answer.status_code == 422
    assert "Project with this id already exists" in text(answer)
    assert 'name="id"' not in text(as_editor.get(f"{CONTENT}/projects/entry/new"))


def test_a_copy_starts_with_the_fields_of_another_entry(as_editor: FlaskClient, desk: Desk) -> None:
    desk.post("/projects", PROJECT)
    form = form_of(text(as_editor.get(f"{CONTENT}/projects/new?copy=1")))
    assert form["title"] == "New Project"
    assert form["technologies"] == "MERN\nPython"
    assert form["id"] == ""


def test_the_preview_is_what_the_api_answers(as_editor: FlaskClient, desk: Desk) -> None:
    desk.post("/projects", PROJECT)
    found = desk.post("/experiences", {**EXPERIENCE, "projects": ["1", "nowhere"]})
    url = f"{CONTENT}/experiences/entry/1"
    page = text(as_editor.get(url))
    report = post(as_editor, f"{url}/check", form_of(page)).json
    assert json.loads(report["preview"]) == desk.get("/experiences/1")
    assert found["missing_projects"] == ["nowhere"]
    assert "It names projects that are missing" in page and ">nowhere<" in page
    report = post(as_editor, f"{url}/check", form_of(page) | {"role": "", "tags": "new"}).json
    assert report["preview"] is None
    assert "This field is required." in report["errors"]["role"]
    assert report["errors"]["company"] == ""
    assert desk.get("/experiences/1")["role"] == "Developer", "a check writes nothing"
    assert desk.get("/tags")["total"] == 0


def test_checking_a_new_entry_writes_nothing(as_editor: FlaskClient, desk: Desk) -> None:
    report = post(as_editor, f"{CONTENT}/data/check", {"title": "T", "content": "{}", "tags": "x"}).json
    assert json.loads(report["preview"])["tags"] == [{"id": 0, "name": "x"}]
    assert desk.titles(draft="true") == []


# --- two writers ----------------------------------------------------------------------------


def test_changes_of_different_fields_are_proposed_together(as_editor: FlaskClient, desk: Desk) -> None:
    entry = desk.add("Title", description="Words")
    form = opened(as_editor, entry, title="Mine")
    desk.put(f"/data/{entry['id']}", {"description": "Theirs"})
    answer = post(as_editor, entry_url(entry), form)
    page = text(answer)
    assert answer.status_code == 409
    assert 'name="choice-title" value="mine" checked' in page
    assert 'name="choice-description" value="theirs" checked' in page
    assert "Changed by both" not in page
    fields = {**form_of_conflict(page), "choice-title": "mine", "choice-description": "theirs"}
    post(as_editor, f"{entry_url(entry)}/merge", fields)
    after = desk.get(f"/data/{entry['id']}", draft="true")
    assert (after["title"], after["description"]) == ("Mine", "Theirs")


def test_a_field_that_both_changed_is_shown_with_both_values(as_editor: FlaskClient, desk: Desk) -> None:
    entry = desk.add("Title")
    form = opened(as_editor, entry, title="Mine")
    desk.put(f"/data/{entry['id']}", {"title": "Theirs"})
    page = text(post(as_editor, entry_url(entry), form))
    assert "Changed by both" in page
    assert "Mine" in page
    assert "Theirs" in page
    fields = {**form_of_conflict(page), "choice-title": "theirs"}
    post(as_editor, f"{entry_url(entry)}/merge", fields)
    assert desk.get(f"/data/{entry['id']}", draft="true")["title"] == "Theirs"


def test_two_who_wrote_the_same_are_not_asked(as_editor: FlaskClient, desk: Desk) -> None:
    entry = desk.add("Title")
    form = opened(as_editor, entry, title="Same")
    desk.put(f"/data/{entry['id']}", {"title": "Same"})
    assert post(as_editor, entry_url(entry), form).status_code == 303


def form_of_conflict(page: str) -> dict[str, str]:
    found = form_of(page.replace('action="/console/content/', '"entry-form" action="/console/content/', 1))
    return {name: value for name, value in found.items() if not name.startswith("choice-")}


# --- schedule, trash, history ---------------------------------------------------------------


def test_a_schedule_is_meant_in_its_zone_and_can_be_cancelled(as_editor: FlaskClient, desk: Desk) -> None:
    entry = desk.post("/data", {"title": "Later", "content": {}}, draft="true")
    year = utc_now().year + 1
    url = f"{entry_url(entry)}/schedule"
    form = {"publish_at": f"{year}-03-22T06:00", "time_zone": "Asia/Kolkata"}
    tag = form_of_schedule(text(as_editor.get(url)))
    answer = post(as_editor, url, {**form, "tag": tag})
    assert answer.status_code == 303
    assert desk.get(f"/data/{entry['id']}", draft="true")["publish_at"] == f"{year}-03-22T00:30:00Z"
    for page in (answer.headers["Location"], f"{CONTENT}/scheduled", url):
        assert f"22 Mar {year}, 06:00 (Asia/Kolkata)" in text(as_editor.get(page))
    assert f'value="{year}-03-22T06:00"' in text(as_editor.get(url))
    post(as_editor, f"{entry_url(entry)}/cancel")
    assert desk.get(f"/data/{entry['id']}", draft="true")["publish_at"] is None
    assert "Nothing is scheduled" in text(as_editor.get(f"{CONTENT}/scheduled"))


def form_of_schedule(page: str) -> str:
    return page.split('name="tag" type="hidden" value="')[1].split('"')[0]


@pytest.mark.parametrize(
    ("form", "reason"),
    [
        ({"publish_at": "2020-01-01T00:00"}, "Must be in the future."),
        ({"publish_at": "soon"}, "Must be a time"),
        ({}, "At least one of the two times is required."),
        ({"publish_at": "2999-01-01T00:00", "time_zone": "Mars/Base"}, "Must be an IANA time zone."),
    ],
)
def test_a_wrong_schedule_is_refused(
    as_editor: FlaskClient, desk: Desk, form: dict[str, str], reason: str
) -> None:
    entry = desk.post("/data", {"title": "Later", "content": {}}, draft="true")
    url = f"{entry_url(entry)}/schedule"
    answer = post(as_editor, url, {**form, "tag": form_of_schedule(text(as_editor.get(url)))})
    assert answer.status_code == 422
    assert reason in text(answer)


@pytest.mark.parametrize("action", ["publish", "unpublish", "trash"])
def test_nobody_publishes_or_hides_what_they_have_not_seen(
    as_editor: FlaskClient, desk: Desk, action: str
) -> None:
    entry = desk.add("First")
    tag = form_of(text(as_editor.get(entry_url(entry))))["tag"]
    desk.put(f"/data/{entry['id']}", {"title": "Theirs"}, draft="true")
    post(as_editor, f"{entry_url(entry)}/{action}", {"tag": tag})
    assert "Somebody else has changed this" in text(as_editor.get(entry_url(entry)))
    assert desk.titles() == ["First"]


def test_trash_can_be_undone_from_its_message(as_editor: FlaskClient, desk: Desk) -> None:
    entry = desk.add("Gone")
    answer = post(as_editor, f"{entry_url(entry)}/trash")
    page = text(as_editor.get(answer.headers["Location"]))
    assert desk.titles() == []
    undo = page.split('<form method="post" action="')[-1].split('"')[0]
    assert undo.startswith(f"{CONTENT}/trash/")
    assert post(as_editor, undo.replace("&amp;", "&")).headers["Location"] == entry_url(entry)
    assert desk.titles() == ["Gone"]


def test_trash_is_restored_or_deleted_for_ever(as_editor: FlaskClient, desk: Desk) -> None:
    kept, gone = desk.add("Kept"), desk.add("Gone")
    for entry in (kept, gone):
        desk.delete(f"/data/{entry['id']}")
    page = text(as_editor.get(f"{CONTENT}/trash"))
    assert "?type=designs" in page
    assert "Kept" in page
    assert "Gone" in page
    post(as_editor, f"{CONTENT}/trash/{kept['id']}/restore")
    assert "cannot be undone" in text(as_editor.get(f"{CONTENT}/trash/{gone['id']}/delete"))
    post(as_editor, f"{CONTENT}/trash/{gone['id']}/delete")
    assert desk.titles() == ["Kept"]
    assert "The trash is empty" in text(as_editor.get(f"{CONTENT}/trash"))
    assert as_editor.get(f"{CONTENT}/trash/{gone['id']}/delete").status_code == 404


def test_history_shows_what_changed_and_restores_as_a_draft(as_editor: FlaskClient, desk: Desk) -> None:
    entry = desk.add("First", content={"price": 1, "old": True})
    desk.put(f"/data/{entry['id']}", {"title": "Second", "content": {"price": 2}, "tags": ["new"]})
    page = text(as_editor.get(f"{entry_url(entry)}/history/2"))
    for words in ("title", "First", "Second", "content › price", "content › old", "tags"):
        assert words in page
    listed = text(as_editor.get(f"{entry_url(entry)}/history"))
    assert "Revision 2" in listed
    tag = listed.split('name="tag" value="')[1].split('"')[0]
    answer = post(as_editor, f"{entry_url(entry)}/history/1/restore", {"tag": tag})
    assert answer.headers["Location"] == entry_url(entry)
    assert desk.titles() == ["Second"]
    assert desk.titles(draft="true") == ["First"]
    stale = post(as_editor, f"{entry_url(entry)}/history/1/restore", {"tag": tag})
    assert "Somebody else has changed this" in text(as_editor.get(stale.headers["Location"]))


# --- who may ---------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["data", "data/new", "scheduled", "trash", "tags", "tags/suggestions"])
def test_content_is_for_editors(as_member: FlaskClient, path: str) -> None:
    assert as_member.get(f"{CONTENT}/{path}").status_code == 403


def test_a_missing_entry_is_not_found(as_editor: FlaskClient) -> None:
    for path in ("data/entry/7", "data/entry/x", "projects/entry/x/history", "data/entry/7/schedule"):
        assert as_editor.get(f"{CONTENT}/{path}").status_code == 404


# --- texts -----------------------------------------------------------------------------------


@pytest.mark.parametrize("names", [["a", "b c"], ["a,b", 'q"uote'], ['"', ","], []])
def test_tags_are_read_as_they_are_written(names: list[str]) -> None:
    assert split_tags(join_tags(names)) == names


def test_texts_mean_what_they_show() -> None:
    for content_type, document in (
        (DATA, {"title": "T", "description": None, "content": {"a": [1, {"b": "ü"}]}}),
        (PROJECTS, {**PROJECT, "achievements": ["one", "two\nlines"]}),
        (EXPERIENCES, EXPERIENCE),
    ):
        texts = to_texts(content_type, document, ["x"])
        changes = to_changes(content_type.fields, texts)
        assert changes.errors == []
        assert content_type.read(changes.fields) == content_type.read(
            {**document, "github": document.get("github"), "appStore": None, "playStore": None}
        )
        assert to_changes(content_type.fields, texts, texts).fields == {}


def test_the_drawer_beside_the_editor_tells_what_each_revision_changed(
    as_editor: FlaskClient, desk: Desk
) -> None:
    entry = desk.add("First")
    desk.put(f"/data/{entry['id']}", {"title": "Second"}, message="Renamed")
    url = f"{entry_url(entry)}/history?drawer="
    assert f'data-drawer="{url}"' in text(as_editor.get(entry_url(entry)))
    piece = text(as_editor.get(url))
    assert "<html" not in piece and "Renamed" in piece
    assert ">First</del>" in piece and ">Second</ins>" in piece
    post(
        as_editor,
        f"{entry_url(entry)}/history/1/restore",
        {"tag": form_of(text(as_editor.get(entry_url(entry))))["tag"]},
    )
    assert desk.titles(draft="true") == ["First"]
