"""Workers under test: Rangoli's in either mode, and plain Celery's."""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

from redis import Redis
from sqlalchemy import delete, func, select

from benchmarks.servers import ROOT, ServerError, run
from config import Settings
from webapp.domain.jobs.commands import enqueue
from webapp.domain.jobs.models import Job, State
from webapp.extensions import db
from webapp.kernel.db import reading
from webapp.web import commit_work
from webapp.worker.keeper import NICENESS
from webapp.worker.running import Runner

PATIENCE = 120.0


class Shop(ABC):
    """Something that does jobs, in a worker process of its own while :meth:`working`."""

    folder: Path
    environ: Mapping[str, str]
    command: list[str]

    @contextmanager
    def working(self) -> Iterator[None]:
        """A worker that has done one job, so that it is ready, until the end of the block."""
        self.folder.mkdir(exist_ok=True)
        with (self.folder / "worker.log").open("a") as log:
            environ = {**os.environ, **self.environ}
            worker = subprocess.Popen(
                self.command, cwd=ROOT, env=environ, stdout=log, stderr=log, process_group=0
            )
        try:
            self.batch(1)
            yield
        finally:
            os.killpg(worker.pid, signal.SIGKILL)
            worker.wait()

    def idle(self) -> ServerError:
        """What to raise when nothing gets done."""
        return ServerError(f"The worker does nothing:\n{(self.folder / 'worker.log').read_text()[-2000:]}")

    @abstractmethod
    def batch(self, count: int) -> float:
        """Jobs per second, from asking for ``count`` of them until all are done."""

    @abstractmethod
    def latency(self) -> float:
        """Seconds from asking for one job until it is run."""


class PlainShop(Shop):
    """Celery on Redis, without a database."""

    def __init__(self, folder: Path, redis_url: str, processes: int) -> None:
        self.folder, self.environ = folder, {"REDIS_URL": redis_url}
        self.redis = Redis.from_url(redis_url)
        celery = [sys.executable, "-m", "celery", "-A", "benchmarks.plain_celery", "-q", "worker"]
        quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat", "-l", "WARNING"]
        self.command = [*celery, "-c", str(processes), *quiet]
        os.environ["REDIS_URL"] = redis_url

    @cached_property
    def task(self) -> Any:
        from benchmarks.plain_celery import nothing

        return nothing

    def batch(self, count: int) -> float:
        start = time.monotonic()
        for _ in range(count):
            self.task.delay()
        self.take(count)
        return count / (time.monotonic() - start)

    def latency(self) -> float:
        asked = time.time()
        self.task.delay()
        (at,) = self.take(1)
        return at - asked

    def take(self, count: int) -> list[float]:
        times = []
        for _ in range(count):
            found = self.redis.blpop(["done"], timeout=PATIENCE)
            if found is None:
                raise ServerError(
                    f"plain Celery did not work: {(self.folder / 'worker.log').read_text()[-2000:]}"
                )
            times.append(float(found[1]))
        return times


class RangoliShop(Shop):
    """Rangoli's worker on files or, with ``redis_url``, on Redis."""

    def __init__(
        self,
        folder: Path,
        database_url: str,
        redis_url: str | None,
        processes: int,
        environ: Mapping[str, str] | None = None,
    ) -> None:
        self.folder = folder
        own = {"DATABASE_URL": database_url, "DATA_DIR": str(folder), "WORKER_PROCESSES": str(processes)}
        own["REDIS_URL"] = redis_url or ""
        self.environ = {"SECRET_KEY": secrets.token_urlsafe(48), **(environ or {}), **own}
        flask = [sys.executable, "-m", "flask", "--app", "benchmarks.worker_app", "worker"]
        self.command = ["nice", "-n", str(NICENESS), *flask]

    @cached_property
    def app(self) -> Any:
        """The same application in this process, to ask with."""
        run([sys.executable, "-m", "flask", "--app", "wsgi", "setup"], ROOT, self.environ)
        from benchmarks import worker_app
        from webapp.app import create_app

        assert worker_app.app
        return create_app(Settings.from_env(self.environ))

    @contextmanager
    def working(self) -> Iterator[None]:
        assert self.app
        with super().working():
            yield

    def ask(self, *kinds: str, **payload: Any) -> list[Any]:
        """Ask for jobs in one unit of work."""
        with self.app.app_context():
            work = Runner(self.app).begin()
            ids = [enqueue(work, kind, payload).id for kind in kinds]
            commit_work(work)
            db.session.remove()
        return ids

    def batch(self, count: int) -> float:
        start = time.monotonic()
        self.ask(*["bench.nothing"] * count)
        self.until(lambda: self.count(State.QUEUED) + self.count(State.RUNNING) == 0)
        return count / (time.monotonic() - start)

    def latency(self) -> float:
        asked = time.time()
        (job_id,) = self.ask("bench.nothing")
        self.until(lambda: self.result(job_id) is not None)
        return float(self.result(job_id)["at"]) - asked

    def until_running(self, count: int) -> None:
        self.until(lambda: self.count(State.RUNNING) == count)

    def forget(self) -> None:
        """No job is left."""
        with self.app.app_context():
            db.session.execute(delete(Job).where(Job.recurring.is_(False)))
            db.session.commit()
            db.session.remove()

    def count(self, state: State) -> int:
        statement = select(func.count()).where(Job.state == state, Job.recurring.is_(False))
        return int(self.read(statement))

    def result(self, job_id: Any) -> Any:
        return self.read(select(Job.result).where(Job.id == job_id))

    def read(self, statement: Any) -> Any:
        with self.app.app_context(), reading():
            found = db.session.scalar(statement)
            db.session.remove()
        return found

    def until(self, holds: Any) -> None:
        deadline = time.monotonic() + PATIENCE
        while not holds():
            if time.monotonic() > deadline:
                raise ServerError(
                    f"the worker did not work: {(self.folder / 'worker.log').read_text()[-2000:]}"
                )
            time.sleep(0.005)
