"""Where files are kept."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO, Protocol

STORAGE_KEY = re.compile(r"(?=.{1,200}\Z)[a-z0-9][a-z0-9._-]*(/[a-z0-9][a-z0-9._-]*)*")
"""The form of an object's key. Segments begin with a letter or digit, so that none leads out of a folder."""

PRIVATE_AREAS = ("incoming", "private")
"""First segments of keys that nobody may read without a signed address."""


CONTENT_TYPES = {
    "avif": "image/avif",
    "gif": "image/gif",
    "jpg": "image/jpeg",
    "pdf": "application/pdf",
    "png": "image/png",
    "webp": "image/webp",
    "zip": "application/zip",
}
"""The endings of keys and what they say of the objects."""


def content_type_of(key: str) -> str:
    """The media type of the object under ``key``."""
    return CONTENT_TYPES.get(key.rpartition(".")[2], "application/octet-stream")


def is_public_key(key: str) -> bool:
    """Whether everybody may read the object under ``key``."""
    return STORAGE_KEY.fullmatch(key) is not None and key.split("/", 1)[0] not in PRIVATE_AREAS


@dataclass(frozen=True, slots=True)
class StoredObject:
    """What storage knows of an object without reading it; ``size`` is in bytes."""

    key: str
    size: int
    modified_at: datetime


@dataclass(frozen=True, slots=True)
class DirectUpload:
    """How a client sends a file straight to storage: a PUT of the bytes, or a POST of a form.

    ``fields`` go before the file (called ``file``) in the form, ``headers`` with the PUT.
    """

    method: str
    url: str
    fields: dict[str, str]
    headers: dict[str, str]
    expires_in: int
    """Seconds."""


@dataclass(frozen=True, slots=True)
class SignedClaim:
    """What an address of our own allows: ``size`` bytes exactly, 0 for GET.

    The type of a file is that of its key's ending.
    """

    method: str
    key: str
    size: int
    expires: int
    """Seconds since 1970."""


class Storage(Protocol):
    """Objects under keys. Every method raises Unavailable (``storage_unavailable``) when out of reach."""

    def put(self, key: str, body: BinaryIO) -> StoredObject:
        """Keep the whole of ``body`` under ``key``, or nothing."""
        ...

    def get(self, key: str) -> Iterator[bytes]:
        """The object's bytes in pieces. Raises NotFound before the first one."""
        ...

    def stat(self, key: str) -> StoredObject:
        """What is known of an object. Raises NotFound."""
        ...

    def delete(self, key: str) -> None:
        """Forget an object; one that is not there is no error."""
        ...

    def list(self, prefix: str) -> Iterator[StoredObject]:
        """The objects whose keys begin with ``prefix``, in the order of their keys."""
        ...

    def sweep(self, before: datetime) -> None:
        """Remove what was left before then by writing that broke off, if storage keeps such."""
        ...

    def public_url(self, key: str) -> str:
        """The lasting address of a public object."""
        ...

    def presigned_get(self, key: str, expires_in: int) -> str:
        """An address that shows an object for ``expires_in`` seconds."""
        ...

    def presigned_put(self, key: str, size: int, expires_in: int) -> DirectUpload:
        """An upload of exactly ``size`` bytes of the key's type to one key."""
        ...

    def presigned_post(self, key: str, size: int, expires_in: int) -> DirectUpload:
        """An upload by form of exactly ``size`` bytes of the key's type to one key."""
        ...

    def receive(self, claim: SignedClaim, signature: str, body: BinaryIO, content_type: str) -> StoredObject:
        """Keep what a client sends to an address of our own. Raises Invalid unless all is as was signed,
        NotFound where storage has other addresses."""
        ...

    def get_signed(self, claim: SignedClaim, signature: str) -> Iterator[bytes]:
        """What an address of our own shows. Raises Invalid, NotFound."""
        ...

    def check(self) -> str:
        """Make sure that storage answers; a few words on what it is."""
        ...
