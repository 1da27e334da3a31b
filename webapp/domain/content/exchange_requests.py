"""Asking for imports and exports that are too large for a request; their files are kept for a day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any
from uuid import UUID

from webapp.domain.audit.events import record
from webapp.domain.content.conditions import Condition
from webapp.domain.content.lifecycle import Status
from webapp.domain.content.queries import Filters
from webapp.domain.content.subjects import SUBJECTS, Subject
from webapp.domain.jobs.commands import enqueue
from webapp.domain.jobs.models import Job, State
from webapp.domain.jobs.queries import get_job
from webapp.kernel.db import new_uuid
from webapp.kernel.errors import NotFound
from webapp.kernel.work import Work, require
from webapp.ports import Storage

IMPORT, EXPORT = "content.import", "content.export"
FOLDER = "private/exchange/"
KEPT_FOR = timedelta(days=1)
ROWS_MAX = 100_000
"""How many rows a job imports."""


def find_subject(name: str) -> Subject:
    """What is called ``name`` in paths. Raises NotFound."""
    if name not in SUBJECTS:
        raise NotFound
    return SUBJECTS[name]


def request_export(work: Work, subject: Subject, filters: Filters, form: str) -> Job:
    """Have a list of any length written into a file. Raises Denied."""
    require(work.actor, subject.may_use(work.actor))
    payload = {"format": form, "filters": filters_as_json(filters), "key": f"{FOLDER}{new_uuid()}.{form}"}
    job = enqueue(work, EXPORT, {"subject": subject.name, "actor_id": str(work.actor.id), **payload})
    record(work, "export.request", job.id, {"subject": (None, subject.name)})
    return job


def request_import(
    work: Work,
    storage: Storage,
    subject: Subject,
    data: bytes,
    mapping: Mapping[str, str],
    **options: bool,
) -> Job:
    """Have the rows of a file imported; ``options`` are those of ``import_table``. Raises Denied."""
    require(work.actor, subject.may_use(work.actor))
    key = f"{FOLDER}{new_uuid()}"
    storage.put(key, BytesIO(data))
    payload = {"key": key, "mapping": dict(mapping), "options": options}
    job = enqueue(work, IMPORT, {"subject": subject.name, "actor_id": str(work.actor.id), **payload})
    record(work, "import.request", job.id, {"subject": (None, subject.name)})
    return job


def read_export(work: Work, storage: Storage, job_id: UUID) -> tuple[str, Iterator[bytes]]:
    """The name and the pieces of the file that a job has made, for those who may see the job. Raises NotFound
    while it is not done, and after a day."""
    job = get_job(work, job_id)
    if job.kind != EXPORT or job.state != State.DONE:
        raise NotFound("There is no such file.")
    storage.stat(job.payload["key"])
    return f"{job.payload['subject']}.{job.payload['format']}", storage.get(job.payload["key"])


def filters_as_json(filters: Filters) -> dict[str, Any]:
    """Filters as a job keeps them; :func:`filters_from_json` reads them."""
    found = {field.name: getattr(filters, field.name) for field in fields(Filters)}
    found["conditions"] = [[list(each.path), each.value] for each in filters.conditions]
    return {name: v.isoformat() if isinstance(v, datetime) else v for name, v in found.items()}


def filters_from_json(kept: Mapping[str, Any]) -> Filters:
    """The filters that a job was asked with."""
    moments = {name: kept[name] and datetime.fromisoformat(kept[name]) for name in kept if "ed_" in name}
    status = kept["status"] and Status(kept["status"])
    conditions = tuple(Condition(tuple(path), value) for path, value in kept["conditions"])
    return Filters(**{**kept, **moments, "status": status, "conditions": conditions})
