"""Writing everything into one file while the system serves."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import orjson
from sqlalchemy import Connection, Engine

from webapp.domain.backups.archive import MEDIA, ArchiveWriter, Manifest, TableEntry, rows_member
from webapp.domain.backups.files import new_file
from webapp.domain.backups.media import media_paths
from webapp.domain.backups.rows import Row, Tally, read_rows
from webapp.domain.backups.tables import all_tables, last_ids, revision_of
from webapp.kernel.clock import rfc3339, utc_now
from webapp.kernel.db import snapshot
from webapp.kernel.errors import Conflict

CHUNK = 2**16

Progress = Callable[[int, int], None]
"""Told how many steps are done, and of how many."""


def _nobody(done: int, total: int) -> None:
    """Where nobody waits for it."""


def write_backup(engine: Engine, path: Path, media: Path | None, *, progress: Progress = _nobody) -> Manifest:
    """Write everything to ``path``; all tables are of one moment, whatever is written meanwhile.

    ``media`` is the folder of media files, None where an object store keeps them. Files that are
    deleted meanwhile are left out. Raises FileExistsError, and Unavailable when the disk is full.
    """
    with snapshot(engine) as connection:
        return write_state(connection, path, media, progress=progress)


def write_state(
    connection: Connection, path: Path, media: Path | None, *, progress: Progress = _nobody
) -> Manifest:
    """The same of what a transaction sees."""
    revision = needed_revision(connection)
    created_at = rfc3339(utc_now())
    paths = media_paths(media) if media else []
    total = len(all_tables()) + 1
    with new_file(path) as file, ArchiveWriter(file) as archive:
        tables: dict[str, TableEntry] = {}
        last = last_ids(connection)
        for done, table in enumerate(all_tables()):
            progress(done, total)
            tally = Tally(table)
            archive.add(rows_member(table.name), _lines(tally.count(read_rows(connection, table))))
            tables[str(table.name)] = TableEntry(tally.rows, tally.checksum, last.get(table.name))
        progress(total - 1, total)
        for name in paths:
            _add_media(archive, name, media / name if media else Path(name))
        manifest = Manifest(
            created_at=created_at,
            database=connection.dialect.name,
            revision=revision,
            tables=tables,
            has_media=media is not None,
            members=archive.members,
        )
        archive.finish(manifest)
    return manifest


def needed_revision(connection: Connection) -> str:
    """The migration that the database is at. Raises Conflict when it has none."""
    revision = revision_of(connection)
    if revision is None:
        raise Conflict("This database has no tables yet. Run `flask setup`.")
    return revision


def _lines(rows: Iterable[Row]) -> Iterator[bytes]:
    for row in rows:
        yield orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE)


def _add_media(archive: ArchiveWriter, name: str, path: Path) -> None:
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return
    with file:
        archive.add(MEDIA + name, iter(lambda: file.read(CHUNK), b""), is_compressed=True)
