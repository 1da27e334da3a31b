"""A unit of work: what a command or a query is given by the face that calls it."""

from __future__ import annotations

from collections.abc import Callable, Container
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import partial
from uuid import UUID

from sqlalchemy.orm import Session

from webapp.kernel.cache_groups import CacheGroup
from webapp.kernel.errors import Denied, Stale, Unauthenticated


class Role(StrEnum):
    """What an approved person may do: editors keep content and look, admins everything."""

    MEMBER = "member"
    EDITOR = "editor"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who is asking, as far as permissions need to know. ``id`` is None for an anonymous visitor."""

    id: UUID | None = None
    role: Role | None = None
    """The role of an approved, active person; None for everyone else."""
    seen_by: UUID | None = None
    """The admin who looks with this person's eyes and may change nothing; None for the person."""

    @property
    def is_approved(self) -> bool:
        return self.role is not None

    @property
    def is_editor(self) -> bool:
        return self.role in (Role.EDITOR, Role.ADMIN)

    @property
    def is_admin(self) -> bool:
        return self.role is Role.ADMIN


LOOKING_ONLY = "You look at the console as somebody else. Stop that first to change something."
ANONYMOUS = Actor()
SYSTEM = Actor(role=Role.ADMIN)
"""The command line and the first start, which act for the person who owns the machine."""


def _nobody(job_id: UUID, time_limit: int) -> None:
    """Where nobody can be told, a worker finds the job when it looks."""


def _nowhere(*groups: CacheGroup) -> None:
    """Where nothing is kept ready, nothing is forgotten."""


@dataclass(slots=True)
class Work:
    """One unit of work: a database session, who asks, and when.

    Commands flush and never commit. What must happen only if the work is kept (mail, cache purges)
    is handed to :meth:`after_commit`; whoever commits runs it.
    """

    session: Session
    actor: Actor
    now: datetime
    request_id: str | None = None
    """The request or job that all log lines of this work carry."""
    address: str | None = None
    """The IP address that the request came from."""
    user_agent: str | None = None
    """What the client calls itself."""
    wake: Callable[[UUID, int], None] = _nobody
    """Tells a worker of a job, by its id and its time limit in seconds; to be called after the commit."""
    drop: Callable[..., None] = _nowhere
    """Forgets cache groups; to be called after the commit."""
    _hooks: list[Callable[[], None]] = field(default_factory=list)
    _outdated: set[CacheGroup] = field(default_factory=set)

    def after_commit(self, hook: Callable[[], None]) -> None:
        """Run ``hook`` once the work is committed; it is dropped if the work is rolled back."""
        self._hooks.append(hook)

    def outdate(self, *groups: CacheGroup) -> None:
        """Have what the cache keeps of ``groups`` forgotten once the work is committed."""
        if new := set(groups) - self._outdated:
            self._outdated |= new
            self.after_commit(partial(self.drop, *new))

    def take_hooks(self) -> list[Callable[[], None]]:
        """Hand over and forget the hooks; for the one who commits."""
        hooks, self._hooks = self._hooks, []
        self._outdated = set()
        return hooks


def require(actor: Actor, allowed: bool) -> None:
    """Raise Unauthenticated for a visitor, Denied for a person, unless ``allowed``."""
    if allowed:
        return
    if actor.id is None:
        raise Unauthenticated("Not authenticated")
    raise Denied("The user doesn't have enough privileges")


def check_unchanged(tag: str, expected: Container[str] | None) -> None:
    """Raise Stale unless ``tag`` is among the tags the writer has seen; None means any state will do."""
    if expected is not None and tag not in expected:
        raise Stale
