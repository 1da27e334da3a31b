"""Files and folders of backups: written whole or not at all, named by their time, the oldest thrown away."""

from __future__ import annotations

import os
import re
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from webapp.kernel.errors import NotFound, Unavailable
from webapp.kernel.files import sync_folder

_NAME = re.compile(r"(rangoli|before-restore)-(\d{8}T\d{6}Z)(-[0-9a-f]{4})?\.zip")
_TIME = "%Y%m%dT%H%M%SZ"

ABANDONED = 24 * 60 * 60
"""Seconds after which an unfinished file belongs to nobody any more: its process was killed."""

SCHEDULED, REPLACED = "rangoli", "before-restore"
"""Beginnings of names: of backups, and of what a restore replaced."""


@dataclass(frozen=True, slots=True)
class BackupFile:
    """One backup in the folder. ``size`` is in bytes."""

    path: Path
    size: int
    made_at: datetime
    is_replaced: bool
    """Whether it holds what a restore replaced."""

    @property
    def name(self) -> str:
        return self.path.name


def name_for(now: datetime, kind: str = SCHEDULED) -> str:
    """A name that tells the time and nothing else, with a few random digits so that two never meet."""
    return f"{kind}-{now.astimezone(UTC):{_TIME}}-{secrets.token_hex(2)}.zip"


def list_files(folder: Path) -> list[BackupFile]:
    """The backups of a folder, the newest first."""
    found = [file for path in folder.glob("*.zip") if (file := _described(path))] if folder.is_dir() else []
    return sorted(found, key=lambda file: (file.made_at, file.name), reverse=True)


def get_file(folder: Path, name: str) -> BackupFile:
    """The backup called ``name``. Raises NotFound, also for any other file."""
    file = _described(folder / name) if _NAME.fullmatch(name) else None
    if file is None:
        raise NotFound("Backup not found")
    return file


def _described(path: Path) -> BackupFile | None:
    match = _NAME.fullmatch(path.name)
    if match is None or path.is_symlink() or not path.is_file():
        return None
    made_at = datetime.strptime(match[2], _TIME).replace(tzinfo=UTC)
    with suppress(FileNotFoundError):
        return BackupFile(path, path.stat().st_size, made_at, match[1] == REPLACED)
    return None


def prune(folder: Path, kept: int) -> int:
    """Delete all but the newest ``kept`` backups, and as many of what restores replaced; answers how many."""
    files = list_files(folder)
    surplus = [file for kind in (True, False) for file in [f for f in files if f.is_replaced is kind][kept:]]
    for file in surplus:
        file.path.unlink(missing_ok=True)
    for path in folder.glob(".*.partial"):
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < time.time() - ABANDONED:
                path.unlink()
    return len(surplus)


@contextmanager
def new_file(path: Path) -> Iterator[IO[bytes]]:
    """A file that only its owner may read and that appears, whole and on the disk, when the block ends well.

    Raises FileExistsError rather than replace one, and Unavailable when the disk does not take it.
    """
    partial = path.with_name(f".{path.name}.{secrets.token_hex(4)}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(os.open(partial, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600), "w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.link(partial, path)
        sync_folder(path.parent)
    except FileExistsError:
        raise
    except OSError as error:
        raise Unavailable(
            f"The backup could not be written: {error.strerror}.", code="backup_failed"
        ) from error
    finally:
        partial.unlink(missing_ok=True)
