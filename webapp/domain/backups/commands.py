"""Asking for backups, handing them out and deleting them."""

from __future__ import annotations

from sqlalchemy import select

from webapp.domain.audit.events import record
from webapp.domain.backups.files import BackupFile, get_file
from webapp.domain.backups.policy import may_administer_backups
from webapp.domain.backups.queries import MAKE
from webapp.domain.jobs.commands import enqueue
from webapp.domain.jobs.models import Job, State
from webapp.kernel.db import lock
from webapp.kernel.work import Work, require
from webapp.ports import BackupFolders


def request_backup(work: Work) -> Job:
    """Ask for a backup; answers the one that is being made already if there is one. Admins only."""
    require(work.actor, may_administer_backups(work.actor))
    lock(work.session, MAKE)
    if (unfinished := find_unfinished(work)) is not None:
        return unfinished
    job = enqueue(work, MAKE)
    record(work, "backup.request", job.id)
    return job


def find_unfinished(work: Work) -> Job | None:
    """The backup that waits or is being made, if any. Admins only."""
    require(work.actor, may_administer_backups(work.actor))
    is_unfinished = Job.state.in_((State.QUEUED, State.RUNNING))
    return work.session.scalars(select(Job).where(Job.kind == MAKE, is_unfinished).limit(1)).first()


def hand_out_backup(work: Work, folders: BackupFolders, name: str) -> BackupFile:
    """A backup whose file somebody takes away, which is noted. Admins only; raises NotFound."""
    require(work.actor, may_administer_backups(work.actor))
    file = get_file(folders.backups, name)
    record(work, "backup.download", name)
    return file


def delete_backup(work: Work, folders: BackupFolders, name: str) -> None:
    """Delete a backup for good. Admins only; raises NotFound."""
    require(work.actor, may_administer_backups(work.actor))
    path = get_file(folders.backups, name).path
    record(work, "backup.delete", name)
    work.after_commit(lambda: path.unlink(missing_ok=True))
