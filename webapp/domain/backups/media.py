"""Media files in backups: found in their folder, and put back without ever leaving half of one there."""

from __future__ import annotations

import os
import shutil
from contextlib import ExitStack
from pathlib import Path

from webapp.domain.backups.archive import MEDIA, Archive, Unusable, check_media_path
from webapp.kernel.errors import Unavailable
from webapp.kernel.files import sync_folder

DISK_MARGIN = 50 * 2**20
"""Bytes that stay free on the disk."""


def media_paths(folder: Path) -> list[str]:
    """The paths of all files below ``folder``, relative to it; unfinished and hidden ones are left out."""
    found = []
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        paths = [Path(place, name) for name in names]
        found += [p.relative_to(folder).as_posix() for p in paths if p.is_file() and not p.is_symlink()]
    return sorted(path for path in found if _is_kept(path))


def _is_kept(path: str) -> bool:
    try:
        check_media_path(path)
    except Unusable:
        return False
    return True


class Unpacking:
    """Media files of an archive on their way into ``folder``, for a ``with`` block around the transaction.

    They are first unpacked beside the folder; :meth:`place` moves them in. A block that fails puts all
    back as it was, one that ends well deletes the files that are not in the archive.
    """

    def __init__(self, archive: Archive, folder: Path) -> None:
        self.archive = archive
        self.folder = folder
        self.incoming = folder.with_name(f".{folder.name}.incoming")
        self.outgoing = folder.with_name(f".{folder.name}.replaced")
        self.placed: list[str] = []
        self.before: list[str] = []

    def __enter__(self) -> Unpacking:
        """Raises Unavailable where the disk is too small."""
        with ExitStack() as undo:
            undo.callback(self._clean)
            self._unpack()
            undo.pop_all()
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            for path in set(self.before) - set(self.archive.manifest.media):
                (self.folder / path).unlink(missing_ok=True)
        else:
            self._undo()
        self._clean()

    def _unpack(self) -> None:
        self._clean()
        self.incoming.mkdir(parents=True, mode=0o700)
        members = self.archive.manifest.members
        needed = sum(members[MEDIA + path].bytes for path in self.archive.manifest.media)
        if needed + DISK_MARGIN > shutil.disk_usage(self.incoming).free:
            raise Unavailable("There is not enough room on the disk for the media.", code="backup_failed")
        for path in self.archive.manifest.media:
            target = self.incoming / path
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("xb") as file:
                for chunk in self.archive.chunks(MEDIA + path):
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())

    def place(self) -> None:
        """Move the files to where they belong; those they replace are kept until the end."""
        self.before = media_paths(self.folder)
        for path in self.archive.manifest.media:
            target = self.folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            if not target.parent.resolve().is_relative_to(self.folder.resolve()):
                raise Unusable("A media file of this archive would be written outside of its folder.")
            if target.exists():
                _move(target, self.outgoing / path)
            self.placed.append(path)
            _move(self.incoming / path, target)
            sync_folder(target.parent)

    def _undo(self) -> None:
        for path in self.placed:
            (self.folder / path).unlink(missing_ok=True)
            if (self.outgoing / path).exists():
                _move(self.outgoing / path, self.folder / path)

    def _clean(self) -> None:
        for folder in (self.incoming, self.outgoing):
            shutil.rmtree(folder, ignore_errors=True)


def _move(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    source.replace(target)
