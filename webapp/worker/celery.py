"""Celery's side of the worker: its two tasks, its clock, and how it is started."""

from __future__ import annotations

import signal
from datetime import timedelta
from typing import Any
from uuid import UUID

from celery import Celery
from celery.beat import EmbeddedService, Scheduler
from celery.signals import setup_logging, worker_process_init, worker_ready, worker_shutting_down

from webapp.domain.jobs.messages import RUN_JOB, TICK
from webapp.extensions import db
from webapp.web import Rangoli
from webapp.worker.running import Runner

TICK_EVERY = timedelta(seconds=5)
PATIENCE = {"visibility_timeout": 3600, "socket_timeout": 10, "socket_connect_timeout": 5}
"""Seconds that a worker waits for Redis; nobody waits for the worker."""


def register_tasks(celery: Celery, app: Rangoli) -> None:
    """Tell Celery what to do with our messages."""
    runner = Runner(app)

    @celery.task(name=RUN_JOB)
    def run_job(job_id: str) -> None:
        runner.run(UUID(job_id))

    @celery.task(name=TICK)
    def tick(first: bool = False) -> None:
        runner.tick(first=first)


def work(celery: Celery, app: Rangoli, processes: int) -> None:
    """Work until told to stop (SIGTERM: after the jobs at hand)."""
    register_tasks(celery, app)
    if celery.conf.broker_url.startswith("redis"):
        celery.conf.broker_transport_options = PATIENCE
    celery.conf.beat_schedule = {
        "tick": {
            "task": TICK,
            "schedule": TICK_EVERY,
            "options": {"expires": TICK_EVERY.total_seconds(), "ignore_result": True},
        }
    }
    services: list[EmbeddedService] = []

    def become_child(**_: Any) -> None:
        """A forked process must not share its parent's connections, and ends when its parent says so.

        Service managers send SIGTERM to the whole group; the job at hand is to be finished all the same.
        """
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        with app.app_context():
            db.engine.dispose(close=False)

    def start_beat(**_: Any) -> None:
        celery.send_task(TICK, kwargs={"first": True}, ignore_result=True)
        service = EmbeddedService(celery, max_interval=1, thread=True, scheduler_cls=Scheduler)
        service.start()
        services.append(service)

    def stop_beat(**_: Any) -> None:
        for service in services:
            service.service.stop()

    setup_logging.connect(lambda **_: None, weak=False)  # what Celery would set up hides the log of the jobs
    worker_process_init.connect(become_child, weak=False)
    worker_ready.connect(start_beat, weak=False)
    worker_shutting_down.connect(stop_beat, weak=False)
    celery.worker_main(
        [
            *("--quiet", "worker", "--pool", "prefork", "--concurrency", str(processes)),
            *("--without-gossip", "--without-mingle", "--without-heartbeat"),
        ]
    )
