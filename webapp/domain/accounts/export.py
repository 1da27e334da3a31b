"""All of one's own data as a ZIP: a JSON file for each part, and the files that one has uploaded."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import chain
from typing import BinaryIO
from uuid import UUID
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.domain.accounts.models import User
from webapp.domain.accounts.own_data import parts
from webapp.domain.accounts.queries import get_self
from webapp.domain.audit.events import record
from webapp.domain.jobs.commands import enqueue
from webapp.domain.jobs.models import Job
from webapp.domain.jobs.registry import JobRun, handles
from webapp.domain.media.models import Media, MediaState
from webapp.domain.media.queries import used_bytes
from webapp.domain.media.uploads import GoOn
from webapp.domain.settings.queries import get_setting
from webapp.kernel.clock import rfc3339
from webapp.kernel.db import looking_ahead
from webapp.kernel.errors import NotFound
from webapp.kernel.work import Work
from webapp.ports import Ports, Storage, StoredObject

AT_ONCE_MAX = 20 * 1024 * 1024
"""Bytes of files up to which a download is made while its person waits."""
PIECE = 256 * 1024
KEPT_FOR = timedelta(hours=24)
"""How long a download that was made in the background can be fetched."""
LINK_SECONDS = 300
MAKE = "accounts.export"
EXPORTS = "private/exports/"
README = """This is what {site} has of you, as of {now}.

Each file in data/ is a JSON array; times are UTC. Passwords, keys and codes are not in it: of those only
hashes are kept. files/ has the images that you uploaded, under the keys that data/media.json names. Content
that you wrote for the site is told of by reference, since it belongs to the site.
"""


def folder_of(user_id: UUID) -> str:
    """Where the downloads of a person are kept; nobody reads there without a signed address."""
    return f"{EXPORTS}{user_id.hex}/"


def prepare_export(work: Work, storage: Storage) -> Job | str | None:
    """How one's data can be had: at once (None), at an address for five minutes, or when a job is done.

    Raises Unavailable when storage is out of reach.
    """
    user = get_self(work)
    if used_bytes(work.session, user.id) <= AT_ONCE_MAX:
        return None
    kept = [found for found in storage.list(folder_of(user.id)) if is_kept(found, work.now)]
    if kept:
        record(work, "user.export", user.id)
        return storage.presigned_get(max(kept, key=lambda found: found.modified_at).key, LINK_SECONDS)
    record(work, "user.request_export", user.id)
    key = f"{MAKE} {user.id} {work.now:%Y-%m-%dT%H}"
    return enqueue(work, MAKE, {"user_id": str(user.id)}, key=key)


def export_now(work: Work, go_on: GoOn, ports: Ports) -> Iterator[bytes]:
    """One's data as a ZIP, piece by piece. Nobody's write waits for it."""
    user = get_self(work)
    record(work, "user.export", user.id)
    user_id, work = user.id, go_on()
    file = tempfile.TemporaryFile()  # noqa: SIM115  closed behind the last piece
    write_export(file, work, ports.storage, user_id)
    file.seek(0)
    pieces = _pieces(file)
    return chain([next(pieces)], pieces)  # begun, so that the file is closed though nobody should read on


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while piece := file.read(PIECE):
            yield piece


def is_kept(found: StoredObject, now: datetime) -> bool:
    """Whether a download that was made in the background can still be fetched."""
    return found.modified_at > now - KEPT_FOR


def write_export(file: BinaryIO, work: Work, storage: Storage, user_id: UUID) -> None:
    """The ZIP of a person's data into ``file``."""
    with looking_ahead(work.session) as session, ZipFile(file, "w", ZIP_DEFLATED) as archive:
        site = get_setting(session, "site_name")
        archive.writestr("README.txt", README.format(site=site, now=rfc3339(work.now)))
        for part in parts():
            with archive.open(f"data/{part.name}.json", "w") as out:
                between = "["
                for row in part.rows(session, user_id):
                    text = f"{between}\n{json.dumps(row, ensure_ascii=False, indent=1)}"
                    out.write(text.encode(errors="replace"))
                    between = ","
                out.write(b"[]\n" if between == "[" else b"\n]\n")
        _write_files(archive, session, storage, user_id)


def _write_files(archive: ZipFile, session: Session, storage: Storage, user_id: UUID) -> None:
    own = select(Media.object_key).where(Media.owner_id == user_id, Media.state == MediaState.READY)
    for key in session.scalars(own.order_by(Media.created_at)).all():
        entry = ZipInfo(f"files/{key}")
        entry.compress_type = ZIP_STORED  # images are compressed already
        try:
            pieces = storage.get(key)
        except NotFound:  # deleted at this moment
            continue
        with archive.open(entry, "w", force_zip64=True) as out:
            for piece in pieces:
                out.write(piece)


# --- in the background ----------------------------------------------------------------------


@handles(MAKE, time_limit=30 * 60, attempts=3)
def make_export(run: JobRun) -> None:
    """Put a person's data together for download"""
    user_id = UUID(run.payload["user_id"])
    if run.work.session.get(User, user_id) is None:
        return
    run.step()
    key = f"{folder_of(user_id)}{run.work.now:%Y%m%d%H%M%S}.zip"
    with tempfile.TemporaryFile() as file:
        write_export(file, run.work, run.ports.storage, user_id)
        file.seek(0)
        run.ports.storage.put(key, file)
    if run.work.session.get(User, user_id, populate_existing=True) is None:  # deleted meanwhile
        run.ports.storage.delete(key)


@handles("accounts.forget_exports")
def forget_exports(run: JobRun) -> None:
    """Remove the downloads of a person who is gone"""
    _remove(run, folder_of(UUID(run.payload["user_id"])), kept=False)


@handles("accounts.tidy_exports", every=timedelta(hours=1))
def tidy_exports(run: JobRun) -> None:
    """Remove downloads of people's data that are too old"""
    _remove(run, EXPORTS, kept=True)


def _remove(run: JobRun, prefix: str, *, kept: bool) -> None:
    run.step()
    for found in list(run.ports.storage.list(prefix)):
        if not (kept and is_kept(found, run.work.now)):
            run.ports.storage.delete(found.key)
