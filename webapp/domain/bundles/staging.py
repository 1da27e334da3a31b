"""Bundles that were sent and are looked at before they are taken over; kept for a day."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from uuid import UUID

from webapp.domain.bundles.archive import Bundle
from webapp.domain.jobs.registry import JobRun, handles
from webapp.kernel.db import new_uuid
from webapp.ports import Storage

FOLDER = "private/bundles/"
KEPT_FOR = timedelta(days=1)


def stage(storage: Storage, data: bytes) -> UUID:
    """Keep a bundle for a while, under an id. Raises Invalid for what is none."""
    Bundle(BytesIO(data))
    bundle_id = new_uuid()
    storage.put(f"{FOLDER}{bundle_id}", BytesIO(data))
    return bundle_id


def staged(storage: Storage, bundle_id: UUID) -> Bundle:
    """The bundle that was kept under an id. Raises NotFound."""
    return Bundle(BytesIO(b"".join(storage.get(f"{FOLDER}{bundle_id}"))))


@handles("bundles.tidy", every=timedelta(hours=6))
def tidy(run: JobRun) -> None:
    """Delete bundles that were sent and kept for long enough"""
    too_old = run.work.now - KEPT_FOR
    run.step()
    for found in run.ports.storage.list(FOLDER):
        if found.modified_at < too_old:
            run.ports.storage.delete(found.key)
