"""The command line: setup, demo, create-admin, doctor, serve."""

from __future__ import annotations

import contextlib
import io
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from tests.installations import make_settings
from tests.services import free_port
from webapp.app import create_app
from webapp.cli.serve import announce
from webapp.cli.work import committing
from webapp.domain.accounts.commands import create_user
from webapp.domain.accounts.models import User
from webapp.domain.accounts.queries import has_admin
from webapp.domain.settings.commands import update_settings
from webapp.domain.themes.commands import delete_theme
from webapp.domain.themes.models import Theme
from webapp.domain.themes.queries import get_active_theme
from webapp.extensions import db
from webapp.kernel.work import Role

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def empty_app(tmp_path: Path) -> Flask:
    """An application whose database does not exist yet, with a first admin in its settings."""
    return create_app(
        make_settings(
            f"sqlite:///{tmp_path}/new.db",
            tmp_path,
            first_superuser="root@example.org",
            first_superuser_password="correct horse battery",
        )
    )


def count(app: Flask, model: type) -> int:
    with app.app_context():
        number = db.session.scalar(select(func.count()).select_from(model)) or 0
        db.session.remove()
        return number


def test_setup_makes_tables_theme_and_admin_and_is_repeatable(empty_app: Flask) -> None:
    runner = empty_app.test_cli_runner()
    for _ in range(2):
        assert runner.invoke(args=["setup"]).exit_code == 0
    assert (count(empty_app, Theme), count(empty_app, User)) == (1, 1)
    with empty_app.app_context():
        theme = get_active_theme(db.session())
        assert (theme.name, theme.slug, theme.live.document["colors"]["primary"]) == (
            "Rangoli",
            "rangoli",
            "#8B5CF6",
        )
        assert has_admin(db.session())


def test_doctor_says_what_to_do_before_the_setup(empty_app: Flask) -> None:
    result = empty_app.test_cli_runner().invoke(args=["doctor"])
    assert result.exit_code == 1
    assert "Run `flask setup`." in result.output


def test_doctor_is_content_after_it(empty_app: Flask) -> None:
    runner = empty_app.test_cli_runner()
    runner.invoke(args=["setup"])
    result = runner.invoke(args=["doctor"])
    assert result.exit_code == 0
    assert "database" in result.output and "complete" in result.output


@pytest.mark.parametrize(
    ("revision", "words", "status"),
    [("0001", "an older version", "down"), ("9999", "a newer version", "warning")],
)
def test_doctor_sees_tables_of_another_version(app: Flask, revision: str, words: str, status: str) -> None:
    with app.app_context():
        db.session.execute(text("UPDATE alembic_version SET version_num = :r"), {"r": revision})
        db.session.commit()
        db.session.remove()
    result = app.test_cli_runner().invoke(args=["doctor"])
    line = next(line for line in result.output.splitlines() if " database " in line)
    assert line.startswith(status) and words in line
    assert result.exit_code == (status == "down")
    assert ("Run `flask setup`." in result.output) is (status == "down")
    assert app.test_client().get("/health").status_code == (503 if status == "down" else 200)


def test_demo_adds_themes_content_and_waiting_people_once(app: Flask) -> None:
    runner = app.test_cli_runner()
    assert "is there" in runner.invoke(args=["demo"]).output
    themes, people = count(app, Theme), count(app, User)
    assert themes > 3 and people > 1
    shown = app.test_client().get("/api/v1/data/search?q=Festival of lights").json["data"]
    assert [item["title"] for item in shown] == ["Festival of lights"]
    assert "Spring collection" not in app.test_client().get("/api/v1/data").text
    assert "nothing was added" in runner.invoke(args=["demo"]).output
    assert (count(app, Theme), count(app, User)) == (themes, people)


