"""Variants of images as files in a folder: one folder for each image, one file for each request."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

import structlog

from webapp.ports import VariantRequest

log = structlog.get_logger(__name__)


class VariantFolder:
    """Files below ``folder``, which any process of this machine reads and writes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def find(self, key: str, request: VariantRequest) -> bytes | None:
        path = self._path(key, request)
        try:
            data = path.read_bytes()
            os.utime(path)
        except OSError:
            return None
        return data

    def keep(self, key: str, request: VariantRequest, data: bytes) -> None:
        path = self._path(key, request)
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
        shutil.rmtree(self._folder(key), ignore_errors=True)

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

    def _folder(self, key: str) -> Path:
        name = hashlib.sha256(key.encode()).hexdigest()
        return self.folder / name[:2] / name

    def _path(self, key: str, request: VariantRequest) -> Path:
        size = f"{request.width or ''}x{request.height or ''}-{request.fit}"
        focus = f"{request.focal_x:.3f}-{request.focal_y:.3f}"
        return self._folder(key) / f"{size}-{focus}.{request.ending}"
