"""Addresses of static files that change with the file, so that browsers may keep them for a year."""

from __future__ import annotations

import zlib
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, Response, request

YEAR = "public, max-age=31536000, immutable"


@lru_cache(maxsize=512)
def checksum(path: Path, modified: float) -> str:
    return f"{zlib.crc32(path.read_bytes()):08x}"


def version_static_files(app: Flask) -> None:
    """Add ``?v=<checksum>`` to the address of every static file, and let such answers be kept."""
    folder = Path(app.static_folder or "")

    @app.url_defaults
    def add_version(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static" and (path := folder / values.get("filename", "")).is_file():
            values["v"] = checksum(path, path.stat().st_mtime)

    @app.after_request
    def keep(response: Response) -> Response:
        if request.endpoint == "static" and "v" in request.args and response.status_code == 200:
            response.headers["Cache-Control"] = YEAR
        return response
