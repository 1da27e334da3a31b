"""The file of a backup: a ZIP with a manifest, the rows of each table as JSON lines, and media.

``docs/backups.md`` describes the format. A file is not trusted: everything that the manifest says is
checked before a row is read, and nothing is unpacked under a name that the file chose freely.
"""

from __future__ import annotations

import hashlib
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Any

import orjson

from webapp.kernel.errors import Malformed

FORMAT = "rangoli-backup"
FORMAT_VERSION = 1
MANIFEST = "manifest.json"
MEDIA = "media/"

MANIFEST_MAX = 64 * 2**20
LINE_MAX = 64 * 2**20
"""Bytes of one row."""
EXPANSION_FREE, EXPANSION_MAX = 2**30, 50
"""A file may unpack to so many bytes, or to so many times its size if that is more."""
CHUNK = 2**16


class Unusable(Malformed):
    """A file that is not a whole backup, or not one that this installation can take."""

    code = "backup_unusable"
    detail = "This file is not a backup that can be restored."


@dataclass(frozen=True, slots=True)
class Member:
    """One file in the archive. ``sha256`` is in hexadecimal digits."""

    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class TableEntry:
    """A table's :class:`webapp.domain.backups.rows.Tally`, and the last id given where ids are counted."""

    rows: int
    checksum: str
    last_id: int | None = None


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself."""

    created_at: str
    database: str
    """``sqlite`` or ``postgresql``; both can restore it."""
    revision: str
    """The migration that the database was at."""
    tables: dict[str, TableEntry]
    has_media: bool
    """Whether media are in the file; they are not where an object store keeps them."""
    members: dict[str, Member] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        return sum(table.rows for table in self.tables.values())

    @property
    def media(self) -> list[str]:
        """The paths of media files, relative to their folder."""
        return [name.removeprefix(MEDIA) for name in self.members if name.startswith(MEDIA)]

    def as_json(self) -> bytes:
        return orjson.dumps(
            {"format": FORMAT, "format_version": FORMAT_VERSION, **asdict(self)}, option=orjson.OPT_INDENT_2
        )

    @classmethod
    def from_json(cls, text: bytes) -> Manifest:
        """Raises Unusable, in words for whoever wants to restore the file."""
        try:
            data = orjson.loads(text)
            if data.pop("format") != FORMAT:
                raise Unusable("This file is not a backup of Rangoli.")
            if (version := data.pop("format_version")) != FORMAT_VERSION:
                raise Unusable(
                    f"This backup has format {version}; this version of Rangoli reads {FORMAT_VERSION}."
                )
            data["tables"] = {name: TableEntry(**entry) for name, entry in data["tables"].items()}
            data["members"] = {name: Member(**entry) for name, entry in data["members"].items()}
            return cls(**data)
        except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError, ValueError) as error:
            raise Unusable("The manifest of this backup cannot be read.") from error


def rows_member(table: str) -> str:
    """The name of the member that holds a table's rows."""
    return f"tables/{table}.jsonl"


# --- writing --------------------------------------------------------------------------------


class ArchiveWriter:
    """Adds members one after another and remembers their sums."""

    def __init__(self, file: IO[bytes]) -> None:
        self.zip = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=6)
        self.members: dict[str, Member] = {}

    def add(self, name: str, chunks: Iterable[bytes], *, is_compressed: bool = False) -> None:
        """Add one member; what ``is_compressed`` is stored as it is."""
        info = zipfile.ZipInfo(name)
        info.compress_type = zipfile.ZIP_STORED if is_compressed else zipfile.ZIP_DEFLATED
        info.external_attr = 0o600 << 16
        size, digest = 0, hashlib.sha256()
        with self.zip.open(info, "w", force_zip64=True) as member:
            for chunk in chunks:
                member.write(chunk)
                digest.update(chunk)
                size += len(chunk)
        self.members[name] = Member(size, digest.hexdigest())

    def finish(self, manifest: Manifest) -> None:
        """Write the manifest and the directory of the ZIP."""
        self.zip.writestr(MANIFEST, manifest.as_json())
        self.zip.close()

    def __enter__(self) -> ArchiveWriter:
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):  # of a disk that is full, which was said already
            self.zip.close()


