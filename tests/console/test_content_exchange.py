"""Content to and from files in the console: there and back without loss, mapping, dry run, errors by row."""

from __future__ import annotations

import io
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.api.entries import EXPERIENCE, PROJECT, Desk
from tests.conftest import post, text
from webapp.domain.content.table_files import neutral, plain_cell, read_table, write_csv

CONTENT = "/console/content"


def send(client: FlaskClient, file: str | bytes, type_name: str = "data", **fields: Any) -> Any:
    """Choose a file, and go on with what the page answers as a browser would."""
    sent = file.encode() if isinstance(file, str) else file
    data = {"file": (io.BytesIO(sent), "x.csv"), **fields}
    return post(client, f"{CONTENT}/{type_name}/import", data, content_type="multipart/form-data")


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
    file = as_editor.get(f"{CONTENT}/data/export?format={format_}&sort=created_at").get_data()
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
        file = text(as_editor.get(f"{CONTENT}/{name}/export?format=csv"))
        desk.delete(f"/{name}/1")
        assert send(as_editor, file, name, then="import").status_code == 303
        after = desk.get(f"/{name}/1")
        changed = {key for key in made if key in after and after[key] != made[key]}
        assert changed <= {"revision", "created_at", "updated_at", "published_at", "appStore", "playStore"}


def test_an_export_holds_what_the_list_shows(as_editor: FlaskClient, desk: Desk) -> None:
    desk.add("Red", tags=["red"])
    desk.add("Other")
    file = text(as_editor.get(f"{CONTENT}/data/export?format=csv&tag=red"))
    assert [row["title"] for row in read_table(file).rows] == ["Red"]


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
    file = "title,content\nGood,{}\n,{}\nBad json,{\n"
    answer = send(as_editor, file, then="import")
    page = text(answer)
    assert answer.status_code == 422
    assert "2 rows are wrong" in page
    assert "This field is required." in page
    assert "Line 1, column 2" in page
    assert desk.titles(draft="true") == []
    assert send(as_editor, file, then="import", skip_bad="y", draft="y").status_code == 303
    assert desk.titles(draft="true") == ["Good"]
    assert desk.titles() == []


@pytest.mark.parametrize(
    ("file", "words"),
    [
        ("", "There are no rows"),
        ("title\n", "There are no rows"),
        ("a,a\n1,2\n", "the same name"),
        ("[1]", "Must be a list of objects."),
        ("[{", "Line 1"),
        ("unknown\nx\n", "No column means anything."),
        ("title\n" + "x\n" * 1001, "at most 1000 rows"),
        ("x" * 400_001, "at most 400000 bytes"),
    ],
)
def test_files_that_are_none_are_refused(as_editor: FlaskClient, desk: Desk, file: str, words: str) -> None:
    answer = send(as_editor, file)
    assert answer.status_code == 422
    assert words in text(answer)


def test_two_columns_cannot_mean_one_field(as_editor: FlaskClient, desk: Desk) -> None:
    answer = send(as_editor, "a,b\n1,2\n", **{"map-0": "title", "map-1": "title"})
    assert "Two columns mean “title”." in text(answer)


def test_import_is_for_editors(as_member: FlaskClient) -> None:
    assert as_member.get(f"{CONTENT}/data/import").status_code == 403
    assert as_member.get(f"{CONTENT}/data/export").status_code == 403


@pytest.mark.parametrize(
    "cell", ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "'=x", "''+", "plain", "'plain", ""]
)
def test_no_cell_is_a_formula_and_all_come_back(cell: str) -> None:
    assert neutral(cell)[:1] not in ("=", "+", "-", "@", "\t", "\r")
    assert plain_cell(neutral(cell)) == cell
    file = "".join(write_csv(["a", "b"], [{"a": cell, "b": "x"}]))
    assert read_table(file).rows == [{"a": cell, "b": "x"}]
