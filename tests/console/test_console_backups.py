"""The console's page of backups."""

from __future__ import annotations

import zipfile
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from tests.conftest import post
from webapp.domain.audit.models import AuditEvent
from webapp.domain.backups.files import REPLACED, name_for
from webapp.domain.backups.queries import MAKE
from webapp.domain.jobs.models import Job, State
from webapp.extensions import db
from webapp.kernel.clock import utc_now
from webapp.web import Rangoli
from webapp.worker.running import Runner


@pytest.fixture
def folder(app: Rangoli) -> Path:
    app.ports.backups.backups.mkdir(exist_ok=True)
    return app.ports.backups.backups


def test_none_yet(as_admin: FlaskClient) -> None:
    page = as_admin.get("/console/backups").text
    assert "No backups yet" in page and "every day" in page and "newest 7" in page


def test_a_backup_is_made_listed_and_downloaded(app: Rangoli, as_admin: FlaskClient) -> None:
    assert post(as_admin, "/console/backups").status_code == 303
    page = as_admin.get("/console/backups").text
    assert "waits for the worker" in page and "data-progress" in page and "Back up now" not in page
    with app.app_context():
        job_id = db.session.scalars(select(Job.id).where(Job.kind == MAKE)).one()
        db.session.remove()
    Runner(app).run(job_id)
    page = as_admin.get("/console/backups").text
    assert "data-progress" not in page and "Back up now" in page
    name = next(app.ports.backups.backups.glob("*.zip")).name
    answer = post(as_admin, f"/console/backups/{name}/download")
    assert (answer.mimetype, answer.headers["Cache-Control"]) == ("application/zip", "no-store")
    assert answer.headers["Content-Disposition"] == f"attachment; filename={name}"
    assert "manifest.json" in zipfile.ZipFile(BytesIO(answer.data)).namelist()
    answer.close()
    with app.app_context():
        actions = list(
            db.session.scalars(select(AuditEvent.action).where(AuditEvent.subject_type == "backup"))
        )
        db.session.remove()
    assert actions == ["backup.request", "backup.download"]


def test_a_failure_is_told_until_the_next_one(app: Rangoli, as_admin: FlaskClient) -> None:
    post(as_admin, "/console/backups")
    with app.app_context():
        db.session.execute(update(Job).values(state=State.FAILED, reason="No space left on <device>."))
        db.session.commit()
        db.session.remove()
    page = as_admin.get("/console/backups").text
    assert "The last backup failed" in page and "No space left on &lt;device&gt;." in page
    post(as_admin, "/console/backups")
    assert "The last backup failed" not in as_admin.get("/console/backups").text


def test_deleting_asks_first(as_admin: FlaskClient, folder: Path) -> None:
    kept, gone = name_for(utc_now() - timedelta(days=1)), name_for(utc_now(), REPLACED)
    for name in (kept, gone):
        (folder / name).write_bytes(b"x" * 2048)
    page = as_admin.get("/console/backups").text
    assert "2.0 KiB" in page and page.count("Before a restore") == 1
    url = f"/console/backups/{gone}/delete"
    assert "cannot be undone" in as_admin.get(url).text and (folder / gone).exists()
    assert post(as_admin, url).status_code == 303
    assert [path.name for path in folder.iterdir()] == [kept]
    assert as_admin.get(url).status_code == 404


@pytest.mark.parametrize("name", ["secret_key", "..%2Fsecret_key", "rangoli.db", "rangoli-now.zip"])
def test_no_other_file_is_given(as_admin: FlaskClient, folder: Path, name: str) -> None:
    (folder / "rangoli-now.zip").touch()
    (folder.parent / "secret_key").write_text("secret")
    assert post(as_admin, f"/console/backups/{name}/download").status_code == 404
    assert post(as_admin, f"/console/backups/{name}/delete").status_code == 404


def test_pages_of_a_long_list(as_admin: FlaskClient, folder: Path) -> None:
    for hours in range(30):
        (folder / name_for(utc_now() - timedelta(hours=hours))).touch()
    assert as_admin.get("/console/backups").text.count('/download"') == 25
    assert as_admin.get("/console/backups?page=2").text.count('/download"') == 5
    assert as_admin.get("/console/backups?page=9").headers["Location"].endswith("page=2")


def test_editors_see_nothing_of_it(as_editor: FlaskClient, folder: Path) -> None:
    name = name_for(utc_now())
    (folder / name).touch()
    for path in ("", f"/{name}/delete"):
        assert as_editor.get(f"/console/backups{path}").status_code == 403
    for path in ("", f"/{name}/download", f"/{name}/delete"):
        assert post(as_editor, f"/console/backups{path}").status_code == 403
    assert "/console/backups" not in as_editor.get("/console").text
