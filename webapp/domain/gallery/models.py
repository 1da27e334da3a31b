"""What the gallery keeps beside its entries: counters, a row for each edition by which lists are made,
favourites, and views by day."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Boolean, Date, ForeignKey, Index, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from webapp.domain.content.content_types import LINE_MAX
from webapp.domain.content.models import SortText
from webapp.kernel.db import Base, BoundedText, UtcDateTime

FACETS = (
    *("category", "style", "colour", "fabric", "occasion", "season"),
    *("designer_name", "collection_name"),
)
"""The columns that lists are filtered and counted by."""
VISITOR_MAX = 32


class Design(Base):
    """What a design has whatever its revision. The counters are no part of its state; ``like_count`` equals
    its favourites. ``position`` is higher the further in front it stands among the featured; 0: unarranged.
    """

    __tablename__ = "designs"

    id: Mapped[int] = mapped_column(
        ForeignKey("content_entries.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    view_count: Mapped[int] = mapped_column(Integer, default=0)
    like_count: Mapped[int] = mapped_column(Integer, default=0)
    position: Mapped[int] = mapped_column(Integer, default=0)


class DesignEdition(Base):
    """An edition of a design as lists need it: folded words to filter by, its times, and its numbers once
    more. ``rank`` is 0 for what is not featured, and else at least 1."""

    __tablename__ = "design_editions"
    __table_args__ = (
        *(
            Index(f"ix_design_editions_{name}", name, "is_latest", "live_from", "live_until", "edition_id")
            for name in FACETS
        ),
        Index("ix_design_editions_design_id", "design_id", "live_from", "live_until", "is_latest"),
        Index("ix_design_editions_headline", "headline", "design_id"),
        Index("ix_design_editions_rank", "rank", "design_id"),
        Index("ix_design_editions_view_count", "view_count", "design_id"),
        Index("ix_design_editions_like_count", "like_count", "design_id"),
        Index("ix_design_editions_media_id", "media_id"),
    )

    edition_id: Mapped[int] = mapped_column(
        ForeignKey("content_editions.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    design_id: Mapped[int] = mapped_column(ForeignKey("designs.id", ondelete="CASCADE"))
    is_latest: Mapped[bool] = mapped_column(Boolean)
    live_from: Mapped[datetime | None] = mapped_column(UtcDateTime)
    live_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    is_archived: Mapped[bool] = mapped_column(Boolean)
    headline: Mapped[str] = mapped_column(SortText)
    media_id: Mapped[UUID | None] = mapped_column(ForeignKey("media.id", ondelete="SET NULL"))
    category: Mapped[str] = mapped_column(BoundedText(LINE_MAX))
    style: Mapped[str | None] = mapped_column(BoundedText(LINE_MAX))
    colour: Mapped[str | None] = mapped_column(BoundedText(LINE_MAX))
    fabric: Mapped[str | None] = mapped_column(BoundedText(LINE_MAX))
    occasion: Mapped[str | None] = mapped_column(BoundedText(LINE_MAX))
    season: Mapped[str | None] = mapped_column(BoundedText(LINE_MAX))
    designer_name: Mapped[str | None] = mapped_column(BoundedText(LINE_MAX))
    collection_name: Mapped[str | None] = mapped_column(BoundedText(LINE_MAX))
    rank: Mapped[int] = mapped_column(Integer)
    view_count: Mapped[int] = mapped_column(Integer)
    like_count: Mapped[int] = mapped_column(Integer)


class Favorite(Base):
    """That a person keeps a design in mind."""

    __tablename__ = "user_favorites"
    __table_args__ = (
        UniqueConstraint("user_id", "design_id"),
        Index("ix_user_favorites_design_id", "design_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    design_id: Mapped[int] = mapped_column(ForeignKey("designs.id", ondelete="CASCADE"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class DesignVisit(Base):
    """That somebody has seen a design on a day: a keyed hash, kept while the day may still be counted."""

    __tablename__ = "design_visits"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    design_id: Mapped[int] = mapped_column(ForeignKey("designs.id", ondelete="CASCADE"), primary_key=True)
    visitor: Mapped[str] = mapped_column(BoundedText(VISITOR_MAX), primary_key=True)


class DesignViews(Base):
    """How many have seen a design on a day (UTC)."""

    __tablename__ = "design_views"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    design_id: Mapped[int] = mapped_column(
        ForeignKey("designs.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    views: Mapped[int] = mapped_column(Integer)
