"""A full disk: writes are refused in plain words, reading goes on, and with room again so does writing."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.api.entries import data_item
from tests.conftest import set_up
from tests.installations import close_app, make_settings
from tests.torture.inspection import check_database
from webapp.app import create_app
from webapp.domain.accounts.commands import create_user
from webapp.extensions import db
from webapp.kernel.clock import utc_now
from webapp.kernel.work import SYSTEM, Role, Work

NAME, PASSWORD = "admin@example.org", "correct horse battery"
BLOCK = 1 << 16


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 16 MiB in memory, for the database alone."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if os.geteuid() != 0:
        pytest.skip("only root may mount a file system")
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", folder], capture_output=True)
    if mounted.returncode != 0:
        pytest.skip(f"no file system can be mounted here: {mounted.stderr.decode().strip()}")
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)  # connections may be open yet


@pytest.fixture
def app(small_disk: Path, tmp_path: Path) -> Iterator[Flask]:
    url = f"sqlite:///{small_disk}/rangoli.db"
    set_up(url, tmp_path)
    app = create_app(make_settings(url, tmp_path))
    with app.app_context():
        create_user(Work(db.session(), SYSTEM, utc_now()), password=PASSWORD, role=Role.ADMIN, email=NAME)
        db.session.commit()
        db.session.remove()
    yield app
    close_app(app)


def fill(ballast: Path) -> None:
    with ballast.open("wb", buffering=0) as file:
        for size in (BLOCK, 1):
            try:
                while file.write(b"x" * size):
                    pass
            except OSError:
                continue


def test_a_full_disk(app: Flask, small_disk: Path) -> None:
    client = app.test_client()
    login = client.post("/api/v1/auth/login", json={"email": NAME, "password": PASSWORD})
    headers = {"Authorization": f"Bearer {login.json['access_token']}"}

    def add(number: int) -> int:
        body = data_item(f"Item {number}", content={"text": "x" * 50_000}, tags=["a", f"tag {number}"])
        answer = client.post("/api/v1/data", json=body, headers=headers)
        assert answer.status_code == 201 or answer.json["code"] == "database_unavailable", answer.json
        return answer.status_code

    assert add(0) == 201
    fill(small_disk / "ballast")
    statuses = [add(number) for number in range(1, 60)]
    assert statuses[-1] == 503
    kept = 1 + statuses.count(201)
    assert client.get("/api/v1/data?limit=100").json["total"] == kept
    assert client.get("/themes/active.css").status_code == 200
    (small_disk / "ballast").unlink()
    assert add(60) == 201
    assert client.get("/api/v1/data?limit=100").json["total"] == kept + 1
    check_database(f"sqlite:///{small_disk}/rangoli.db")


COUNT = """
import sys
from pathlib import Path
from webapp.metric_files import MetricFiles
MetricFiles(Path(sys.argv[1]))
from prometheus_client import Counter
Counter("tried", "Tries").inc()
print("counted")
"""


def test_metrics_are_counted_all_the_same(small_disk: Path) -> None:
    """In a process of its own: a mapped page without a place on the disk would kill it."""
    fill(small_disk / "ballast")
    run = subprocess.run(
        [sys.executable, "-c", COUNT, small_disk],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    assert run.returncode == 0 and "metrics_not_shared" in run.stdout and "counted" in run.stdout, run.stderr
