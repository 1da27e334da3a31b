"""What Rangoli needs of things outside, one small Protocol each; ``webapp/adapters`` implements them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

from webapp.kernel.cache_groups import CacheGroup
from webapp.ports.images import Images as Images
from webapp.ports.images import Picture as Picture
from webapp.ports.images import VariantFiles as VariantFiles
from webapp.ports.images import VariantRequest as VariantRequest
from webapp.ports.oauth import AuthorizationRequest as AuthorizationRequest
from webapp.ports.oauth import Identity as Identity
from webapp.ports.oauth import IdentityProvider as IdentityProvider
from webapp.ports.oauth import IdentityRefused as IdentityRefused
from webapp.ports.scanner import Scanner as Scanner
from webapp.ports.storage import STORAGE_KEY as STORAGE_KEY
from webapp.ports.storage import DirectUpload as DirectUpload
from webapp.ports.storage import SignedClaim as SignedClaim
from webapp.ports.storage import Storage as Storage
from webapp.ports.storage import StoredObject as StoredObject
from webapp.ports.storage import content_type_of as content_type_of
from webapp.ports.storage import is_public_key as is_public_key
from webapp.ports.webhooks import WebhookSender as WebhookSender


class ChangeCounter(Protocol):
    """Tells, cheaply and for each request, whether answers that were kept still hold."""

    def __call__(self) -> int:
        """A number that differs from the one before when they may be others, whichever process wrote.

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

    def clear(self) -> None:
        """Forget everything in every process. Never raises."""
        ...

    def check(self) -> str:
        """Where answers are kept, in words. Raises Unavailable when that is out of reach."""
        ...


class TaskQueue(Protocol):
    """Wakes a worker for a job. Only a wake-up: the jobs table is the truth, and is looked through anyway."""

    def wake(self, job_id: UUID, time_limit: int) -> None:
        """Tell a worker of a job that may run for ``time_limit`` seconds. Never raises, never waits long."""
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
    frontend_origins: tuple[str, ...] = ()
    """The origins that a browser may be sent back to after a sign-in elsewhere, beside this one."""
    app_redirects: tuple[str, ...] = ()
    """Addresses of apps that it may be sent back to. On loopback, in both, any port will do."""


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

    Every method raises Unavailable (``renderer_unavailable``) without a browser and (``renderer_busy``)
    where others had to be drawn for too long, and Invalid (``unrenderable``) for a page that takes too
    long or crashes.
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
    images: Images
    variant_files: VariantFiles
    webhooks: WebhookSender
    scanner: Scanner | None = None
    """None where files are not scanned."""
    identity_providers: Mapping[str, IdentityProvider] = field(default_factory=dict)
    """Those that this installation is registered with, by their names in addresses."""
