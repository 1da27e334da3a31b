"""Units of work of the command line, which acts for the owner of the machine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click
from sqlalchemy.exc import SQLAlchemyError

from webapp.extensions import db
from webapp.kernel.clock import utc_now
from webapp.kernel.errors import DomainError
from webapp.kernel.work import SYSTEM, Work
from webapp.web import commit_work, current_ports


@contextmanager
def in_plain_words() -> Iterator[None]:
    """A refusal of the domain or the database ends the command with a sentence."""
    try:
        yield
    except DomainError as error:
        words = [f"{e.pointer.strip('/')}: {e.detail}" for e in error.errors] or [error.detail]
        raise click.ClickException("\n".join(words)) from error
    except SQLAlchemyError as error:
        reason = getattr(error, "orig", None) or error
        raise click.ClickException(f"The database does not answer as it should: {reason}") from error


@contextmanager
def committing() -> Iterator[Work]:
    """One unit of work, committed at the end; a refusal ends the command in plain words."""
    ports = current_ports()
    work = Work(db.session(), SYSTEM, utc_now(), wake=ports.task_queue.wake, drop=ports.cache.drop)
    with in_plain_words():
        try:
            yield work
            commit_work(work)
        except DomainError:
            db.session.rollback()
            raise
