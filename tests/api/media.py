"""Images over HTTP, as clients send them, and the worker's part of the work."""

from __future__ import annotations

import io
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.conftest import Person
from tests.pictures import encoded, picture
from webapp.domain.jobs.models import Job, State
from webapp.extensions import db
from webapp.kernel.clock import utc_now
from webapp.worker.running import Runner

UPLOAD = "/api/v1/upload"


def send(
    client: FlaskClient,
    person: Person,
    data: bytes | None = None,
    *,
    category: str = "templates",
    filename: str = "photo.jpg",
    **fields: str,
) -> Any:
    """Upload one image."""
    file = (io.BytesIO(encoded(picture()) if data is None else data), filename)
    form = {"file": file, "category": category, **fields}
    return client.post(f"{UPLOAD}/image", data=form, headers=person.headers)


def uploaded(client: FlaskClient, person: Person, *args: Any, **kwargs: Any) -> dict[str, Any]:
    answer = send(client, person, *args, **kwargs)
    assert answer.status_code == 201, answer.json
    return dict(answer.json)


def stored(app: Flask) -> list[str]:
    """The keys of all that is in storage."""
    return [found.key for found in app.ports.storage.list("")]  # type: ignore[attr-defined]


def run_jobs(app: Flask, *kinds: str) -> list[tuple[str, str]]:
    """Do the jobs of these kinds that are due, as the worker does; their kinds and how they ended."""
    ended = []
    runner = Runner(app)  # type: ignore[arg-type]
    while True:
        with app.app_context():
            due = (Job.state == State.QUEUED) & (Job.run_at <= utc_now()) & Job.kind.in_(kinds)
            job = db.session.scalar(select(Job).where(due).limit(1))
            found = None if job is None else (job.id, job.kind)
            db.session.remove()
        if found is None:
            return ended
        ended.append((found[1], str(runner.run(found[0]))))
