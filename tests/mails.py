"""Working off jobs in the test's own process, and reading the mails that come of them."""

from __future__ import annotations

import re
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from flask import Flask
from sqlalchemy import select, update

from webapp.domain.jobs.models import Job, State
from webapp.extensions import db
from webapp.kernel.clock import utc_now
from webapp.worker.running import Runner


def do_jobs(app: Flask, *, ahead: timedelta = timedelta(0)) -> int:
    """Do the jobs that are due, or will be within ``ahead``, and those that follow; answers how many."""
    number = 0
    while True:
        with app.app_context():
            due = (Job.state == State.QUEUED, Job.recurring.is_(False), Job.run_at <= utc_now() + ahead)
            ids = list(db.session.scalars(select(Job.id).where(*due).order_by(Job.created_at, Job.id)))
            if ids and ahead:
                db.session.execute(update(Job).where(Job.id.in_(ids)).values(run_at=utc_now()))
            db.session.commit()
            db.session.remove()
        if not ids:
            return number
        for job_id in ids:
            Runner(app).run(job_id)  # type: ignore[arg-type]
            number += 1


def read_mails(folder: Path) -> list[EmailMessage]:
    """The mails in the folder of an installation's data, the oldest first."""
    files = sorted((folder / "mail").glob("*.eml"))
    return [message_from_bytes(path.read_bytes(), policy=default) for path in files]  # type: ignore[misc]


def body(message: EmailMessage, kind: str = "plain") -> str:
    """The text or the HTML of a mail, as people read it."""
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def link_in(message: EmailMessage) -> str:
    """The address that a mail's button leads to."""
    (found,) = re.findall(r"^https?://\S+$", body(message), re.MULTILINE)
    return str(found)


def token_in(message: EmailMessage) -> str:
    """The token in that address."""
    return re.split(r"[/=]", link_in(message))[-1]
