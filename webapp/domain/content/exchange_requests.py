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


def keep_file(storage: Storage, data: bytes) -> UUID:
    """Keep a file that is to be imported, under an id."""
    file_id = new_uuid()
    storage.put(_key(file_id), BytesIO(data))
    return file_id


def read_kept(storage: Storage, file_id: UUID) -> bytes:
    """A file that was kept. Raises NotFound after a day."""
    return b"".join(storage.get(_key(file_id)))


def request_import(
    work: Work, subject: Subject, file_id: UUID, mapping: Mapping[str, str], **options: bool
) -> Job:
    """Have the rows of a kept file imported; ``options`` are those of ``import_table``. Raises Denied."""
    require(work.actor, subject.may_use(work.actor))
    payload = {"key": _key(file_id), "mapping": dict(mapping), "options": options}
    job = enqueue(work, IMPORT, {"subject": subject.name, "actor_id": str(work.actor.id), **payload})
    record(work, "import.request", job.id, {"subject": (None, subject.name)})
    return job


def find_import(work: Work, file_id: UUID, job_id: UUID) -> Job:
    """The job that checks or imports a kept file, for those who may see it. Raises NotFound."""
    job = get_job(work, job_id)
    if job.kind != IMPORT or job.payload["key"] != _key(file_id):
        raise NotFound("There is no such import.")
    return job


def read_export(work: Work, storage: Storage, job_id: UUID) -> tuple[str, Iterator[bytes]]:
    """The name and the pieces of the file that a job has made, for those who may see the job. Raises NotFound
    while it is not done, and after a day."""
    job = get_job(work, job_id)
    if job.kind != EXPORT or job.state != State.DONE:
        raise NotFound("There is no such file.")
    storage.stat(job.payload["key"])
    return f"{job.payload['subject']}.{job.payload['format']}", storage.get(job.payload["key"])


def _key(file_id: UUID) -> str:
    return f"{FOLDER}{file_id}"


def filters_as_json(filters: Filters) -> dict[str, Any]:
    """Filters as a job keeps them; :func:`filters_from_json` reads them."""
    found = {field.name: getattr(filters, field.name) for field in fields(Filters)}
    found["conditions"] = [[list(each.path), each.value] for each in filters.conditions]
    found["owner_id"] = filters.owner_id and str(filters.owner_id)
    return {name: v.isoformat() if isinstance(v, datetime) else v for name, v in found.items()}


def filters_from_json(kept: Mapping[str, Any]) -> Filters:
    """The filters that a job was asked with."""
    moments = {name: kept[name] and datetime.fromisoformat(kept[name]) for name in kept if "ed_" in name}
    status = kept["status"] and Status(kept["status"])
    conditions = tuple(Condition(tuple(path), value) for path, value in kept["conditions"])
    owner_id = UUID(kept["owner_id"]) if kept.get("owner_id") else None
    read = {"status": status, "conditions": conditions, "owner_id": owner_id}
    return Filters(**{**kept, **moments, **read})
