"""What Rangoli needs of things outside, one small Protocol each; ``webapp/adapters`` implements them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any, BinaryIO, Protocol
from uuid import UUID

from webapp.kernel.cache_groups import CacheGroup


class ChangeCounter(Protocol):
    """Tells, cheaply and for each request, whether stylesheets have changed in any process."""

    def __call__(self) -> int:
        """A number that differs from the one before when a stylesheet URL may answer differently.

        Raises Unavailable when the database cannot be asked.
        """
        ...


class Cache(Protocol):
    """Answers kept ready for a while, in groups that are dropped together. Losing one costs time only."""

    def fetch(self, group: CacheGroup, member: str, make: Callable[[], bytes]) -> bytes:
        """What is kept under ``member`` of ``group``, or else what ``make`` answers, which is then kept for
        the group's lifetime, unless the group was dropped meanwhile."""
        ...

    def drop(self, *groups: CacheGroup) -> None:
        """Forget these groups in every process; to be called after the commit. Never raises."""
        ...

    def check(self) -> str:
        """Where answers are kept, in words. Raises Unavailable when that is out of reach."""
        ...


class TaskQueue(Protocol):
    """Wakes a worker for a job. Only a wake-up: the jobs table is the truth, and is looked through anyway."""

    def wake(self, job_id: UUID, time_limit: int) -> None:
        """Tell a worker of a job that may run for ``time_limit`` seconds. Never raises, never waits long."""
        ...


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
    """What an address of our own allows: ``size`` bytes exactly for PUT, at most for POST, 0 for GET.

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
        """An upload by form of 1 to ``size`` bytes of the key's type to one key."""
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


class MailRefused(Exception):
    """The mail server will not take this mail, now or later; the text says why."""


class Mailer(Protocol):
    """Hands mails over to be delivered."""

    @property
    def reaches_people(self) -> bool:
        """Whether a person can be asked to follow a link in a mail."""
        ...

    def deliver(self, mail_id: UUID, message: EmailMessage) -> None:
        """Hand ``message`` over; the same mail again is one mail for whoever receives it.

        Raises MailRefused when it never will be taken, Unavailable when trying again may help.
        """
        ...

    def read(self, mail_id: UUID) -> bytes | None:
        """The message as it was handed over, where it is kept."""
        ...

    def forget(self, mail_ids: Iterable[UUID]) -> None:
        """Delete what is kept of these mails."""
        ...

    def check(self) -> str:
        """Where mails go, in words; may take seconds. Raises Unavailable when that is out of reach."""
        ...


@dataclass(frozen=True, slots=True)
class MailLook:
    """The colours of mails, as ``#rrggbb``, in light and dark, by the names of a theme's variables.

    Each has ``background``, ``surface``, ``text``, ``text-muted``, ``line``, ``primary``, ``on-primary``
    and ``primary-text``. ``radius`` is a CSS length, ``font_family`` a CSS font list.
    """

    light: Mapping[str, str]
    dark: Mapping[str, str]
    radius: str
    font_family: str


@dataclass(frozen=True, slots=True)
class RenderedMail:
    """A mail as people read it: ``subject`` is one line, ``html`` and ``text`` say the same."""

    subject: str
    html: str
    text: str


class MailRenderer(Protocol):
    """Writes mails from templates."""

    @property
    def languages(self) -> Mapping[str, str]:
        """The name of each language that there are templates in, by its code (RFC 5646)."""
        ...

    def render(self, kind: str, language: str, values: Mapping[str, Any], look: MailLook) -> RenderedMail:
        """The mail of ``kind`` with ``values``, which are taken as text wherever they come from.

        An unknown ``language`` falls back to its main language, and then to English.
        """
        ...


@dataclass(frozen=True, slots=True)
class Site:
    """Where people find this installation, from its settings and never from a request, and its secret."""

    origin: str
    frontend_origin: str | None
    sender: str
    """The address that mails come from, with a name or without."""
    reply_to: str | None
    secret: bytes = field(repr=False)
    content_origin: str | None = None
    """Where pages that people wrote are shown, so that their scripts reach nothing of ours."""


@dataclass(frozen=True, slots=True)
class BackupFolders:
    """Where backups are kept, and the media that go into them; None where an object store has those."""

    backups: Path
    media: Path | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page to be drawn: its HTML, and what it may load by relative address as (media type, bytes).

    ``width`` and ``height`` are the window in CSS pixels; each becomes ``scale`` pixels of a picture.
    """

    html: str
    width: int
    height: int
    scale: float = 1.0
    is_dark: bool = False
    assets: Mapping[str, tuple[str, bytes]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Measurement:
    """What a page turned out to be.

    ``fits`` are font sizes in CSS pixels, by field, for text that had to shrink.
    """

    fits: Mapping[str, float]
    overflows: tuple[str, ...]
    broken_images: int
    missing_characters: str


class Renderer(Protocol):
    """Draws pages that people wrote. Scripts are off, and nothing but the sheet itself can be reached.

    Every method raises Unavailable (``renderer_unavailable``) without a browser, and Invalid
    (``unrenderable``) for a page that takes too long or crashes.
    """

    def measure(self, sheet: Sheet) -> Measurement:
        """Lay a page out and say what does not fit."""
        ...

    def picture(self, sheet: Sheet, size: tuple[int, int], form: str, quality: int) -> bytes:
        """The page as ``png``, ``jpeg``, ``webp`` or ``avif`` of ``size`` pixels, cut at its edges."""
        ...

    def document(self, sheet: Sheet, paper: tuple[float, float]) -> bytes:
        """The page as one sheet of PDF of ``paper`` millimetres, its window filling the width."""
        ...

    def check(self) -> str:
        """Make sure that there is a browser; a few words on what it is."""
        ...


@dataclass(frozen=True, slots=True)
class Ports:
    """The things outside, as this installation has them."""

    task_queue: TaskQueue
    cache: Cache
    storage: Storage
    backups: BackupFolders
    mailer: Mailer
    mail_renderer: MailRenderer
    site: Site
    renderer: Renderer
