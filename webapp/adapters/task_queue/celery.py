"""Wake-ups by Celery: over Redis, or over files in the data folder where there is no Redis."""

from __future__ import annotations

import time
from pathlib import Path
from uuid import UUID

import structlog
from celery import Celery
from kombu.exceptions import OperationalError

from webapp.adapters.task_queue.files import SCHEME
from webapp.domain.jobs.messages import RUN_JOB

log = structlog.get_logger(__name__)

POLLING_INTERVAL = 0.1
"""Seconds between two looks into the folder."""
AT_A_LOOK = 32
"""Messages that a worker takes for each of its processes before it waits for the next look."""
HURRY = {"socket_timeout": 1, "socket_connect_timeout": 1, "max_retries": 1, "interval_start": 0}
"""How little a request waits for Redis; a worker has patience instead."""
QUIET_AFTER_FAILURE = 5.0
"""Seconds without a further try after the broker could not be reached: requests must not wait for it."""


def make_celery(redis_url: str | None, data_dir: Path) -> Celery:
    """Celery on Redis, or on a folder below ``data_dir``. It connects when it is first used.

    ``acks_late`` is for Redis; a message on files is gone when it is taken. Nothing relies on either,
    since what was not finished is woken again from the jobs table.
    """
    celery = Celery("rangoli", set_as_current=False)
    if redis_url:
        celery.conf.broker_url = redis_url.replace("unix://", "redis+socket://", 1)
        celery.conf.broker_transport_options = {"visibility_timeout": 3600, **HURRY}
    else:
        folder = data_dir / "queue"
        folder.mkdir(parents=True, exist_ok=True)
        celery.conf.broker_url = f"{SCHEME}://localhost//"
        celery.conf.broker_transport_options = {
            "data_folder_in": str(folder),
            "data_folder_out": str(folder),
            "control_folder": str(folder / "control"),
            "polling_interval": POLLING_INTERVAL,
        }
    celery.conf.update(
        task_default_queue="rangoli",
        task_serializer="json",
        accept_content=["json"],
        task_ignore_result=True,
        task_acks_late=True,
        task_reject_on_worker_lost=False,
        task_create_missing_queues=True,
        worker_prefetch_multiplier=1 if redis_url else AT_A_LOOK,
        worker_max_tasks_per_child=1000,
        worker_enable_remote_control=False,
        worker_hijack_root_logger=False,
        worker_cancel_long_running_tasks_on_connection_loss=False,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_connection_timeout=2,
        enable_utc=True,
    )
    return celery


class CeleryTaskQueue:
    """A producer of wake-ups."""

    def __init__(self, celery: Celery) -> None:
        self.celery = celery
        self.quiet_until = 0.0

    def wake(self, job_id: UUID, time_limit: int) -> None:
        """Send the wake-up, with Celery's limits for this one message."""
        if time.monotonic() < self.quiet_until:
            return
        try:
            self.celery.send_task(
                RUN_JOB,
                args=[str(job_id)],
                soft_time_limit=time_limit,
                time_limit=time_limit + 10,
                ignore_result=True,
                retry=False,
            )
        except (OperationalError, OSError) as error:
            self.quiet_until = time.monotonic() + QUIET_AFTER_FAILURE
            log.warning("worker_not_woken", job=str(job_id), reason=type(error).__name__)
