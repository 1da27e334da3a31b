"""What the doctor says of each part when it is well, and when it is not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from tests.installations import close_app, make_settings
from tests.services import free_port
from webapp import checks
from webapp.app import create_app
from webapp.domain.jobs.models import Job, State, Worker
from webapp.extensions import db, limiter
from webapp.kernel.clock import utc_now
from webapp.kernel.work import Work

Doctor = Callable[[], dict[str, str]]


def examine(app: Flask, *, thorough: bool = False) -> dict[str, str]:
    """Each part's state and words."""
    with app.app_context():
        found = checks.run_checks(app, db.session(), thorough=thorough)
        db.session.rollback()
        return {check.name: f"{check.status}: {check.detail}" for check in found}


@pytest.fixture
def doctor(app: Flask) -> Doctor:
    return lambda: examine(app)


MakeApp = Callable[..., Flask]


@pytest.fixture
def make_app(database_url: str, tmp_path: Path) -> Iterator[MakeApp]:
    """Applications with other settings."""
    apps: list[Flask] = []

    def make(**changes: object) -> Flask:
        apps.append(create_app(make_settings(database_url, tmp_path, **changes)))
        return apps[-1]

    yield make
    for app in apps:
        close_app(app)


def test_every_part_has_its_line(doctor: Doctor) -> None:
    parts = ["database", "disk", "storage", "worker", "mail", "cache", "limits", "setup", "backups"]
    assert [part for part in parts if part not in doctor()] == []


def test_the_worker_and_its_queue(work: Callable[..., Work], doctor: Doctor) -> None:
    session, now = work().session, utc_now()
    assert doctor()["worker"] == "warning: never seen; 0 waiting, 0 running, 0 failed"
    worker = Worker(name="host:1", seen_at=now - timedelta(hours=2))
    session.add(worker)
    session.commit()
    assert doctor()["worker"].startswith("warning: last seen 2 hours ago")
    session.get_one(Worker, "host:1").seen_at = now
    job = Job(kind="jobs.purge", payload={}, run_at=now - timedelta(minutes=7), created_at=now)
    session.add(job)
    session.commit()
    assert doctor()["worker"] == "warning: 7 minutes behind; 1 waiting, 0 running, 0 failed"
    session.get_one(Job, job.id).state = State.FAILED
    session.commit()
    assert doctor()["worker"] == "warning: 0 waiting, 0 running, 1 failed"
    session.get_one(Job, job.id).state = State.DONE
    session.commit()
    assert doctor()["worker"] == "ok: 0 waiting, 0 running, 0 failed"


def test_a_full_disk(doctor: Doctor, monkeypatch: pytest.MonkeyPatch) -> None:
    assert doctor()["disk"].startswith("ok: ")
    monkeypatch.setattr(checks, "LOW_DISK", 2**62)
    assert doctor()["disk"].startswith("warning: ")


def test_limits_and_cache_with_and_without_redis(make_app: MakeApp, redis_url: str) -> None:
    parts = examine(make_app(rate_limits=True))
    assert (parts["limits"], parts["cache"]) == ("ok: counted on this machine", "ok: in each process")
    parts = examine(make_app(rate_limits=True, redis_url=redis_url))
    assert (parts["limits"], parts["cache"]) == ("ok: counted on this machine and in Redis", "ok: Redis")
    parts = examine(make_app(rate_limits=True, redis_url=f"redis://127.0.0.1:{free_port()}/0"))
    assert parts["limits"] == "warning: Redis does not answer; counted on each machine for itself"
    assert parts["cache"] == "warning: Redis does not answer. Everything is made anew."


def test_limits_that_are_off_or_cannot_be_written(make_app: MakeApp, tmp_path: Path) -> None:
    production = {"environment": "production", "public_origin": "https://example.org"}
    assert examine(make_app())["limits"].startswith("ok: switched off")
    assert examine(make_app(**production))["limits"].startswith("warning: switched off")
    limiter.enabled = True
    app = make_app(rate_limits=True)
    (tmp_path / "limits.db").mkdir()
    assert examine(app)["limits"].startswith("warning: DATA_DIR/limits.db cannot be written")


def test_mails(make_app: MakeApp, work: Callable[..., Work], doctor: Doctor) -> None:
    assert doctor()["mail"] == "ok: all of the last day were handed over"
    unreachable = make_app(smtp_host="127.0.0.1", smtp_port=free_port(), mail_from="a@example.org")
    assert examine(unreachable)["mail"].startswith("ok: ")
    assert examine(unreachable, thorough=True)["mail"].startswith("warning: ")
    production = make_app(environment="production", public_origin="https://example.org")
    assert examine(production)["mail"].startswith("warning: written to files that")


def test_without_the_database_each_part_still_has_its_line(make_app: MakeApp, tmp_path: Path) -> None:
    app = create_app(make_settings(f"sqlite:///{tmp_path}/empty.db", tmp_path))
    parts = examine(app)
    assert parts["database"].startswith("down: ")
    assert all(parts[name].startswith(("warning: ", "down: ")) for name in ("worker", "mail", "setup"))
    close_app(app)


@pytest.mark.one_database
def test_fonts_are_named_by_script(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    assert examine(app, thorough=True)["fonts"].startswith(("ok: Latin, Devanagari", "warning: none for "))
    monkeypatch.setattr(checks, "SCRIPTS", {"Latin": "a", "Nobody's": "\ue123"})
    assert examine(app, thorough=True)["fonts"] == "warning: none for Nobody's"
