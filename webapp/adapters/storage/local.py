"""Objects as files below one folder, with signed addresses that this server answers itself."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from stat import S_ISREG
from typing import BinaryIO
from urllib.parse import urlencode

from webapp.adapters.storage.signing import Signer
from webapp.kernel.errors import FieldError, Invalid, NotFound, Unavailable
from webapp.kernel.files import sync_folder
from webapp.ports import STORAGE_KEY, DirectUpload, SignedClaim, StoredObject, content_type_of

PIECE = 1024 * 1024
"""Bytes that are read at a time. The web server takes some pieces before its client has read the first: so a
slow reader of most images has no thread."""
UPLOADS = "/api/v1/upload/direct"
"""Where this server takes files that were agreed on."""
PARTIAL = ".partial"
"""The folder of files that are being written; no key begins with a dot."""


class LocalStorage:
    """Storage in ``folder``. A file appears under its name when all of it is on the disk.

    Addresses begin with ``origin``.
    """

    def __init__(
        self, folder: Path, origin: str, secret: str, clock: Callable[[], float] = time.time
    ) -> None:
        self.folder = folder
        self.origin = origin
        self.clock = clock
        self.signer = Signer(secret)

    def put(self, key: str, body: BinaryIO) -> StoredObject:
        return self._write(key, iter(lambda: body.read(PIECE), b""))

    def get(self, key: str) -> Iterator[bytes]:
        self.stat(key)

        def pieces() -> Iterator[bytes]:
            """Opened with the first piece, since whoever answers a HEAD never asks for one."""
            with self._open(key) as file, speaking_plainly():
                yield from iter(lambda: file.read(PIECE), b"")

        return pieces()

    def stat(self, key: str) -> StoredObject:
        with speaking_plainly():
            status = self._path(key).stat()
        if not S_ISREG(status.st_mode):
            raise NotFound
        return StoredObject(key, status.st_size, datetime.fromtimestamp(status.st_mtime, UTC))

    def delete(self, key: str) -> None:
        with speaking_plainly():
            self._path(key).unlink(missing_ok=True)

    def list(self, prefix: str) -> Iterator[StoredObject]:
        start = self.folder / Path(prefix).parent if "/" in prefix else self.folder
        with speaking_plainly():
            paths = [path for path in start.rglob("*") if path.is_file()]
        keys = (path.relative_to(self.folder).as_posix() for path in paths)
        for key in sorted(key for key in keys if key.startswith(prefix) and not key.startswith(PARTIAL)):
            try:
                yield self.stat(key)
            except NotFound:  # deleted meanwhile
                continue

    def sweep(self, before: datetime) -> None:
        with writing():
            for path in (self.folder / PARTIAL).glob("*"):
                with suppress(FileNotFoundError):  # it is written to its end just now
                    if path.stat().st_mtime < before.timestamp():
                        path.unlink()

    def public_url(self, key: str) -> str:
        return f"{self.origin}/media/{key}"

    def presigned_get(self, key: str, expires_in: int) -> str:
        claim = self._claim("GET", key, 0, expires_in)
        query = {"expires": claim.expires, "signature": self.signer.sign(claim)}
        return f"{self.public_url(key)}?{urlencode(query)}"

    def presigned_put(self, key: str, size: int, expires_in: int) -> DirectUpload:
        claim = self._claim("PUT", key, size, expires_in)
        headers = {"Content-Type": content_type_of(key), "Content-Length": str(size)}
        url = f"{self.origin}{UPLOADS}/{key}?{urlencode(self._fields(claim))}"
        return DirectUpload("PUT", url, {}, headers, expires_in)

    def presigned_post(self, key: str, size: int, expires_in: int) -> DirectUpload:
        claim = self._claim("POST", key, size, expires_in)
        fields = {"key": key, "Content-Type": content_type_of(key), **self._fields(claim)}
        return DirectUpload("POST", f"{self.origin}{UPLOADS}", fields, {}, expires_in)

    def receive(self, claim: SignedClaim, signature: str, body: BinaryIO, content_type: str) -> StoredObject:
        self.signer.check(claim, signature, self.clock())
        if content_type != (agreed := content_type_of(claim.key)):
            raise Invalid([FieldError("/Content-Type", f"Must be {agreed}.", "invalid_choice")])
        return self._write(claim.key, exactly(claim, body))

    def get_signed(self, claim: SignedClaim, signature: str) -> Iterator[bytes]:
        self.signer.check(claim, signature, self.clock())
        return self.get(claim.key)

    def check(self) -> str:
        with writing():
            self.folder.mkdir(parents=True, exist_ok=True)
        if not os.access(self.folder, os.W_OK):
            raise Unavailable("The media folder cannot be written.", code="storage_unavailable")
        return "local folder"

    # --- the parts ---

    def _path(self, key: str) -> Path:
        if not STORAGE_KEY.fullmatch(key):
            raise NotFound
        return self.folder / key

    def _open(self, key: str) -> BinaryIO:
        with speaking_plainly():
            path = self._path(key)
            if path.is_dir():
                raise NotFound
            return path.open("rb")

    def _write(self, key: str, pieces: Iterator[bytes]) -> StoredObject:
        path = self._path(key)
        with writing():
            path.parent.mkdir(parents=True, exist_ok=True)
            (self.folder / PARTIAL).mkdir(exist_ok=True)
            descriptor, name = tempfile.mkstemp(dir=self.folder / PARTIAL)
        partial = Path(name)
        try:
            with writing(), open(descriptor, "wb") as file:
                for piece in pieces:
                    file.write(piece)
                file.flush()
                os.fsync(file.fileno())
                partial.replace(path)
                for folder in path.parents[: key.count("/") + 1]:
                    sync_folder(folder)
        finally:
            partial.unlink(missing_ok=True)
        return self.stat(key)

    def _claim(self, method: str, key: str, size: int, expires_in: int) -> SignedClaim:
        return SignedClaim(method, key, size, int(self.clock()) + expires_in)

    def _fields(self, claim: SignedClaim) -> dict[str, str]:
        return {
            "size": str(claim.size),
            "expires": str(claim.expires),
            "signature": self.signer.sign(claim),
        }


def exactly(claim: SignedClaim, body: BinaryIO) -> Iterator[bytes]:
    """The pieces of ``body``. Raises Invalid as soon as it is clear that another size was signed."""
    size = 0
    while piece := body.read(min(PIECE, claim.size + 1 - size)):
        size += len(piece)
        if size > claim.size:
            break
        yield piece
    if size != claim.size:
        raise Invalid([FieldError("/size", "The file has another size than was agreed.", "out_of_range")])


@contextmanager
def writing() -> Iterator[None]:
    """Faults of the file system in our own words; a full disk is one of them."""
    try:
        yield
    except OSError as error:
        raise Unavailable("Files cannot be stored or read right now.", code="storage_unavailable") from error


@contextmanager
def speaking_plainly() -> Iterator[None]:
    """The same, where a file that is missing is no fault."""
    try:
        with writing():
            yield
    except Unavailable as error:
        if isinstance(error.__cause__, FileNotFoundError | NotADirectoryError | IsADirectoryError):
            raise NotFound from error
        raise
