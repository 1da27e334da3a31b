"""Units of work of the command line, which acts for the owner of the machine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click

from webapp.extensions import db
from webapp.kernel.clock import utc_now
from webapp.kernel.errors import DomainError
from webapp.kernel.work import SYSTEM, Work
from webapp.web import commit_work, current_ports


@contextmanager
def committing() -> Iterator[Work]:
    """One unit of work, committed at the end; a refusal of the domain ends the command in plain words."""
    ports = current_ports()
    work = Work(db.session(), SYSTEM, utc_now(), wake=ports.task_queue.wake, drop=ports.cache.drop)
    try:
        yield work
        commit_work(work)
    except DomainError as error:
        db.session.rollback()
        words = [f"{e.pointer.strip('/')}: {e.detail}" for e in error.errors] or [error.detail]
        raise click.ClickException("\n".join(words)) from error
