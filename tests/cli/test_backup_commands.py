"""``flask backup`` and ``flask restore`` as a person uses them."""

from __future__ import annotations

from pathlib import Path

from flask import Flask
from sqlalchemy import func, select

from tests.conftest import MakeUser
from webapp.domain.accounts.models import User
from webapp.extensions import db


def people(app: Flask) -> int:
    with app.app_context():
        number = db.session.scalar(select(func.count()).select_from(User)) or 0
        db.session.remove()
    return number


def test_there_and_back(app: Flask, make_user: MakeUser) -> None:
    runner, folder = app.test_cli_runner(), app.config["DATA_DIR"]
    make_user("admin")
    (folder / "media").mkdir(exist_ok=True)
    (folder / "media/a.png").write_bytes(b"a")
    made = runner.invoke(args=["backup"])
    assert made.exit_code == 0 and "1 media files" in made.output, made.output
    file = made.output.splitlines()[0]
    assert Path(file).parent == folder / "backups"
    make_user("member")
    (folder / "media/a.png").unlink()

    asked = runner.invoke(args=["restore", file], input="n\n")
    assert asked.exit_code == 1 and people(app) == 2

    restored = runner.invoke(args=["restore", file, "--yes"])
    assert restored.exit_code == 0, restored.output
    assert people(app) == 1 and (folder / "media/a.png").read_bytes() == b"a"

    undone = runner.invoke(args=["restore", restored.output.splitlines()[-1], "--yes"])
    assert undone.exit_code == 0 and people(app) == 2
    assert not (folder / "media/a.png").exists()


def test_backup_to_a_file_of_ones_own(app: Flask, tmp_path: Path) -> None:
    runner, file = app.test_cli_runner(), tmp_path / "elsewhere" / "mine.zip"
    assert runner.invoke(args=["backup", "--to", str(file)]).exit_code == 0
    again = runner.invoke(args=["backup", "--to", str(file)])
    assert again.exit_code == 1 and "is there already" in again.output


def test_what_is_wrong_is_said_and_nothing_is_changed(
    app: Flask, make_user: MakeUser, tmp_path: Path
) -> None:
    make_user("admin")
    (tmp_path / "bad.zip").write_bytes(b"PK\x03\x04")
    result = app.test_cli_runner().invoke(args=["restore", str(tmp_path / "bad.zip"), "--yes"])
    assert result.exit_code == 1 and "not a ZIP archive" in result.output
    assert people(app) == 1
