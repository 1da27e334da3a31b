"""Finding backups."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.domain.backups.files import BackupFile, get_file, list_files
from webapp.domain.backups.policy import may_administer_backups
from webapp.domain.jobs.models import Job
from webapp.domain.settings.queries import get_setting
from webapp.kernel.paging import Page, PageRequest
from webapp.kernel.work import Work, require
from webapp.ports import BackupFolders

MAKE = "backups.make"
"""The kind of job that makes a backup."""

PERIODS = {"daily": timedelta(days=1), "weekly": timedelta(days=7)}


def list_backups(work: Work, folders: BackupFolders, request: PageRequest) -> Page[BackupFile]:
    """The backups in the folder, the newest first. Admins only."""
    require(work.actor, may_administer_backups(work.actor))
    found = list_files(folders.backups)
    return Page(found[request.skip : request.skip + request.limit], len(found), request)


def get_backup(work: Work, folders: BackupFolders, name: str) -> BackupFile:
    """One backup. Admins only; raises NotFound."""
    require(work.actor, may_administer_backups(work.actor))
    return get_file(folders.backups, name)


def find_last_job(work: Work) -> Job | None:
    """The backup that was asked for last, however it went. Admins only."""
    require(work.actor, may_administer_backups(work.actor))
    newest = select(Job).where(Job.kind == MAKE).order_by(Job.created_at.desc(), Job.id.desc()).limit(1)
    return work.session.scalars(newest).first()


def last_backup(folders: BackupFolders) -> BackupFile | None:
    """The newest backup in the folder, apart from what restores replaced."""
    return next((file for file in list_files(folders.backups) if not file.is_replaced), None)


def period(session: Session) -> timedelta | None:
    """How often a backup is made by itself; None for never."""
    return PERIODS.get(get_setting(session, "backups_every"))


def is_due(session: Session, folders: BackupFolders, now: datetime) -> bool:
    """Whether the last backup is older than the settings want."""
    every, last = period(session), last_backup(folders)
    return every is not None and (last is None or last.made_at + every <= now)
