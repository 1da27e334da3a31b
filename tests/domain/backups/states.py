"""The state of a database as sums that can be compared, and the way there and back."""

from __future__ import annotations

from pathlib import Path

from webapp.domain.backups.archive import Archive
from webapp.domain.backups.loading import check_usable, restore
from webapp.domain.backups.media import Unpacking
from webapp.domain.backups.rows import tally_of
from webapp.domain.backups.tables import all_tables
from webapp.domain.backups.writing import write_backup
from webapp.extensions import db
from webapp.kernel.db import snapshot
from webapp.kernel.work import Work

APART = ("active_theme", "audit_events")

Sums = dict[str, tuple[int, str]]


def sums() -> Sums:
    """Rows and checksum of every table, apart from those that a restore adds something to."""
    with snapshot(db.engine) as connection:
        tallies = [tally_of(connection, table) for table in all_tables()]
    return {t.table.name: (t.rows, t.checksum) for t in tallies if t.table.name not in APART}


def back_up(path: Path, media: Path | None = None) -> Path:
    write_backup(db.engine, path, media)
    return path


def restore_file(work: Work, path: Path, media: Path | None = None) -> Path:
    """What the command does; answers where the replaced state is kept."""
    replaced = path.with_name("replaced.zip")
    with Archive(path) as archive:
        check_usable(db.engine, archive)
        if media is None:
            restore(work, archive, None, replaced=replaced)
            work.session.commit()
        else:
            with Unpacking(archive, media) as unpacking:
                restore(work, archive, unpacking, replaced=replaced)
                work.session.commit()
    return replaced