# --- reading --------------------------------------------------------------------------------


class Archive:
    """A backup that was opened for reading, of which the structure is sound."""

    def __init__(self, path: Path) -> None:
        try:
            self.zip = zipfile.ZipFile(path)
        except FileNotFoundError as error:
            raise Unusable("There is no such file.") from error
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
            raise Unusable("This file is not a ZIP archive, or not all of one.") from error
        with ExitStack() as undo:
            undo.callback(self.zip.close)
            self.manifest = self._checked_manifest(path.stat().st_size)
            undo.pop_all()

    def __enter__(self) -> Archive:
        return self

    def __exit__(self, *_: object) -> None:
        self.zip.close()

    def _checked_manifest(self, size: int) -> Manifest:
        infos = self.zip.infolist()
        names = [info.filename for info in infos]
        if len(set(names)) != len(names):
            raise Unusable("Two members of this archive have the same name.")
        for info in infos:
            if info.flag_bits & 1 or info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise Unusable("This archive is encrypted or compressed in an unknown way.")
        if sum(info.compress_size for info in infos) > size:
            raise Unusable("The members of this archive overlap.")
        if sum(info.file_size for info in infos) > max(EXPANSION_FREE, EXPANSION_MAX * size):
            raise Unusable("This archive would unpack to far more than a backup does.")
        if MANIFEST not in names or self.zip.getinfo(MANIFEST).file_size > MANIFEST_MAX:
            raise Unusable("This archive has no manifest of a backup.")
        manifest = Manifest.from_json(b"".join(self.chunks(MANIFEST)))
        if set(names) != {MANIFEST, *manifest.members}:
            raise Unusable("The manifest and the members of this archive are not the same.")
        wanted = {rows_member(name) for name in manifest.tables}
        if {name for name in names if not name.startswith(MEDIA)} != {MANIFEST, *wanted}:
            raise Unusable("The manifest and the tables of this archive are not the same.")
        for path in manifest.media:
            check_media_path(path)
        return manifest

    def verify(self) -> None:
        """Read every member once and compare it with the manifest. Raises Unusable."""
        for name, member in self.manifest.members.items():
            size, digest = 0, hashlib.sha256()
            for chunk in self.chunks(name):
                size += len(chunk)
                digest.update(chunk)
            if (size, digest.hexdigest()) != (member.bytes, member.sha256):
                raise Unusable(f"{name} is not as it was when the backup was made.")

    def chunks(self, name: str) -> Iterator[bytes]:
        """The bytes of a member."""
        with self._open(name) as file:
            while chunk := file.read(CHUNK):
                yield chunk

    def rows(self, table: str) -> Iterator[dict[str, Any]]:
        """The rows of a table."""
        with self._open(rows_member(table)) as file:
            while line := file.readline(LINE_MAX):
                try:
                    row = orjson.loads(line)
                except orjson.JSONDecodeError as error:
                    raise Unusable(f"A row of {table} cannot be read.") from error
                if not isinstance(row, dict):
                    raise Unusable(f"A row of {table} cannot be read.")
                yield row

    @contextmanager
    def _open(self, name: str) -> Iterator[IO[bytes]]:
        try:
            with self.zip.open(name) as file:
                yield file
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError) as error:
            raise Unusable(f"{name} cannot be read: the file is damaged.") from error


def check_media_path(path: str) -> None:
    """Raise Unusable unless ``path`` stays inside the folder it is meant for."""
    parts = PurePosixPath(path).parts
    is_plain = path.isprintable() and "\\" not in path and len(path) <= 1024
    if not is_plain or "/".join(parts) != path or not parts or any(p.startswith((".", "/")) for p in parts):
        raise Unusable("A media file in this archive has a name that cannot be taken.")
