"""Content to and from files in the console: there and back without loss, mapping, dry run, errors by row."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.api.entries import EXPERIENCE, PROJECT, Desk
from tests.conftest import Person, post, text
from tests.mails import do_jobs
from webapp.console.content import import_routes
from webapp.domain.content.table_files import neutral, plain_cell, read_file, write_csv

CONTENT = "/console/content"


def choose(client: FlaskClient, file: str | bytes, type_name: str = "data") -> Any:
    sent = file.encode() if isinstance(file, str) else file
    data = {"file": (io.BytesIO(sent), "x.csv")}
    return post(client, f"{CONTENT}/import/{type_name}", data, content_type="multipart/form-data")


def send(client: FlaskClient, file: str | bytes, type_name: str = "data", **fields: Any) -> Any:
    """Choose a file, look at the page about it, and go on as a browser would: with the mapping it shows."""
    url = choose(client, file, type_name).headers["Location"]
    page = client.get(url)
    if not fields:
        return page
    shown = enumerate(re.findall(r"<select .*?</select>", text(page)))
    chosen = ((n, re.search(r'value="([^"]*)" selected', select)) for n, select in shown)
    mapping = {f"map-{n}": found[1] for n, found in chosen if found}
    return post(client, url, {**mapping, **fields})


FULL = [
    {"title": "=SUM(A1)", "description": 'two\nlines, "quoted"', "content": {"a": [1.5, None, "é"]}},
    {"title": "'=quoted", "description": None, "content": {}, "tags": ["a,b", "+x"]},
    {"title": "-1", "description": "", "content": {"x": "@y"}},
]


@pytest.mark.parametrize("format_", ["csv", "json", "xlsx"])
def test_what_is_exported_comes_back_without_loss(as_editor: FlaskClient, desk: Desk, format_: str) -> None:
    for fields in FULL:
        desk.post("/data", fields)
    before = desk.get("/data")["data"]
    file = as_editor.get(f"{CONTENT}/export/data?format={format_}&sort=created_at").get_data()
    for entry in before:
        desk.put(f"/data/{entry['id']}", {"title": "Lost", "content": {}, "description": "x", "tags": []})
    assert send(as_editor, file, then="import").status_code == 303
    told = ("title", "content", "tags")
    after = desk.get("/data")["data"]
    assert [[entry[name] for name in told] for entry in after] == [
        [entry[name] for name in told] for entry in before
    ]
    assert after[0]["description"] == before[0]["description"]


def test_projects_and_experiences_move_by_csv(as_editor: FlaskClient, desk: Desk) -> None:
    for name, sample in (("projects", PROJECT), ("experiences", EXPERIENCE)):
        made = desk.post(f"/{name}", sample)
        file = text(as_editor.get(f"{CONTENT}/export/{name}?format=csv"))
        desk.delete(f"/{name}/1")
        assert send(as_editor, file, name, then="import").status_code == 303
        after = desk.get(f"/{name}/1")
        changed = {key for key in made if key in after and after[key] != made[key]}
        assert changed <= {"revision", "created_at", "updated_at", "published_at", "appStore", "playStore"}


def test_an_export_holds_what_the_list_shows(as_editor: FlaskClient, desk: Desk) -> None:
    desk.add("Red", tags=["red"])
    desk.add("Other")
    file = text(as_editor.get(f"{CONTENT}/export/data?format=csv&tag=red"))
    assert [row["title"] for row in read_file(file.encode()).rows] == ["Red"]


def test_a_dry_run_writes_nothing_and_tells_what_would_happen(as_editor: FlaskClient, desk: Desk) -> None:
    kept = desk.add("Kept")
    file = f'ID;Title;Whatever;content\n{kept["id"]};New name;x;{{}}\n;Second;y;"{{""a"": 1}}"\n'
    answer = send(as_editor, file)
    page = text(answer)
    assert answer.status_code == 200
    assert "1 would be made and 1 changed" in page
    assert desk.titles(draft="true") == ["Kept"]
    again = send(as_editor, file, then="import", **{"map-0": "id", "map-1": "title", "map-3": "content"})
    assert again.status_code == 303
    assert desk.titles() == ["New name", "Second"]


def test_a_wrong_row_stops_everything_unless_it_may_be_left_out(as_editor: FlaskClient, desk: Desk) -> None:
    file = "title,content\nGood,{},\n,{}\nBad json,{\nOne comma, too many,{}\n"
    answer = send(as_editor, file, then="import")
    page = text(answer)
    assert answer.status_code == 422
    assert "3 rows are wrong" in page
    assert "It has more cells than there are columns." in page
    assert "This field is required." in page
    assert "Line 1, column 2" in page
    assert desk.titles(draft="true") == []
    assert send(as_editor, file, then="import", skip_bad="y", draft="y").status_code == 303
    assert desk.titles(draft="true") == ["Good"]
    assert desk.titles() == []


@pytest.mark.parametrize(
    ("file", "words"),
    [
        ("", "This field is required."),
        ("title\n", "There are no rows"),
        ("a,a\n1,2\n", "the same name"),
        ("[1]", "Must be a list of objects."),
        ("[{", "Line 1"),
        ("x" * 100_001, "at most 97 KB"),
    ],
)
def test_files_that_are_none_are_refused(
    app: Flask, as_editor: FlaskClient, monkeypatch: pytest.MonkeyPatch, file: str, words: str
) -> None:
    monkeypatch.setitem(app.config, "MAX_FILE_SIZE", 100_000)
    answer = choose(as_editor, file)
    assert answer.status_code == 422
    assert words in text(answer)


def sent_twice(client: FlaskClient, url: str, **fields: str) -> list[tuple[str, str]]:
    """Where a form led to each time that its page sent it, and what was flashed there."""
    page, answers = text(client.get(url)), []
    once = re.search(r'name="once" [^>]*value="(\w+)"', page)
    assert once
    for _ in range(2):
        answer = post(client, url, {"once": once[1], **fields})
        assert answer.status_code == 303
        place = answer.headers["Location"]
        answers.append((place, " ".join(re.findall(r"\d+ made, \d+ changed\.", text(client.get(place))))))
    return answers


def test_a_form_that_is_sent_twice_imports_once(
    app: Flask, as_editor: FlaskClient, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    fields = {"map-0": "title", "map-1": "content", "then": "import"}
    url = choose(as_editor, "title,content\nOnce,{}\n").headers["Location"]
    first, second = sent_twice(as_editor, url, **fields)
    assert first == second
    assert first[1] == "1 made, 0 changed."
    assert desk.titles() == ["Once"]
    sent_twice(as_editor, url, **fields)  # from another page, since that is meant
    assert desk.titles() == ["Once", "Once"]
    monkeypatch.setattr(import_routes, "BYTES_AT_ONCE", 1)
    url = choose(as_editor, "title,content\nTwice,{}\n").headers["Location"]
    do_jobs(app)
    first, second = sent_twice(as_editor, url, **fields)
    assert first == second
    do_jobs(app)
    assert desk.titles() == ["Once", "Once", "Twice"]
    assert "1 row made" in text(as_editor.get(first[0]))


def test_columns_without_a_field_are_given_one(as_editor: FlaskClient, desk: Desk) -> None:
    assert "No column means anything." in text(send(as_editor, "What,JSON\nNamed,{}\n"))
    fields = {"then": "import", "map-0": "title", "map-1": "content"}
    assert send(as_editor, "What,JSON\nNamed,{}\n", **fields).status_code == 303
    assert desk.titles() == ["Named"]


def test_two_columns_cannot_mean_one_field(as_editor: FlaskClient, desk: Desk) -> None:
    answer = send(as_editor, "a,b\n1,2\n", **{"map-0": "title", "map-1": "title"})
    assert "Two columns mean “title”." in text(answer)


def test_import_is_for_editors(as_member: FlaskClient) -> None:
    assert as_member.get(f"{CONTENT}/import/data").status_code == 403
    assert as_member.get(f"{CONTENT}/export/data").status_code == 403


@pytest.mark.parametrize(
    "cell", ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "'=x", "''+", "plain", "'plain", ""]
)
def test_no_cell_is_a_formula_and_all_come_back(cell: str) -> None:
    assert neutral(cell)[:1] not in ("=", "+", "-", "@", "\t", "\r")
    assert plain_cell(neutral(cell)) == cell
    file = "".join(write_csv(["a", "b"], [{"a": cell, "b": "x"}]))
    assert read_file(file.encode()).rows == [{"a": cell, "b": "x"}]


def test_a_large_file_is_checked_and_imported_by_a_worker(
    app: Flask, as_editor: FlaskClient, as_admin: FlaskClient, desk: Desk
) -> None:
    rows = [f"Item {n},{{}}\n" for n in range(1, 1203)]
    wrong = [*rows[:1100], ",{}\n", *rows[1100:]]
    url = choose(as_editor, "title,content\n" + "".join(wrong)).headers["Location"]
    assert "Every row is being checked" in text(as_editor.get(url))
    do_jobs(app)
    page = text(as_editor.get(url))
    assert "1 row is wrong" in page and "1,202 would be made" in page
    assert ">1101<" in page and "This field is required." in page
    assert desk.titles(draft="true") == []
    fields = {"map-0": "title", "map-1": "content", "then": "import"}
    for skip_bad, words in (({}, "Mend the file"), ({"skip_bad": "y"}, "1,202 rows made")):
        done = post(as_editor, url, {**fields, **skip_bad}).headers["Location"]
        assert "The rows are being written" in text(as_editor.get(done))
        do_jobs(app)
        assert words in text(as_editor.get(done))
    page = desk.get("/data", limit=100)
    assert (page["total"], page["data"][0]["title"]) == (1202, "Item 1")
    other = choose(as_editor, "title\nx\n").headers["Location"]
    job = url.partition("?")[2]
    assert as_editor.get(f"{other}?{job}").status_code == 404


def test_items_move_too(as_admin: FlaskClient, admin: Person, app: Flask) -> None:
    assert send(as_admin, "title\nMilk\n", "items", then="import").status_code == 303
    file = text(as_admin.get(f"{CONTENT}/export/items?format=csv"))
    assert send(as_admin, file.replace("Milk", "Tea"), "items", then="import").status_code == 303
    assert [item["title"] for item in Desk(app.test_client(), admin.headers).get("/items")["data"]] == ["Tea"]
