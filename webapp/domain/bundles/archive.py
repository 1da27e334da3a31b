"""The file of a bundle: a ZIP with a manifest, a file of JSON lines for each part, and perhaps images."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, BinaryIO

from webapp.domain.bundles.records import Item
from webapp.kernel.clock import parse_rfc3339, rfc3339
from webapp.kernel.errors import FieldError, Invalid
from webapp.kernel.json_text import MalformedJson, read_json

FORMAT, VERSION = "rangoli-bundle", 1
MANIFEST = "manifest.json"
FILES = "files/"
"""Where files lie in a bundle, by their keys in storage."""
UNPACKED_MAX = 512 * 1024 * 1024
"""Bytes of all parts of a bundle together."""
FILE_MAX = 256 * 1024 * 1024
"""Bytes of one file."""
FIRST_MOMENT = (1980, 1, 1, 0, 0, 0)
"""The time of every file inside, so that equal contents are equal files."""


class Bundle:
    """A bundle that was opened: the manifest is checked, parts are read when they are asked for.

    Raises Invalid for what is no bundle, or one of a later version, or damaged.
    """

    def __init__(self, file: BinaryIO) -> None:
        try:
            self._zip = zipfile.ZipFile(file)
            infos = self._zip.infolist()
            if sum(info.file_size for info in infos if not info.filename.startswith(FILES)) > UNPACKED_MAX:
                raise unusable(f"It unpacks to more than {UNPACKED_MAX // 2**20} MiB.")
            manifest = read_json(self._zip.read(MANIFEST))
        except (
            zipfile.BadZipFile,
            KeyError,
            MalformedJson,
            ValueError,
            OSError,
            NotImplementedError,
        ) as error:
            raise unusable("It is no bundle.") from error
        if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
            raise unusable("It is no bundle.")
        if manifest.get("version") != VERSION:
            raise unusable("It is of another version.")
        self.manifest: dict[str, Any] = manifest
        self.counts: dict[str, int] = {name: part["count"] for name, part in _parts_of(manifest).items()}
        self._files = _files_of(manifest)

    def items(self, name: str) -> Iterator[Item]:
        """The records of a part. Raises Invalid for one that is not as the manifest says."""
        try:
            body = self._zip.read(file_of(name))
        except (zipfile.BadZipFile, KeyError, ValueError, OSError, NotImplementedError) as error:
            raise unusable(f"Its part “{name}” is damaged.") from error
        if hashlib.sha256(body).hexdigest() != _parts_of(self.manifest)[name]["sha256"]:
            raise unusable(f"Its part “{name}” is damaged.")
        for line in body.splitlines():
            yield _item(name, line)

    def has_file(self, key: str) -> bool:
        """Whether the file under ``key`` lies in the bundle."""
        return key in self._files

    def file(self, key: str) -> bytes:
        """The file under ``key``. Raises Invalid for one that is not as the manifest says."""
        try:
            if self._zip.getinfo(FILES + key).file_size > FILE_MAX:
                raise unusable(f"Its file “{key}” has more than {FILE_MAX // 2**20} MiB.")
            body = self._zip.read(FILES + key)
        except (zipfile.BadZipFile, KeyError, ValueError, OSError, NotImplementedError) as error:
            raise unusable(f"Its file “{key}” is damaged.") from error
        if hashlib.sha256(body).hexdigest() != self._files[key]:
            raise unusable(f"Its file “{key}” is damaged.")
        return body


Files = Iterable[tuple[str, Iterable[bytes]]]
"""Files by their keys, each in pieces."""


def write_bundle(
    file: BinaryIO, parts: Mapping[str, Iterable[Item]], made_at: datetime, files: Files = ()
) -> dict[str, int]:
    """Write a bundle; answers how many records each part has, and under ``files`` how many files. These are
    asked for once all records are written."""
    described: dict[str, dict[str, Any]] = {}
    digests: dict[str, str] = {}
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, items in parts.items():
            count, digest = 0, hashlib.sha256()
            with archive.open(_info(file_of(name)), "w") as out:
                for item in items:
                    line = _line(item)
                    out.write(line)
                    digest.update(line)
                    count += 1
            described[name] = {"count": count, "sha256": digest.hexdigest()}
        for key, chunks in files:
            digest = hashlib.sha256()
            with archive.open(_info(FILES + key, zipfile.ZIP_STORED), "w") as out:
                for chunk in chunks:
                    out.write(chunk)
                    digest.update(chunk)
            digests[key] = digest.hexdigest()
        manifest = {"format": FORMAT, "version": VERSION, "made_at": rfc3339(made_at), "parts": described}
        if digests:
            manifest["files"] = digests
        archive.writestr(_info(MANIFEST), json.dumps(manifest, indent=2))
    return {**{name: part["count"] for name, part in described.items()}, "files": len(digests)}


def file_of(name: str) -> str:
    """The file of a part inside a bundle."""
    return f"{name}.jsonl"


def unusable(detail: str) -> Invalid:
    return Invalid([FieldError("/file", f"This cannot be used: {detail}", "invalid")])


def _info(name: str, compression: int = zipfile.ZIP_DEFLATED) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, FIRST_MOMENT)
    info.compress_type = compression
    return info


def _line(item: Item) -> bytes:
    changed_at = item.changed_at and rfc3339(item.changed_at)
    found = {"key": item.key, "changed_at": changed_at, "record": item.record}
    return json.dumps(found, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _item(name: str, line: bytes) -> Item:
    try:
        found = read_json(line)
        key, record = found["key"], found["record"]
        changed_at = found["changed_at"] and parse_rfc3339(found["changed_at"])
    except (MalformedJson, ValueError, KeyError, TypeError) as error:
        raise unusable(f"Its part “{name}” is damaged.") from error
    if not isinstance(key, str) or not isinstance(record, dict):
        raise unusable(f"Its part “{name}” is damaged.")
    return Item(key, record, changed_at)


def _parts_of(manifest: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    found = manifest.get("parts")
    if not isinstance(found, dict) or not all(
        isinstance(part, dict) and isinstance(part.get("count"), int) and isinstance(part.get("sha256"), str)
        for part in found.values()
    ):
        raise unusable("Its manifest is damaged.")
    return found


def _files_of(manifest: Mapping[str, Any]) -> dict[str, str]:
    """The SHA-256 of each file, by its key."""
    found = manifest.get("files", {})
    if not isinstance(found, dict) or not all(isinstance(digest, str) for digest in found.values()):
        raise unusable("Its manifest is damaged.")
    return found
