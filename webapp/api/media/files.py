"""Files of forms, as uploads take them."""

from __future__ import annotations

from collections.abc import Iterator

from flask import current_app
from werkzeug.datastructures import FileStorage

from webapp.domain.media.uploads import UploadLimits


def limits() -> UploadLimits:
    return UploadLimits(current_app.config["MAX_FILE_SIZE"], current_app.config["UPLOAD_QUOTA"])


def pieces(file: FileStorage) -> Iterator[bytes]:
    return iter(lambda: file.stream.read(2**18), b"")