def test_serve_never_loads_the_demo_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installation that threw the demo away and closed registration still starts."""
    app = create_app(make_settings(f"sqlite:///{tmp_path}/new.db", tmp_path, demo=True, port=free_port()))
    monkeypatch.setattr(os, "execv", lambda *_: None)
    monkeypatch.setattr(subprocess, "Popen", lambda *_: None)
    assert app.test_cli_runner().invoke(args=["serve"]).exit_code == 0
    assert count(app, User) > 1
    with app.app_context(), committing() as work:
        for user in work.session.scalars(select(User)):
            work.session.delete(user)
        for theme in work.session.scalars(select(Theme)):
            if not theme.is_active:
                delete_theme(work, theme.id)
        create_user(work, password="correct horse battery", role=Role.ADMIN, username="boss")
        update_settings(work, {"registration_policy": "closed"})
    result = app.test_cli_runner().invoke(args=["serve", "--no-worker"])
    assert (result.exit_code, count(app, User), count(app, Theme)) == (0, 1, 1), result.output


def test_serve_says_that_its_port_is_taken_and_does_nothing(empty_app: Flask, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        empty_app.config["PORT"] = port = other.getsockname()[1]
        result = empty_app.test_cli_runner().invoke(args=["serve"])
    assert (result.exit_code, (tmp_path / "new.db").exists()) == (1, False)
    assert f"Cannot listen on 127.0.0.1:{port}: Address already in use. The setting PORT" in result.output


@pytest.mark.parametrize("command", ["serve", "setup"])
def test_a_database_that_is_not_there_is_said_in_a_sentence(tmp_path: Path, command: str) -> None:
    nowhere = f"sqlite:///{tmp_path}/nowhere/new.db"
    app = create_app(make_settings(nowhere, tmp_path, port=free_port()))
    result = app.test_cli_runner().invoke(args=[command])
    assert result.exit_code == 1
    assert result.output.splitlines()[-1].startswith(
        "Error: The database does not answer as it should: unable"
    )


def test_create_admin(app: Flask) -> None:
    arguments = ["create-admin", "--email", "boss@example.org", "--password", "correct horse battery"]
    assert app.test_cli_runner().invoke(args=arguments).exit_code == 0
    with app.app_context():
        assert has_admin(db.session())


def test_create_admin_names_what_is_wrong(app: Flask) -> None:
    arguments = ["create-admin", "--email", "not an address", "--password", "12345678"]
    result = app.test_cli_runner().invoke(args=arguments)
    assert result.exit_code == 1
    assert "email: Not a valid e-mail address." in result.output
    assert "password: This password is one of the commonest." in result.output


def test_serve_prints_a_one_time_link_and_serves_even_when_a_web_process_dies(tmp_path: Path) -> None:
    port = free_port()
    environ = {"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path), "PORT": str(port), "DEMO": "off"}
    process = subprocess.Popen(
        [sys.executable, "-m", "flask", "serve", "--workers", "1", "--no-worker"],
        cwd=ROOT,
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        assert process.stdout is not None
        lines: list[str] = []
        while not re.search(r"/console/first-admin/\S+", lines[-1] if lines else ""):
            line = process.stdout.readline()
            assert line, "".join(lines)
            lines.append(line)
        link = lines[-1].strip()
        assert "password" in read_when_up(link).lower()
        (web,) = children_of(process.pid)
        os.kill(web, signal.SIGKILL)
        assert "password" in read_when_up(link).lower()
        assert web not in children_of(process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=20)


def children_of(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


FORKED = """
import multiprocessing, signal, sys

def load():
    signal.signal(signal.SIGTERM, lambda *_: None)  # as granian's main process has it
    try:
        import wsgi
    finally:
        sys.exit(signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL)

child = multiprocessing.get_context("fork").Process(target=load)
child.start()
child.join()
sys.exit(child.exitcode)
"""


def test_a_web_process_that_still_loads_can_be_stopped() -> None:
    """From the start: with wrong settings it gets no further."""
    environ = {"PATH": os.environ["PATH"], "ENVIRONMENT": "production"}
    assert subprocess.run([sys.executable, "-c", FORKED], cwd=ROOT, env=environ, timeout=60).returncode == 0


def test_production_announces_its_own_address(tmp_path: Path) -> None:
    settings = make_settings(
        f"sqlite:///{tmp_path}/new.db",
        tmp_path,
        environment="production",
        public_origin="https://rangoli.example.org",
        trusted_hosts=("rangoli.example.org",),
    )
    app = create_app(settings)
    runner = app.test_cli_runner()
    runner.invoke(args=["setup"])
    with app.app_context(), contextlib.redirect_stdout(io.StringIO()) as printed:
        announce()
        db.session.remove()
    assert "https://rangoli.example.org/console/first-admin/" in printed.getvalue()


def read_when_up(url: str) -> str:
    deadline = time.monotonic() + 30
    while True:
        try:
            with urllib.request.urlopen(url, timeout=30) as answer:
                return str(answer.read().decode())
        except ConnectionError:
            assert time.monotonic() < deadline
        except OSError as error:
            if "refused" not in str(error):
                raise
            assert time.monotonic() < deadline
            time.sleep(0.1)


def test_wrong_settings_are_named_and_nothing_starts(tmp_path: Path) -> None:
    environ = {"PATH": os.environ["PATH"], "ENVIRONMENT": "production", "DATA_DIR": str(tmp_path)}
    run = subprocess.run(
        [sys.executable, "-c", "import wsgi"], cwd=ROOT, env=environ, capture_output=True, text=True
    )
    assert run.returncode != 0
    assert "SECRET_KEY is missing" in run.stderr and "PUBLIC_ORIGIN is missing" in run.stderr
    assert "Traceback" not in run.stderr
