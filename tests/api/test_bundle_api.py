"""The bundle by API, by command line and in the console."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.api.entries import Desk
from tests.conftest import Person, post, text
from tests.mails import do_jobs
from tests.pictures import photo

PATH = "/api/v1/admin/bundle"
pytestmark = pytest.mark.one_database


def send(client: FlaskClient, admin: Person, data: bytes, **fields: str) -> Any:
    return client.post(PATH, data={"file": (io.BytesIO(data), "x.zip"), **fields}, headers=admin.headers)


def test_by_api(client: FlaskClient, admin: Person) -> None:
    desk = Desk(client, admin.headers)
    kept = desk.add("Kept", tags=["red"])
    data = client.get(PATH, headers=admin.headers).data
    assert send(client, admin, data).json["changes"] == []
    desk.put(f"/data/{kept['id']}", {"title": "Changed here"})
    tried = send(client, admin, data, dry_run="true", conflicts="replace").json
    assert tried["changes"] == [{"part": "data", "key": str(kept["id"]), "action": "update", "reason": None}]
    assert (tried["is_written"], desk.titles()) == (False, ["Changed here"])
    found = send(client, admin, data).json
    assert (found["counts"]["conflict"], desk.titles()) == (1, ["Changed here"])
    assert send(client, admin, data, conflicts="replace").json["is_written"]
    assert desk.titles() == ["Kept"]
    desk.delete(f"/data/{kept['id']}")
    wrong = send(client, admin, data)
    assert wrong.status_code == 422
    assert wrong.json["errors"][0]["pointer"] == f"/data/{kept['id']}"
    assert send(client, admin, b"none").status_code == 422


def test_by_command_line(app: Flask, client: FlaskClient, admin: Person, tmp_path: Path) -> None:
    desk, file = Desk(client, admin.headers), tmp_path / "bundle.zip"
    kept = desk.add("Kept")
    run = app.test_cli_runner().invoke
    assert "1 data" in run(args=["bundle", "export", str(file)]).output
    assert run(args=["bundle", "export", str(file)]).exit_code == 1
    desk.put(f"/data/{kept['id']}", {"title": "Changed here"})
    tried = run(args=["bundle", "import", "--dry-run", str(file)])
    assert f"conflict  data {kept['id']}: It was changed here later." in tried.output
    done = run(args=["bundle", "import", "--replace", str(file)])
    assert (done.exit_code, desk.titles()) == (0, ["Kept"])
    file.write_bytes(b"none")
    assert "no bundle" in run(args=["bundle", "import", str(file)]).output


def test_pictures_by_command_line(
    app: Flask, client: FlaskClient, admin: Person, tmp_path: Path, data_dir: Path
) -> None:
    file, run = tmp_path / "bundle.zip", app.test_cli_runner().invoke
    sent = {"file": (io.BytesIO(photo()), "kolam.jpg"), "category": "designs", "alt_text": "A kolam"}
    key = client.post("/api/v1/upload/image", data=sent, headers=admin.headers).json["object_key"]
    assert "1 files" in run(args=["bundle", "export", "--with-files", str(file)]).output
    there = Desk(client, admin.headers)
    there.delete(f"/upload/image/{key}", 200)
    [stored] = data_dir.glob(f"**/{key}")
    before = stored.read_bytes()
    stored.unlink()
    assert f"create    media {key}" in run(args=["bundle", "import", "--dry-run", str(file)]).output
    assert not stored.exists()
    assert run(args=["bundle", "import", str(file)]).exit_code == 0
    assert stored.read_bytes() == before
    assert client.get(f"/media/{key}").status_code == 200


def test_in_the_console(as_admin: FlaskClient, client: FlaskClient, admin: Person) -> None:
    desk = Desk(client, admin.headers)
    kept = desk.add("Kept")
    data = as_admin.get("/console/bundle/file").data
    desk.put(f"/data/{kept['id']}", {"title": "Changed here"})
    sent = {"file": (io.BytesIO(data), "x.zip")}
    answer = post(as_admin, "/console/bundle", sent, content_type="multipart/form-data")
    look = answer.headers["Location"]
    page = text(as_admin.get(look))
    assert "Some were changed here later" in page
    assert re.search(r"0 new, 0 changed, 1 in conflict", page)
    assert post(as_admin, look).status_code == 303
    assert desk.titles() == ["Changed here"]
    assert post(as_admin, look, {"replace": "y"}).status_code == 303
    assert desk.titles() == ["Kept"]
    assert "Everything in it is here already" in text(as_admin.get(look))
    none = {"file": (io.BytesIO(b"x"), "x")}
    wrong = post(as_admin, "/console/bundle", none, content_type="multipart/form-data")
    assert wrong.status_code == 422
    assert "It is no bundle." in text(wrong)


@pytest.mark.parametrize("items_max", [5000, 0])
def test_a_form_that_is_sent_twice_takes_over_once(
    app: Flask,
    as_admin: FlaskClient,
    client: FlaskClient,
    admin: Person,
    monkeypatch: pytest.MonkeyPatch,
    items_max: int,
) -> None:
    monkeypatch.setattr("webapp.domain.bundles.commands.ITEMS_MAX", items_max)
    desk = Desk(client, admin.headers)
    kept = desk.add("Kept")
    data = as_admin.get("/console/bundle/file").data
    desk.put(f"/data/{kept['id']}", {"title": "Changed here"})
    sent = {"file": (io.BytesIO(data), "x.zip")}
    look = post(as_admin, "/console/bundle", sent, content_type="multipart/form-data").headers["Location"]
    do_jobs(app)
    once = re.search(r'name="once" [^>]*value="(\w+)"', text(as_admin.get(look)))
    assert once
    answers = [post(as_admin, look, {"replace": "y", "once": once[1]}) for _ in range(2)]
    do_jobs(app)
    assert {(answer.status_code, answer.location) for answer in answers} == {(303, answers[0].location)}
    assert desk.titles() == ["Kept"]
    taken = desk.get("/admin/audit", action="bundle.import")
    assert taken["total"] == 1


def test_long_bundles_are_jobs(
    app: Flask, as_admin: FlaskClient, client: FlaskClient, admin: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("webapp.domain.bundles.commands.ITEMS_MAX", 0)
    desk = Desk(client, admin.headers)
    kept = desk.add("Kept")
    data = as_admin.get("/console/bundle/file").data
    desk.put(f"/data/{kept['id']}", {"title": "Changed here"})

    def job(**fields: str) -> Any:
        sent = {"file": (io.BytesIO(data), "x.zip"), **fields}
        answer = client.post("/api/v1/admin/bundle", data=sent, headers=admin.headers)
        assert answer.status_code == 202
        do_jobs(app)
        return desk.get(f"/jobs/{answer.json['id']}")["result"]

    tried = job(dry_run="true")
    assert (tried["is_written"], tried["counts"]["conflict"]) == (False, 1)
    sent = {"file": (io.BytesIO(data), "x.zip")}
    follow = post(as_admin, "/console/bundle", sent, content_type="multipart/form-data").headers["Location"]
    assert "Every record is being compared" in text(as_admin.get(follow))
    do_jobs(app)
    assert "Some were changed here later" in text(as_admin.get(follow))
    done = post(as_admin, follow, {"replace": "y"}).headers["Location"]
    do_jobs(app)
    assert "It is taken over." in text(as_admin.get(done))
    assert desk.titles() == ["Kept"]
    assert job(conflicts="keep")["counts"]["conflict"] == 0
    desk.delete(f"/data/{kept['id']}")
    looked, taken = job(dry_run="true"), job()
    assert looked == taken
    assert (taken["is_written"], taken["counts"]["error"]) == (False, 1)
    assert taken["changes"][0]["reason"] == "Here something in the trash has this number."
