"""Variants of images as files in a folder: one folder for each image, one file for each request."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import time
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

import structlog

from webapp.adapters.images.recent_files import RecentFiles
from webapp.ports import VariantRequest

log = structlog.get_logger(__name__)


MEMORY = 32 * 1024 * 1024
"""Bytes of variants that a process keeps in memory."""


class VariantFolder:
    """Files below ``folder``, which any process of this machine reads and writes."""

    def __init__(self, folder: Path, memory: int = MEMORY) -> None:
        self.folder = folder
        self._recent = RecentFiles(memory)

    def find(self, key: str, request: VariantRequest) -> bytes | None:
        return self._recent.read(f"{self.folder}/{file_name(key, request)}", time.time())

    def keep(self, key: str, request: VariantRequest, data: bytes) -> None:
        path = self.folder / file_name(key, request)
        partial = None
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as file:
                partial = Path(file.name)
                file.write(data)
            partial.replace(path)
        except OSError:
            log.warning("variant_not_kept", exc_info=True)
            if partial is not None:
                partial.unlink(missing_ok=True)

    def forget(self, key: str) -> None:
        shutil.rmtree(self.folder / folder_name(key), ignore_errors=True)

    def trim(self, total: int) -> None:
        found = []
        for path in self.folder.rglob("*"):
            with suppress(OSError):  # removed meanwhile
                if path.is_file():
                    status = path.stat()
                    found.append((status.st_mtime, status.st_size, path))
        size = sum(entry[1] for entry in found)
        for _, bytes_, path in sorted(found):
            if size <= total:
                return
            path.unlink(missing_ok=True)
            size -= bytes_


def folder_name(key: str) -> str:
    """The folder of an image's variants."""
    name = hashlib.sha256(key.encode()).hexdigest()
    return f"{name[:2]}/{name}"


@lru_cache(4096)
def file_name(key: str, request: VariantRequest) -> str:
    """The file of a variant."""
    size = f"{request.width or ''}x{request.height or ''}-{request.fit}"
    focus = f"{request.focal_x:.3f}-{request.focal_y:.3f}"
    return f"{folder_name(key)}/{size}-{focus}.{request.ending}"
