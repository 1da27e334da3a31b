"""Real workers: files beside SQLite, Redis beside PostgreSQL; killed in the middle of a job."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update

import tests.worker.kinds  # noqa: F401  this process asks for these kinds
from config import Settings
from tests.installations import close_app
from webapp.app import create_app
from webapp.domain.jobs.commands import enqueue
from webapp.domain.jobs.models import Job, State
from webapp.domain.settings.models import AppSetting
from webapp.extensions import db
from webapp.kernel.clock import utc_now
from webapp.kernel.db import reading
from webapp.web import Rangoli, commit_work
from webapp.worker.running import Runner

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 30.0


@dataclass
class Shop:
    """An installation whose worker is a process of its own."""

    app: Rangoli
    settings: Settings
    folder: Path
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def environ(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")}
        asked = {
            "DATA_DIR": str(self.settings.data_dir),
            "DATABASE_URL": self.settings.database_url,
            "SECRET_KEY": self.settings.secret_key,
            "REDIS_URL": self.settings.redis_url or "",
            "WORKER_PROCESSES": "1",
        }
        return kept | asked

    def start(self) -> subprocess.Popen[bytes]:
        """A worker, in a process group of its own."""
        with (self.folder / "worker.log").open("a") as log:
            worker = subprocess.Popen(
                [sys.executable, "-m", "flask", "--app", "tests.worker.jobs_app", "worker"],
                cwd=ROOT,
                env=self.environ,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.workers.append(worker)
        return worker

    def ask(self, kind: str, **payload: Any) -> UUID:
        with self.app.app_context():
            work = Runner(self.app).begin(f"asked-for-{kind}")
            job_id = enqueue(work, kind, {"folder": str(self.folder), **payload}).id
            commit_work(work)
            db.session.remove()
        return job_id

    def job(self, job_id: UUID) -> Job:
        with self.app.app_context(), reading():
            job = db.session.get_one(Job, job_id)
            db.session.expunge(job)
            db.session.remove()
        return job

    def due_now(self, job_id: UUID) -> None:
        """Let the pause before the next attempt be over."""
        with self.app.app_context():
            db.session.execute(update(Job).where(Job.id == job_id).values(run_at=utc_now(), woken_at=None))
            db.session.commit()
            db.session.remove()

    def marks(self, name: str) -> int:
        with self.app.app_context(), reading():
            found = db.session.get(AppSetting, f"test_{name}") is not None
            db.session.remove()
        return int(found)

    def until(self, condition: Callable[[], object], what: str) -> None:
        """Wait until ``condition`` holds; the worker's log tells why it does not."""
        deadline = time.monotonic() + PATIENCE
        while not condition():
            if time.monotonic() > deadline:
                pytest.fail(f"not {what}:\n{self.log()[-3000:]}")
            time.sleep(0.05)

    def until_state(self, job_id: UUID, state: State) -> Job:
        self.until(lambda: self.job(job_id).state == state, f"{state}, but {self.job(job_id).state}")
        return self.job(job_id)

    def log(self) -> str:
        return (self.folder / "worker.log").read_text()

    def close(self) -> None:
        for worker in self.workers:
            if worker.poll() is None:
                os.killpg(worker.pid, signal.SIGKILL)
                worker.wait()


@pytest.fixture
def shop(
    settings: Settings, database_kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Shop]:
    if database_kind == "postgresql":
        settings = replace(settings, redis_url=request.getfixturevalue("redis_url"))
    app = create_app(settings)
    shop = Shop(app, settings, tmp_path)
    yield shop
    shop.close()
    close_app(app)


def test_what_a_request_asks_for_is_done_and_survives_kill_9(shop: Shop) -> None:
    worker = shop.start()
    first = shop.ask("test.mark", name="first")
    assert shop.until_state(first, State.DONE).attempts == 1
    shop.until(lambda: "asked-for-test.mark" in shop.log(), "logged with the id of its request")

    killed = shop.ask("test.mark", name="killed", waits=True)
    shop.until((shop.folder / "killed.begun").exists, "begun")
    waiting = shop.ask("test.mark", name="waiting") if shop.settings.redis_url else None
    os.killpg(worker.pid, signal.SIGKILL)
    worker.wait()
    assert shop.marks("killed") == 0, "nothing is half done"
    assert shop.job(killed).state == State.RUNNING

    shop.start()
    job = shop.until_state(killed, State.QUEUED)
    assert job.reason == "The worker stopped in the middle of it."
    shop.due_now(killed)
    assert shop.until_state(killed, State.DONE).attempts == 2
    assert shop.marks("killed") == 1
    if waiting:
        assert shop.until_state(waiting, State.DONE).attempts == 1


@pytest.mark.one_database
def test_killed_processes_and_endless_jobs_do_not_stop_it_and_an_orderly_end_finishes_a_job(
    shop: Shop,
) -> None:
    worker = shop.start()
    endless = shop.ask("test.endless")
    job = shop.until_state(endless, State.FAILED)
    assert job.reason == "It took longer than 1 seconds."
    killed = shop.ask("test.mark", name="killed", waits=True)
    shop.until((shop.folder / "killed.begun").exists, "begun")
    os.kill(int((shop.job(killed).worker or "").rpartition(":")[2]), signal.SIGKILL)
    shop.until_state(killed, State.QUEUED)
    shop.due_now(killed)
    assert shop.until_state(killed, State.DONE).attempts == 2
    assert worker.poll() is None

    last = shop.ask("test.mark", name="last", waits=True)
    shop.until((shop.folder / "last.begun").exists, "begun")
    os.killpg(worker.pid, signal.SIGTERM)  # as a service manager does: to the whole group
    (shop.folder / "last.go").touch()
    shop.until(lambda: worker.poll() is not None, "ended")
    assert shop.job(last).state == State.DONE
