"""Card templates with their versions, what people think of them, the cards made from them, and links."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, CheckConstraint, Date, ForeignKey, Index, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.kernel.db import Base, BoundedText, JsonDocument, LongText, Timestamps, UtcDateTime, new_uuid
from webapp.kernel.text import KEY_MAX

CATEGORY_MAX = 100
NAME_MAX = 200
SLUG_MAX = 200
DESCRIPTION_MAX = 5_000
CODE_MAX = 200_000
URL_MAX = 2_048
TAG_MAX = 50
TAGS_MAX = 20
REVIEW_MAX = 5_000
NOTE_MAX = 200
TITLE_MAX = 200
MESSAGE_MAX = 5_000
SENDER_MAX = 100
HASH_MAX = 64
STANDING_MAX = 10


class Standing(StrEnum):
    """How something that a person made public stands with those who look after the place."""

    LISTED = "listed"
    """Everybody sees it; nobody has looked yet."""
    HELD = "held"
    """Nobody else sees it before somebody has looked."""
    APPROVED = "approved"
    REJECTED = "rejected"


SHOWN = (Standing.LISTED, Standing.APPROVED)
WAITING = (Standing.LISTED, Standing.HELD)


class TemplateCategory(Base):
    """A kind of template."""

    __tablename__ = "template_categories"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_uuid)
    name: Mapped[str] = mapped_column(BoundedText(CATEGORY_MAX))
    name_key: Mapped[str] = mapped_column(BoundedText(KEY_MAX), unique=True)
    slug: Mapped[str] = mapped_column(BoundedText(CATEGORY_MAX), unique=True)
    description: Mapped[str | None] = mapped_column(LongText)
    icon: Mapped[str | None] = mapped_column(BoundedText(CATEGORY_MAX))
    sort_order: Mapped[int] = mapped_column(Integer, default=0)
    is_active: Mapped[bool] = mapped_column(Boolean, default=True)
    changes: Mapped[int] = mapped_column(Integer)

    __mapper_args__: dict[str, Any] = {"version_id_col": changes}

    @property
    def tag(self) -> str:
        """The entity tag of this category's present state."""
        return f"category-{self.id.hex}-{self.changes}"


