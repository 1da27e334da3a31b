"""Content in the console, many entries: lists, filters, actions on several, tags, items."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.api.entries import PROJECT, Desk
from tests.conftest import MakeUser, Person, post, text
from webapp.console.content.forms import ActionForm

CONTENT = "/console/content"
DATA = f"{CONTENT}/data"


def shown(client: FlaskClient, query: str = "", url: str = DATA) -> list[str]:
    """The titles that a list shows, in its order."""
    page = text(client.get(f"{url}?{query}"))
    return re.findall(r'<p class="row-title"><a [^>]*>([^<]*)</a>', page)


@pytest.fixture
def shelf(desk: Desk) -> dict[str, dict[str, Any]]:
    """A published, a draft, a changed and a scheduled entry."""
    found = {"Published": desk.add("Published", tags=["red"])}
    found["Draft"] = desk.post("/data", {"title": "Draft", "content": {}, "tags": ["Blau ü"]}, draft="true")
    found["Changed"] = desk.add("Before")
    desk.put(f"/data/{found['Changed']['id']}", {"title": "Changed"}, draft="true")
    found["Scheduled"] = desk.add("Scheduled")
    plan = {"unpublish_at": "2999-01-01T00:00:00Z"}
    desk.put(f"/data/{found['Scheduled']['id']}/schedule", plan)
    return found


# --- the list -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("sort=title", ["Changed", "Draft", "Published", "Scheduled"]),
        ("sort=-title", ["Scheduled", "Published", "Draft", "Changed"]),
        ("status=published&sort=title", ["Published", "Scheduled"]),
        ("status=draft", ["Draft"]),
        ("status=changed", ["Changed"]),
        ("status=scheduled", ["Scheduled"]),
        ("status=nonsense&sort=title&page=0", ["Changed", "Draft", "Published", "Scheduled"]),
        ("tag=RED", ["Published"]),
        ("tag=blau%20%C3%BC", ["Draft"]),
        ("q=chang", ["Changed"]),
        ("q=%25", []),
        ("q=draft&status=published", []),
    ],
)
def test_filters_and_order_come_from_the_address(
    as_editor: FlaskClient, shelf: dict[str, Any], query: str, titles: list[str]
) -> None:
    assert shown(as_editor, query) == titles


def test_a_page_behind_the_last_leads_to_the_last(as_editor: FlaskClient, desk: Desk) -> None:
    for number in range(26):
        desk.add(f"T{number}")
    assert len(shown(as_editor)) == 25
    assert len(shown(as_editor, "page=2")) == 1
    assert as_editor.get(f"{DATA}?page=9&sort=title").headers["Location"] == f"{DATA}?sort=title&page=2"


def test_empty_lists_tell_none_yet_from_no_match(as_editor: FlaskClient, desk: Desk) -> None:
    assert "No data items yet" in text(as_editor.get(DATA))
    assert "Nothing matches" in text(as_editor.get(f"{DATA}?q=x"))
    desk.post("/projects", PROJECT)
    assert shown(as_editor, url=f"{CONTENT}/projects") == ["New Project"]


def test_links_of_a_list_keep_its_filters(as_editor: FlaskClient, shelf: dict[str, Any]) -> None:
    page = text(as_editor.get(f"{DATA}?tag=red&q=pub"))
    assert 'href="?tag=red&amp;q=pub&amp;sort=title"' in page
    assert 'href="?tag=red&amp;q=pub&amp;status=draft"' in page
    assert f'action="{DATA}?tag=red&amp;q=pub"' in page


# --- many at once ---------------------------------------------------------------------------


def act(client: FlaskClient, action: str, ids: list[Any], query: str = "", **fields: Any) -> Any:
    return post(
        client, f"{DATA}?{query}", {"action": action, "ids": ids, "next": f"{DATA}?{query}", **fields}
    )


def test_publish_is_done_at_once_and_comes_back_to_the_filters(
    as_editor: FlaskClient, desk: Desk, shelf: dict[str, Any]
) -> None:
    ids = [shelf["Draft"]["id"], shelf["Changed"]["id"]]
    answer = act(as_editor, "publish", ids, "sort=title&status=draft")
    assert answer.headers["Location"] == f"{DATA}?sort=title&status=draft"
    assert "2 entries are published." in text(as_editor.get(DATA))
    assert sorted(desk.titles()) == ["Changed", "Draft", "Published", "Scheduled"]


@pytest.mark.parametrize("action", ["unpublish", "trash", "tag", "untag"])
def test_what_takes_away_or_needs_words_asks_first(
    as_editor: FlaskClient, desk: Desk, shelf: dict[str, Any], action: str
) -> None:
    before = desk.get("/data", draft="true")["data"]
    answer = act(as_editor, action, [shelf["Published"]["id"]])
    assert answer.status_code == 200
    assert 'name="confirmed"' in text(answer)
    assert desk.get("/data", draft="true")["data"] == before
    assert act(as_editor, action, [shelf["Published"]["id"]], confirmed=1, tags="new, red").status_code == 303
    after = desk.get("/data", draft="true")["data"]
    assert after != before


def test_tags_that_are_none_are_refused_where_they_are_asked_for(
    as_editor: FlaskClient, shelf: dict[str, Any]
) -> None:
    for tags in ("", "x" * 65):
        answer = act(as_editor, "tag", [shelf["Draft"]["id"]], confirmed=1, tags=tags)
        assert answer.status_code == 422
        assert 'id="tags-error"' in text(answer)


def test_all_that_match_is_more_than_the_page(as_editor: FlaskClient, desk: Desk) -> None:
    for number in range(26):
        desk.post("/data", {"title": f"T{number}", "content": {}, "tags": ["red"]}, draft="true")
    desk.post("/data", {"title": "Other", "content": {}}, draft="true")
    first = desk.get("/data", draft="true")["data"][0]["id"]
    answer = act(as_editor, "publish", [first], "tag=red", all_matching=1)
    page = text(answer)
    assert "Publish 26 data items?" in page
    assert "Type “publish 26” to go on" in page
    ids = re.findall(r'name="ids" value="(\d+)"', page)
    assert len(ids) == 26
    assert act(as_editor, "publish", ids, confirmed=1, confirmation="publish").status_code == 422
    assert act(as_editor, "publish", ids, confirmed=1, confirmation="publish 26").status_code == 303
    assert desk.get("/data")["total"] == 26


def test_very_many_are_found_anew(
    as_editor: FlaskClient, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("webapp.console.bulk.NAMED_MAX", 20)
    for number in range(21):
        desk.add(f"T{number}")
    page = text(act(as_editor, "trash", [], all_matching=1))
    assert "Type “trash 21”" in page and not re.search('name="ids"', page)
    desk.add("One more")
    sent = {"all_matching": 1, "confirmed": 1, "confirmation": "trash 21"}
    assert "Type “trash 22”" in text(act(as_editor, "trash", [], **sent))
    assert act(as_editor, "trash", [], **{**sent, "confirmation": "trash 22"}).status_code == 303
    assert desk.titles(draft="true") == []


def test_no_more_than_the_limit_are_meant(
    as_editor: FlaskClient, desk: Desk, shelf: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ActionForm, "maximum", 2)
    page = text(act(as_editor, "trash", [], all_matching=1))
    assert len(re.findall('name="ids"', page)) == 2
    assert "No more than 2 are done at once" in page


def test_what_fails_is_told_by_row_and_the_rest_is_done(
    as_editor: FlaskClient, desk: Desk, shelf: dict[str, Any]
) -> None:
    answer = act(as_editor, "publish", [shelf["Draft"]["id"], 999, "x"])
    page = text(answer)
    assert answer.status_code == 409
    assert "2 entries are as they were" in page
    assert page.count("Data item not found") == 2
    assert "Draft" in desk.titles()


def test_nothing_selected_is_said(as_editor: FlaskClient) -> None:
    for fields in ({"action": "publish"}, {"action": "explode", "ids": ["1"]}):
        assert post(as_editor, DATA, fields).status_code == 303
        assert "Select at least one row first." in text(as_editor.get(DATA))


# --- tags -----------------------------------------------------------------------------------


def test_tags_are_made_renamed_merged_and_deleted(
    as_editor: FlaskClient, desk: Desk, shelf: dict[str, Any]
) -> None:
    url = f"{CONTENT}/tags"
    post(as_editor, url, {"name": " green "})
    tags = {tag["name"]: tag["id"] for tag in desk.get("/tags", draft="true")["data"]}
    assert list(tags) == ["Blau ü", "green", "red"]
    answer = post(as_editor, url, {"name": "GREEN"})
    assert answer.status_code == 422
    assert 'id="name-error"' in text(answer)

    def submit(page: str, **fields: Any) -> Any:
        tag = text(as_editor.get(page)).split('name="tag" type="hidden" value="')[1].split('"')[0]
        return post(as_editor, page, {"tag": tag, "next": f"{url}?q=r", **fields})

    answer = submit(f"{url}/{tags['green']}", name="verde")
    assert answer.headers["Location"] == f"{url}?q=r"
    submit(f"{url}/{tags['red']}/merge", into=tags["green"])
    assert desk.get(f"/data/{shelf['Published']['id']}")["tags"][0]["name"] == "verde"
    submit(f"{url}/{tags['green']}/delete")
    assert desk.get(f"/data/{shelf['Published']['id']}")["tags"] == []
    assert [tag["name"] for tag in desk.get("/tags", draft="true")["data"]] == ["Blau ü"]


def test_tags_are_suggested_while_somebody_types(as_editor: FlaskClient, shelf: dict[str, Any]) -> None:
    assert as_editor.get(f"{CONTENT}/tags/suggestions?q=B").json == ["Blau ü"]


# --- items ----------------------------------------------------------------------------------


def test_items_are_for_admins(as_editor: FlaskClient, as_admin: FlaskClient) -> None:
    assert as_editor.get(f"{CONTENT}/items").status_code == 403
    assert "No items yet" in text(as_admin.get(f"{CONTENT}/items"))


def test_items_are_found_sorted_changed_and_deleted(
    app: Flask, make_user: MakeUser, as_admin: FlaskClient, member: Person
) -> None:
    theirs = Desk(app.test_client(), member.headers)
    milk = theirs.post("/items", {"title": "Äpfel"}, 200)
    theirs.post("/items", {"title": "bread"}, 200)
    url = f"{CONTENT}/items"
    assert shown(as_admin, "sort=title", url) == ["bread", "Äpfel"]
    assert shown(as_admin, "q=äP", url) == ["Äpfel"]
    page = text(as_admin.get(f"{url}/{milk['id']}"))
    tag = page.split('name="tag" type="hidden" value="')[1].split('"')[0]
    post(as_admin, f"{url}/{milk['id']}", {"title": "Pears", "description": "", "tag": tag})
    assert theirs.get(f"/items/{milk['id']}")["title"] == "Pears"
    answer = post(as_admin, f"{url}/{milk['id']}", {"title": "Mine", "description": "", "tag": tag})
    assert answer.status_code == 412
    assert "Saved meanwhile" in text(answer)
    assert post(as_admin, f"{url}/{milk['id']}", {"title": "", "tag": tag}).status_code in (412, 422)
    post(as_admin, f"{url}/{milk['id']}/trash")
    assert shown(as_admin, "", url) == ["bread"]
    post(as_admin, f"{url}/new", {"title": "Own"})
    assert shown(as_admin, "q=own", url) == ["Own"]


def test_items_of_one_person_through_every_action(
    app: Flask, as_admin: FlaskClient, admin: Person, member: Person
) -> None:
    url, theirs, mine = f"{CONTENT}/items", f"owner={member.id}", f"owner={admin.id}"
    for title in ("Beer", "Milk", "Tea"):
        Desk(app.test_client(), member.headers).post("/items", {"title": title}, 200)
    Desk(app.test_client(), admin.headers).post("/items", {"title": "Milk too"}, 200)
    assert shown(as_admin, f"{theirs}&sort=title", url) == ["Beer", "Milk", "Tea"]
    assert shown(as_admin, mine, url) == ["Milk too"]
    assert shown(as_admin, f"{theirs}&q=milk", url) == ["Milk"]
    page = text(as_admin.get(f"{url}?{theirs}&sort=title"))
    chips = re.findall(r'<a class="chip" href="([^"]*)"( aria-current="true")?>([^<]*)</a>', page)
    assert [(bool(current), name) for _, current, name in chips] == [
        (False, "All"), (False, "Mine"), (True, member.username)
    ]  # fmt: skip
    assert chips[2][0] == "?sort=title"
    assert "Keep this view" in page
    kept = as_admin.get(f"{CONTENT}/export/items?format=csv&{theirs}&q=milk")
    assert text(kept).splitlines()[1:] and "Milk too" not in text(kept)
    assert "No items yet" not in text(as_admin.get(f"{url}?{theirs}&q=nothing"))
    sent = {"action": "trash", "all_matching": "1", "confirmed": "1", "next": f"{url}?{theirs}"}
    assert post(as_admin, f"{url}?{theirs}&q=e", sent).location.endswith(theirs)
    assert sorted(shown(as_admin, "", url)) == ["Milk", "Milk too"]
    trash = text(as_admin.get(f"{url}/trash?{theirs}"))
    assert (
        "Beer" in trash
        and "Tea" in trash
        and f"{url}/trash?{theirs}" in text(as_admin.get(f"{url}?{theirs}"))
    )
    assert "Beer" not in text(as_admin.get(f"{url}/trash?{mine}"))
    assert f"{url}?{theirs}" in text(as_admin.get(f"/console/people/{member.id}"))


def test_many_items_are_deleted_at_once(app: Flask, as_admin: FlaskClient, member: Person) -> None:
    theirs = Desk(app.test_client(), member.headers)
    for number in range(26):
        theirs.post("/items", {"title": f"Milk {number}"}, 200)
    bread = theirs.post("/items", {"title": "Bread"}, 200)
    url = f"{CONTENT}/items"
    assert "Keep this view" in text(as_admin.get(f"{url}?q=milk"))
    assert post(as_admin, url, {"action": "trash"}).status_code == 303
    assert post(as_admin, url, {"action": "burn", "ids": bread["id"]}).status_code == 303
    sent = {"action": "trash", "all_matching": "1"}
    asked = text(post(as_admin, f"{url}?q=milk", sent))
    assert "Put 26 items into the trash?" in asked
    assert theirs.get("/items")["total"] == 27
    wrong = post(as_admin, f"{url}?q=milk", {**sent, "confirmed": "1", "confirmation": "yes"})
    assert wrong.status_code == 422
    done = post(as_admin, f"{url}?q=milk", {**sent, "confirmed": "1", "confirmation": "trash 26"})
    assert done.status_code == 303
    assert [item["title"] for item in theirs.get("/items")["data"]] == ["Bread"]
    assert "Put one item into" in text(post(as_admin, url, {"action": "trash", "ids": bread["id"]}))


def test_an_item_comes_back_from_its_history_and_from_the_trash(as_admin: FlaskClient, admin: Person) -> None:
    desk, url = Desk(as_admin.application.test_client(), admin.headers), f"{CONTENT}/items"
    item = desk.post("/items", {"title": "Milk"}, 200)
    desk.put(f"/items/{item['id']}", {"title": "Bread"}, message="Wiser")
    page = text(as_admin.get(f"{url}/{item['id']}/history"))
    assert "Wiser" in page and ">Milk</del>" in page and ">Bread</ins>" in page
    tag = re.search('name="tag" value="([^"]+)"', page)[1]  # type: ignore[index]
    post(as_admin, f"{url}/{item['id']}/history/1/restore", {"tag": tag})
    post(as_admin, f"{url}/{item['id']}/history/2/restore", {"tag": tag})
    assert desk.get(f"/items/{item['id']}")["title"] == "Milk"
    post(as_admin, f"{url}/{item['id']}/trash")
    assert "/items/trash/" in text(as_admin.get(url))
    assert "Milk" in text(as_admin.get(f"{url}/trash"))
    post(as_admin, f"{url}/trash/{item['id']}/restore")
    assert desk.get("/items")["data"][0]["title"] == "Milk"
    post(as_admin, f"{url}/{item['id']}/trash")
    assert "3 revisions go with it" in text(as_admin.get(f"{url}/trash/{item['id']}/delete"))
    post(as_admin, f"{url}/trash/{item['id']}/delete")
    assert "The trash is empty" in text(as_admin.get(f"{url}/trash"))
