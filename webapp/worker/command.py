"""``flask worker``: do the jobs."""

from __future__ import annotations

import warnings

import click
from celery.platforms import SecurityWarning
from flask import current_app
from flask.cli import with_appcontext

from webapp.web import Rangoli
from webapp.worker.celery import work


@click.command("worker")
@click.option("--processes", type=click.IntRange(1, 64), help="Jobs at the same time.")
@with_appcontext
def command(processes: int | None) -> None:
    """Do the jobs that requests and schedules ask for, until stopped."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    assert isinstance(app, Rangoli)
    warnings.simplefilter("ignore", SecurityWarning)  # messages are JSON: they cannot run code of their own
    work(app.extensions["celery"], app, processes or app.config["WORKER_PROCESSES"])
