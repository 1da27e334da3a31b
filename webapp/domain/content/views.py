"""An entry as one reader is shown it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from webapp.domain.content.content_types import ContentType
from webapp.domain.content.lifecycle import Status


@dataclass(frozen=True, slots=True)
class TagName:
    """A tag of an entry."""

    id: int
    name: str


@dataclass(slots=True)
class EntryView:
    """One revision of an entry, with its tags and what a reader may know around it.

    ``key`` is the id that clients use: a number for data items, their own text elsewhere.
    """

    type: ContentType
    entry_id: int
    key: int | str
    revision: int
    document: Mapping[str, Any]
    created_at: datetime
    updated_at: datetime
    published_at: datetime | None
    version: int
    tags: list[TagName] = field(default_factory=list)
    status: Status = Status.PUBLISHED
    publish_at: datetime | None = None
    unpublish_at: datetime | None = None
    time_zone: str | None = None
    missing_projects: list[str] = field(default_factory=list)

    @property
    def tag(self) -> str:
        """The entity tag of this state; see :func:`entry_tag`."""
        return entry_tag(self.type, self.entry_id, self.version, self.revision)

    @property
    def headline(self) -> str:
        return self.type.headline_of(self.document)


def entry_tag(content_type: ContentType, entry_id: int, version: int, revision: int) -> str:
    """The entity tag of one revision of an entry at one version: a schedule changes what is shown without
    writing, so both count."""
    return f"{content_type.name}-{entry_id}-{version}-{revision}"