class TemplateVersion(Base):
    """One saved state of a template's code and fields. Never changed after it is written."""

    __tablename__ = "template_versions"
    __table_args__ = (UniqueConstraint("template_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    template_id: Mapped[UUID] = mapped_column(ForeignKey("templates.id", ondelete="CASCADE"))
    number: Mapped[int] = mapped_column(Integer)
    code: Mapped[str] = mapped_column(LongText)
    config: Mapped[dict[str, Any]] = mapped_column(JsonDocument)
    message: Mapped[str | None] = mapped_column(BoundedText(NOTE_MAX))
    restored_from: Mapped[int | None] = mapped_column(Integer)
    author_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Template(Timestamps, Base):
    """A template in its live ``version``; a later one is a draft.

    The counts equal the rows they count and are no part of its state.
    """

    __tablename__ = "templates"
    __table_args__ = (
        Index("ix_templates_created_at_id", "created_at", "id"),
        Index("ix_templates_created_by_created_at", "created_by", "created_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_uuid)
    name: Mapped[str] = mapped_column(BoundedText(NAME_MAX))
    slug: Mapped[str] = mapped_column(BoundedText(SLUG_MAX), unique=True)
    description: Mapped[str | None] = mapped_column(LongText)
    category_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("template_categories.id", ondelete="SET NULL"), index=True
    )
    template_code: Mapped[str] = mapped_column(LongText)
    template_config: Mapped[dict[str, Any]] = mapped_column(JsonDocument, default=dict)
    preview_image_url: Mapped[str | None] = mapped_column(BoundedText(URL_MAX))
    tags: Mapped[list[str]] = mapped_column(JsonDocument, default=list)
    is_public: Mapped[bool] = mapped_column(Boolean, default=True)
    is_featured: Mapped[bool] = mapped_column(Boolean, default=False)
    is_premium: Mapped[bool] = mapped_column(Boolean, default=False)
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    view_count: Mapped[int] = mapped_column(Integer, default=0)
    usage_count: Mapped[int] = mapped_column(Integer, default=0)
    like_count: Mapped[int] = mapped_column(Integer, default=0)
    review_count: Mapped[int] = mapped_column(Integer, default=0)
    rating_total: Mapped[int] = mapped_column(Integer, default=0)
    version: Mapped[int] = mapped_column(Integer, default=1)
    latest_version: Mapped[int] = mapped_column(Integer, default=1)
    parent_template_id: Mapped[UUID | None] = mapped_column(ForeignKey("templates.id", ondelete="SET NULL"))
    search_text: Mapped[str] = mapped_column(LongText, default="")
    standing: Mapped[str] = mapped_column(BoundedText(STANDING_MAX), default=Standing.APPROVED)
    standing_reason: Mapped[str | None] = mapped_column(LongText)
    preview_key: Mapped[str | None] = mapped_column(BoundedText(200), index=True)
    """Where the picture that was drawn of it is kept in storage; no part of its state."""
    changes: Mapped[int] = mapped_column(Integer)

    __mapper_args__: dict[str, Any] = {"version_id_col": changes}

    @property
    def is_listed(self) -> bool:
        """Whether everybody sees it."""
        return self.is_public and self.standing in SHOWN

    @property
    def has_draft(self) -> bool:
        """Whether the latest version is not the live one."""
        return self.latest_version != self.version

    @property
    def rating(self) -> float | None:
        """The mean of the reviews, 1 to 5; None without any."""
        return round(self.rating_total / self.review_count, 2) if self.review_count else None

    @property
    def tag(self) -> str:
        """The entity tag of this template's present state, without its counts."""
        return f"template-{self.id.hex}-{self.changes}"


class TemplateReview(Timestamps, Base):
    """What one person thinks of a template."""

    __tablename__ = "template_reviews"
    __table_args__ = (
        UniqueConstraint("template_id", "user_id"),
        CheckConstraint("rating >= 1 AND rating <= 5", name="rating"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_uuid)
    template_id: Mapped[UUID] = mapped_column(ForeignKey("templates.id", ondelete="CASCADE"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    rating: Mapped[int] = mapped_column(Integer)
    review_text: Mapped[str | None] = mapped_column(LongText)
    standing: Mapped[str] = mapped_column(BoundedText(STANDING_MAX), default=Standing.APPROVED)


class TemplateLike(Base):
    """That a person likes a template."""

    __tablename__ = "template_likes"
    __table_args__ = (UniqueConstraint("template_id", "user_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_uuid)
    template_id: Mapped[UUID] = mapped_column(ForeignKey("templates.id", ondelete="CASCADE"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class TemplateVisit(Base):
    """That somebody has seen a template on a day; nobody can tell who. Kept for some days."""

    __tablename__ = "template_visits"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    template_id: Mapped[UUID] = mapped_column(
        ForeignKey("templates.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    visitor: Mapped[str] = mapped_column(BoundedText(32), primary_key=True)


class TemplateViews(Base):
    """How many have seen a template on a day."""

    __tablename__ = "template_views"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    template_id: Mapped[UUID] = mapped_column(
        ForeignKey("templates.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    views: Mapped[int] = mapped_column(Integer)


class TemplateUsage(Base):
    """One card made from a template; stays when the card goes."""

    __tablename__ = "template_usage"
    __table_args__ = (Index("ix_template_usage_created_at", "created_at", "template_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_uuid)
    template_id: Mapped[UUID] = mapped_column(ForeignKey("templates.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)
    festival_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("festivals.id", ondelete="SET NULL"), index=True
    )
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Card(Timestamps, Base):
    """A card of a person's own, with what it was made of, so that it looks the same again.

    ``body`` is the template's output; ``stylesheet_hash`` names the theme's sheet at that time. Both outlive
    the template.
    """

    __tablename__ = "user_cards"
    __table_args__ = (Index("ix_user_cards_user_id_created_at", "user_id", "created_at", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_uuid)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    template_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("templates.id", ondelete="SET NULL"), index=True
    )
    template_version: Mapped[int] = mapped_column(Integer)
    festival_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("festivals.id", ondelete="SET NULL"), index=True
    )
    stylesheet_hash: Mapped[str | None] = mapped_column(ForeignKey("stylesheets.hash", ondelete="SET NULL"))
    title: Mapped[str | None] = mapped_column(BoundedText(TITLE_MAX))
    message: Mapped[str | None] = mapped_column(LongText)
    sender_name: Mapped[str | None] = mapped_column(BoundedText(SENDER_MAX))
    custom_image_url: Mapped[str | None] = mapped_column(BoundedText(URL_MAX))
    values: Mapped[dict[str, Any]] = mapped_column(JsonDocument, default=dict)
    fits: Mapped[dict[str, float]] = mapped_column(JsonDocument, default=dict)
    body: Mapped[str] = mapped_column(LongText)
    width: Mapped[int] = mapped_column(Integer)
    height: Mapped[int] = mapped_column(Integer)
    is_public: Mapped[bool] = mapped_column(Boolean, default=False)
    preview_key: Mapped[str | None] = mapped_column(BoundedText(200), index=True)
    """Where its picture is kept in storage; no part of its state."""
    changes: Mapped[int] = mapped_column(Integer)

    __mapper_args__: dict[str, Any] = {"version_id_col": changes}

    @property
    def tag(self) -> str:
        """The entity tag of this card's present state."""
        return f"card-{self.id.hex}-{self.changes}"


class CardShare(Base):
    """A link to a card. Only the SHA-256 of its token is kept, in hex."""

    __tablename__ = "card_shares"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_uuid)
    card_id: Mapped[UUID] = mapped_column(ForeignKey("user_cards.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(BoundedText(HASH_MAX), unique=True)
    password_hash: Mapped[str | None] = mapped_column(BoundedText(255))
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    max_opens: Mapped[int | None] = mapped_column(Integer)
    opens: Mapped[int] = mapped_column(Integer, default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    card: Mapped[Card] = relationship(lazy="joined", innerjoin=True)

    @property
    def has_password(self) -> bool:
        return self.password_hash is not None


class Collection(Timestamps, Base):
    """Templates that a person keeps together."""

    __tablename__ = "user_collections"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_uuid)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(BoundedText(NAME_MAX))
    description: Mapped[str | None] = mapped_column(LongText)
    is_public: Mapped[bool] = mapped_column(Boolean, default=False)
    changes: Mapped[int] = mapped_column(Integer)

    __mapper_args__: dict[str, Any] = {"version_id_col": changes}

    @property
    def tag(self) -> str:
        """The entity tag of this collection's present state, without its templates."""
        return f"collection-{self.id.hex}-{self.changes}"


class CollectionItem(Base):
    """A template in a collection."""

    __tablename__ = "collection_items"
    __table_args__ = (UniqueConstraint("collection_id", "template_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_uuid)
    collection_id: Mapped[UUID] = mapped_column(ForeignKey("user_collections.id", ondelete="CASCADE"))
    template_id: Mapped[UUID] = mapped_column(ForeignKey("templates.id", ondelete="CASCADE"), index=True)
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
