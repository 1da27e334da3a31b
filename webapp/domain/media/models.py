"""The table of images."""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID

from sqlalchemy import Float, ForeignKey, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.kernel.db import Base, BoundedText, JsonDocument, LongText, Timestamps, new_uuid

KEY_MAX = 200
NAME_MAX = 255
ALT_TEXT_MAX = 500
TYPE_MAX = 40
TAG_MAX = 64
TAGS_MAX = 20


class MediaState(StrEnum):
    """An image is ``pending`` while its file is on the way, and is forgotten when it does not come."""

    PENDING = "pending"
    READY = "ready"


class MediaColor(Base):
    """One of an image's commonest colours, as a point in OKLab in thousandths; ``cell`` is its cube."""

    __tablename__ = "media_colors"
    __table_args__ = (Index("ix_media_colors_cell", "cell", "media_id"),)

    media_id: Mapped[UUID] = mapped_column(ForeignKey("media.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(Integer, primary_key=True)
    cell: Mapped[int] = mapped_column(Integer)
    lightness: Mapped[int] = mapped_column(Integer)
    a: Mapped[int] = mapped_column(Integer)
    b: Mapped[int] = mapped_column(Integer)


class Media(Timestamps, Base):
    """One image. Sizes are in bytes and pixels; those of a pending one are what was announced, or 0."""

    __tablename__ = "media"
    __table_args__ = (
        Index("ix_media_owner_id_content_hash", "owner_id", "content_hash"),
        Index("ix_media_state_created_at", "state", "created_at", "id"),
        Index("ix_media_category_state", "category", "state", "created_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_uuid)
    object_key: Mapped[str] = mapped_column(BoundedText(KEY_MAX), unique=True)
    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    category: Mapped[str] = mapped_column(BoundedText(20))
    state: Mapped[str] = mapped_column(BoundedText(10), default=MediaState.PENDING)
    filename: Mapped[str] = mapped_column(BoundedText(NAME_MAX), default="")
    """What the person called it; shown and searched, never part of an address."""
    alt_text: Mapped[str] = mapped_column(BoundedText(ALT_TEXT_MAX), default="")
    source_type: Mapped[str] = mapped_column(BoundedText(TYPE_MAX))
    """The media type of what was sent; that of the file is its key's."""
    content_hash: Mapped[str | None] = mapped_column(BoundedText(64))
    """SHA-256 of what was sent, in hex, by which duplicates are found."""
    size: Mapped[int] = mapped_column(Integer)
    width: Mapped[int] = mapped_column(Integer, default=0)
    height: Mapped[int] = mapped_column(Integer, default=0)
    placeholder: Mapped[str] = mapped_column(LongText, default="")
    colors: Mapped[list[str]] = mapped_column(JsonDocument, default=list)
    color_points: Mapped[list[MediaColor]] = relationship(
        cascade="all, delete-orphan", passive_deletes=True, order_by="MediaColor.position"
    )
    """``colors`` once more, as they are searched for."""
    tags: Mapped[list[str]] = mapped_column(JsonDocument, default=list)
    """Folded words, in order."""
    focal_x: Mapped[float] = mapped_column(Float, default=0.5)
    focal_y: Mapped[float] = mapped_column(Float, default=0.5)
    """The point that crops keep in view, in shares of the sides."""
    version: Mapped[int] = mapped_column(Integer)

    __mapper_args__ = {"version_id_col": version}

    @property
    def is_ready(self) -> bool:
        return self.state == MediaState.READY

    @property
    def tag(self) -> str:
        """The entity tag of its present state."""
        return f"media-{self.id.hex}-{self.version}"
