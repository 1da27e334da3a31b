"""Entries of every content type, their revisions, what is shown of them, tags, and people's own items."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    Boolean,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.domain.content.content_types import KEY_MAX, KIND_MAX, TAG_MAX
from webapp.domain.content.lifecycle import Standing, Status
from webapp.kernel.db import Base, BoundedText, LongText, Timestamps, UtcDateTime, new_uuid
from webapp.kernel.text import KEY_MAX as FOLDED_MAX

MESSAGE_MAX = 200
ZONE_MAX = 64
LABEL_MAX = 100
ITEM_TITLE_MAX = 255
ITEM_DESCRIPTION_MAX = 255

SEARCH_PREFIX = "content_search"
"""Names of what only one database has for searching; migrations make it, and no model describes it."""

SortText = String(FOLDED_MAX).with_variant(String(FOLDED_MAX, collation="C"), "postgresql")
"""Folded text that both databases sort by code point."""


def index_of_few(name: str, first: str, *others: str) -> Index:
    """An index of the few rows whose ``first`` column is set, so that the others are written faster."""
    is_set = text(f"{first} IS NOT NULL")
    return Index(name, first, *others, sqlite_where=is_set, postgresql_where=is_set)


class Entry(Timestamps, Base):
    """One data item, project or experience: its identity and where it stands.

    ``key`` is the id that a client chose, unique among the entries of a type that are not in the trash.
    Ids are never given again: entity tags are made of them.
    """

    __tablename__ = "content_entries"
    __table_args__ = (
        Index(
            "uq_content_entries_type_key",
            "type",
            "key",
            unique=True,
            sqlite_where=text("deleted_at IS NULL"),
            postgresql_where=text("deleted_at IS NULL"),
        ),
        index_of_few("ix_content_entries_deleted_at", "deleted_at", "id"),
        index_of_few("ix_content_entries_publish_at", "publish_at"),
        index_of_few("ix_content_entries_unpublish_at", "unpublish_at"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    type: Mapped[str] = mapped_column(BoundedText(20))
    key: Mapped[str | None] = mapped_column(BoundedText(KEY_MAX))
    latest_number: Mapped[int] = mapped_column(Integer)
    live_number: Mapped[int | None] = mapped_column(Integer)
    live_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    scheduled_number: Mapped[int | None] = mapped_column(Integer)
    publish_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    unpublish_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    time_zone: Mapped[str | None] = mapped_column(BoundedText(ZONE_MAX))
    """The IANA zone in which a person set the times, to show them as they were meant."""
    deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    deleted_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    version: Mapped[int] = mapped_column(Integer)

    __mapper_args__ = {"version_id_col": version}

    @property
    def standing(self) -> Standing:
        """Which revisions count, as last written; ``settled`` tells how that is by now."""
        return Standing.of(self)

    @standing.setter
    def standing(self, standing: Standing) -> None:
        for name, value in standing.columns.items():
            setattr(self, name, value)
        if standing.publish_at is None and standing.unpublish_at is None:
            self.time_zone = None

    def status(self, now: datetime) -> Status:
        return self.standing.status(now)


class ContentRevision(Base):
    """One saved state of an entry. Never changed after it is written."""

    __tablename__ = "content_revisions"
    __table_args__ = (UniqueConstraint("entry_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("content_entries.id", ondelete="CASCADE"))
    number: Mapped[int] = mapped_column(Integer)
    document: Mapped[dict[str, Any]] = mapped_column(JSON)
    """The fields of the entry's type, as JSON text, so that it stays as it was sent."""
    tags: Mapped[list[str]] = mapped_column(JSON)
    message: Mapped[str | None] = mapped_column(BoundedText(MESSAGE_MAX))
    restored_from: Mapped[int | None] = mapped_column(Integer)
    author_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Edition(Base):
    """A revision that somebody may read now or at a known time, with what lists and searches need of it.

    Most entries have one edition; a draft beside a published state is a second one. In the trash an
    entry's editions are neither the latest nor live.
    """

    __tablename__ = "content_editions"
    __table_args__ = (
        UniqueConstraint("entry_id", "number"),
        ForeignKeyConstraint(
            ["entry_id", "number"],
            ["content_revisions.entry_id", "content_revisions.number"],
            name="fk_content_editions_revision",
            ondelete="CASCADE",
        ),
        Index("ix_content_editions_created", "type", "entry_id", "live_from", "live_until", "is_latest"),
        Index("ix_content_editions_updated", "type", "updated_at", "entry_id"),
        Index("ix_content_editions_headline", "type", "headline", "entry_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(Integer)
    number: Mapped[int] = mapped_column(Integer)
    type: Mapped[str] = mapped_column(BoundedText(20))
    is_latest: Mapped[bool] = mapped_column(Boolean)
    live_from: Mapped[datetime | None] = mapped_column(UtcDateTime)
    live_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    headline: Mapped[str] = mapped_column(SortText)
    """What the entry is known by, folded, for sorting."""
    search_text: Mapped[str] = mapped_column(LongText)
    """Headline and description, folded, in which phrases are found."""
    search_words: Mapped[str] = mapped_column(Text().with_variant(TSVECTOR(), "postgresql"))
    """The words of ``search_text``, divided by spaces, as both full-text indexes take them."""


OF_EDITION = (ContentRevision.entry_id == Edition.entry_id) & (ContentRevision.number == Edition.number)
"""Joins an edition with the revision that it shows."""


class Tag(Timestamps, Base):
    """A word that entries are grouped by; spellings that differ by case or form are one tag."""

    __tablename__ = "tags"
    __table_args__ = {"sqlite_autoincrement": True}

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(BoundedText(TAG_MAX))
    name_key: Mapped[str] = mapped_column(SortText, unique=True)
    version: Mapped[int] = mapped_column(Integer)

    __mapper_args__ = {"version_id_col": version}

    @property
    def tag(self) -> str:
        """The entity tag of its present state."""
        return f"tag-{self.id}-{self.version}"


class EditionTag(Base):
    """A tag of an edition, in the order in which they were sent."""

    __tablename__ = "content_edition_tags"
    __table_args__ = (Index("ix_content_edition_tags_tag", "tag_id", "entry_id", "edition_id"),)

    edition_id: Mapped[int] = mapped_column(
        ForeignKey("content_editions.id", ondelete="CASCADE"), primary_key=True
    )
    tag_id: Mapped[int] = mapped_column(ForeignKey("tags.id", ondelete="CASCADE"), primary_key=True)
    entry_id: Mapped[int] = mapped_column(Integer)
    position: Mapped[int] = mapped_column(Integer)

    tag: Mapped[Tag] = relationship(lazy="raise")


class Kind(Timestamps, Base):
    """A shape that the content of data items may have. ``name`` stands in documents and never changes."""

    __tablename__ = "content_kinds"

    name: Mapped[str] = mapped_column(BoundedText(KIND_MAX), primary_key=True)
    label: Mapped[str] = mapped_column(BoundedText(LABEL_MAX))
    schema: Mapped[dict[str, Any]] = mapped_column(JSON)
    """A JSON Schema (draft 2020-12) of an object."""
    version: Mapped[int] = mapped_column(Integer)

    __mapper_args__ = {"version_id_col": version}

    @property
    def tag(self) -> str:
        """The entity tag of its present state."""
        return f"kind-{self.name}-{self.version}"


class Item(Timestamps, Base):
    """A small thing of a person's own, in its latest state; in the trash where it has ``deleted_at``."""

    __tablename__ = "items"
    __table_args__ = (
        Index("ix_items_owner_id", "owner_id", "created_at", "id"),
        Index("ix_items_created_at", "created_at", "id"),
        Index("ix_items_title_key", "title_key", "id"),
        index_of_few("ix_items_deleted_at", "deleted_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_uuid)
    owner_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    title: Mapped[str] = mapped_column(BoundedText(ITEM_TITLE_MAX))
    title_key: Mapped[str] = mapped_column(SortText)
    """The title, folded, for sorting and searching."""
    description: Mapped[str | None] = mapped_column(BoundedText(ITEM_DESCRIPTION_MAX))
    revision: Mapped[int] = mapped_column(Integer, default=1)
    """The number of its latest revision."""
    deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(Integer)

    __mapper_args__ = {"version_id_col": version}

    @property
    def tag(self) -> str:
        """The entity tag of its present state."""
        return f"item-{self.id.hex}-{self.version}"


class ItemRevision(Base):
    """One saved state of an item. Never changed after it is written."""

    __tablename__ = "item_revisions"

    item_id: Mapped[UUID] = mapped_column(ForeignKey("items.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    title: Mapped[str] = mapped_column(BoundedText(ITEM_TITLE_MAX))
    description: Mapped[str | None] = mapped_column(BoundedText(ITEM_DESCRIPTION_MAX))
    message: Mapped[str | None] = mapped_column(BoundedText(MESSAGE_MAX))
    restored_from: Mapped[int | None] = mapped_column(Integer)
    author_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    @property
    def document(self) -> dict[str, Any]:
        """What the item held."""
        return {"title": self.title, "description": self.description}
