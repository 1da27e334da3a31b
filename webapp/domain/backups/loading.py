"""Filling all tables from elsewhere: from a backup, or from another database."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Table, func, select, update
from sqlalchemy.exc import OperationalError, StatementError

from webapp.domain.accounts.models import UserSession
from webapp.domain.audit.events import record
from webapp.domain.backups.archive import Archive, Manifest, Unusable
from webapp.domain.backups.media import Unpacking
from webapp.domain.backups.policy import may_administer_backups
from webapp.domain.backups.rows import Row, Tally, read_rows, tally_of, write_late, write_rows
from webapp.domain.backups.tables import (
    all_tables,
    clear,
    holds_data,
    last_ids,
    lock_all,
    raise_last_ids,
)
from webapp.domain.backups.writing import needed_revision, write_state
from webapp.domain.themes.models import ActiveTheme
from webapp.kernel.db import snapshot
from webapp.kernel.errors import Conflict, Unavailable
from webapp.kernel.work import Work, require

Source = Callable[[Table], Iterable[Row]]


def restore(
    work: Work, archive: Archive, media: Unpacking | None, *, replaced: Path, signs_out: bool = False
) -> None:
    """Make everything as it was when ``archive`` was written; what it replaces is kept in ``replaced``.

    Nobody else can write until the transaction ends. With ``signs_out`` no session of the backup goes
    on. Raises Unusable when the file does not fit, Unavailable when the database is busy.
    """
    require(work.actor, may_administer_backups(work.actor))
    connection = work.session.connection()
    lock_all(connection)
    check_fits(connection, archive.manifest)
    changes = connection.scalar(select(func.max(ActiveTheme.changes))) or 0
    write_state(connection, replaced, media.folder if media else None)
    with ExitStack() as undo:
        undo.callback(replaced.unlink, missing_ok=True)
        _replace(connection, archive)
        _outdate_stylesheets(connection, changes)
        if signs_out:
            connection.execute(
                update(UserSession).where(UserSession.revoked_at.is_(None)).values(revoked_at=work.now)
            )
        if media:
            media.place()
        undo.pop_all()
    work.session.expire_all()
    record(work, "backup.restore", archive.manifest.created_at)
    work.session.flush()


def check_usable(engine: Engine, archive: Archive) -> None:
    """Raise Unusable unless the archive is of the present version's tables and every byte is as it was."""
    with snapshot(engine) as connection:
        check_fits(connection, archive.manifest)
    archive.verify()


def check_fits(connection: Connection, manifest: Manifest) -> None:
    """Raise Unusable unless the backup is of the present version's tables."""
    revision = needed_revision(connection)
    if manifest.revision != revision:
        raise Unusable(
            f"This backup is of database version {manifest.revision}, and this database is at {revision}. "
            "Restore it with the version of Rangoli that made it, then run `flask setup` of this one."
        )
    ours = {table.name for table in all_tables()}
    if ours != set(manifest.tables):
        names = ", ".join(sorted(ours ^ set(manifest.tables)))
        raise Unusable(f"This backup and this version of Rangoli differ in their tables: {names}.")


def copy_all(work: Work, target: Connection) -> list[Tally]:
    """Copy every table to an empty database of the same version, and compare them; answers what was copied.

    Nobody else can write to the source until the transaction ends.
    """
    require(work.actor, may_administer_backups(work.actor))
    source = work.session.connection()
    lock_all(source)
    if needed_revision(source) != needed_revision(target):
        raise Conflict("The two databases are not of the same version.")
    if holds_data(target):
        raise Conflict("The target database holds data already.")
    tallies = _load(target, lambda table: read_rows(source, table))
    raise_last_ids(target, last_ids(source))
    for tally in tallies:
        _check_equal(target, tally.table, tally.rows, tally.checksum)
    return tallies


def _replace(connection: Connection, archive: Archive) -> None:
    tables = archive.manifest.tables
    clear(connection)
    try:
        _load(connection, lambda table: _checked(table, archive.rows(table.name)))
    except OperationalError as error:
        raise Unavailable("The database did not take the rows.", code="database_unavailable") from error
    except (KeyError, TypeError, ValueError, StatementError) as error:
        raise Unusable("A row of this backup does not fit its table.") from error
    for table in all_tables():
        entry = tables[table.name]
        _check_equal(connection, table, entry.rows, entry.checksum)
    raise_last_ids(connection, {name: entry.last_id or 0 for name, entry in tables.items()})


def _load(connection: Connection, source: Source) -> list[Tally]:
    tallies, waiting = [], []
    for table in all_tables():
        tally = Tally(table)
        waiting.append((table, write_rows(connection, table, tally.count(source(table)))))
        tallies.append(tally)
    for table, rows in waiting:
        write_late(connection, table, rows)
    return tallies


def _checked(table: Table, rows: Iterable[dict[str, Any]]) -> Iterator[Row]:
    names = {column.name for column in table.columns}
    for row in rows:
        if row.keys() != names:
            raise Unusable(f"A row of {table.name} has other columns than this version.")
        yield row


def _check_equal(connection: Connection, table: Table, rows: int, checksum: str) -> None:
    found = tally_of(connection, table)
    if (found.rows, found.checksum) != (rows, checksum):
        raise Conflict(f"{table.name} is not the same after copying.")


def _outdate_stylesheets(connection: Connection, changes: int) -> None:
    """Let every web process see that what it keeps ready may be of another state."""
    newer = (
        func.max(changes, ActiveTheme.changes)
        if connection.dialect.name == "sqlite"
        else func.greatest(changes, ActiveTheme.changes)
    )
    connection.execute(update(ActiveTheme).values(changes=newer + 1))
