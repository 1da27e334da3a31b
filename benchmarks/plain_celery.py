"""The peer of the jobs: Celery on Redis without anything around it; its task tells when it was run."""

from __future__ import annotations

import os
import time

from celery import Celery
from redis import Redis

URL = os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0")
DONE = "done"

app = Celery("plain", broker=URL)
app.conf.update(task_ignore_result=True, worker_prefetch_multiplier=1, task_acks_late=True)
done = Redis.from_url(URL)


@app.task(name="nothing")  # type: ignore[untyped-decorator]
def nothing() -> None:
    """Tell when it was run."""
    done.rpush(DONE, time.time())
