"""Making backups in the background, and by themselves when it is time."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Engine

from webapp.domain.backups.commands import request_backup
from webapp.domain.backups.files import name_for, prune
from webapp.domain.backups.queries import MAKE, is_due
from webapp.domain.backups.writing import write_backup
from webapp.domain.jobs.registry import JobRun, handles
from webapp.domain.settings.queries import get_setting


@handles(MAKE, time_limit=2 * 60 * 60, attempts=3)
def make(run: JobRun) -> None:
    """Back up"""
    folders, engine = run.ports.backups, run.work.session.get_bind()
    assert isinstance(engine, Engine)
    name = name_for(run.work.now)
    run.step()
    manifest = write_backup(engine, folders.backups / name, folders.media, progress=run.step)
    prune(folders.backups, int(get_setting(run.work.session, "backups_kept")))
    run.result = {"file": name, "rows": manifest.rows, "media_files": len(manifest.media)}


@handles("backups.schedule", every=timedelta(hours=1))
def schedule(run: JobRun) -> None:
    """Back up when it is time"""
    if is_due(run.work.session, run.ports.backups, run.work.now):
        request_backup(run.work)
