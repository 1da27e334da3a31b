"""``flask worker``: do the jobs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import click
from flask import current_app
from flask.cli import with_appcontext

from webapp.web import Rangoli
from webapp.worker.celery import work

RESTART_MIN, RESTART_MAX = 1.0, 30.0
"""Seconds before a worker that ended by itself is started again; twice as long each time."""
LOOK_EVERY = 0.5
COMMAND = (sys.executable, "-m", "flask", "--app", "wsgi", "worker")


@click.command("worker")
@click.option(
    "--processes", type=click.IntRange(1, 64), help="Jobs at the same time [default: WORKER_PROCESSES]."
)
@click.option("--beside", type=int, hidden=True, help="The web process to end with.")
@with_appcontext
def command(processes: int | None, beside: int | None) -> None:
    """Do the jobs that requests and schedules ask for, until stopped."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    assert isinstance(app, Rangoli)
    if beside is not None:
        stay_beside(beside)
        return
    work(app.extensions["celery"], app, processes or app.config["WORKER_PROCESSES"])


def stay_beside(parent: int) -> None:
    """Keep a worker running as long as ``parent`` does; one that was killed is started again."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal sends it to the web process too, which ends
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    pause = RESTART_MIN
    while os.getppid() == parent:
        worker = subprocess.Popen(
            [sys.executable, "-m", "flask", "--app", "wsgi", "worker"], start_new_session=True
        )
        started = time.monotonic()
        try:
            while worker.poll() is None and os.getppid() == parent:
                time.sleep(LOOK_EVERY)
        finally:
            worker.terminate()
            worker.wait()
        if os.getppid() != parent:
            return
        pause = RESTART_MIN if time.monotonic() - started > RESTART_MAX else min(pause * 2, RESTART_MAX)
        time.sleep(pause)
