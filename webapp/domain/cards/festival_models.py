"""Festivals, on which days they are, and their images."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, Date, ForeignKey, Index, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, query_expression, relationship

from webapp.kernel.db import Base, BoundedText, JsonDocument, LongText, Timestamps, UtcDateTime, new_uuid

NAME_MAX = 200
SLUG_MAX = 200
DESCRIPTION_MAX = 5_000
WORD_MAX = 100
MESSAGE_MAX = 2_000
URL_MAX = 2_048
ALT_TEXT_MAX = 255
COLORS_MAX = 8
LANGUAGES_MAX = 40


class FestivalDate(Base):
    """When a festival is in one year. What a person entered is never replaced by the calendar."""

    __tablename__ = "festival_dates"
    __table_args__ = (
        UniqueConstraint("festival_id", "year"),
        Index("ix_festival_dates_date_end", "date_end", "festival_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    festival_id: Mapped[UUID] = mapped_column(ForeignKey("festivals.id", ondelete="CASCADE"))
    year: Mapped[int] = mapped_column(Integer)
    date_start: Mapped[date] = mapped_column(Date)
    date_end: Mapped[date] = mapped_column(Date)
    is_estimated: Mapped[bool] = mapped_column(Boolean, default=False)
    is_manual: Mapped[bool] = mapped_column(Boolean, default=False)


class FestivalImage(Base):
    """An image of a festival. One is the primary one, if there is any."""

    __tablename__ = "festival_images"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_uuid)
    festival_id: Mapped[UUID] = mapped_column(ForeignKey("festivals.id", ondelete="CASCADE"), index=True)
    image_url: Mapped[str] = mapped_column(BoundedText(URL_MAX))
    alt_text: Mapped[str | None] = mapped_column(BoundedText(ALT_TEXT_MAX))
    is_primary: Mapped[bool] = mapped_column(Boolean, default=False)
    sort_order: Mapped[int] = mapped_column(Integer, default=0)
    uploaded_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Festival(Timestamps, Base):
    """A festival. ``calendar`` and ``calendar_name`` say where its dates are found: a country's code and the
    holiday's name there."""

    __tablename__ = "festivals"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_uuid)
    name: Mapped[str] = mapped_column(BoundedText(NAME_MAX))
    slug: Mapped[str] = mapped_column(BoundedText(SLUG_MAX), unique=True)
    description: Mapped[str | None] = mapped_column(LongText)
    category: Mapped[str | None] = mapped_column(BoundedText(WORD_MAX))
    country: Mapped[str | None] = mapped_column(BoundedText(WORD_MAX))
    is_active: Mapped[bool] = mapped_column(Boolean, default=True)
    default_message: Mapped[str | None] = mapped_column(LongText)
    messages: Mapped[dict[str, str]] = mapped_column(JsonDocument, default=dict)
    """The default message in other languages, by language tag (BCP 47)."""
    colors: Mapped[list[str]] = mapped_column(JsonDocument, default=list)
    calendar: Mapped[str | None] = mapped_column(BoundedText(2))
    calendar_name: Mapped[str | None] = mapped_column(BoundedText(NAME_MAX))
    search_text: Mapped[str] = mapped_column(LongText, default="")
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    changes: Mapped[int] = mapped_column(Integer)

    dates: Mapped[list[FestivalDate]] = relationship(
        order_by=FestivalDate.year, cascade="all, delete-orphan", passive_deletes=True, lazy="selectin"
    )
    images: Mapped[list[FestivalImage]] = relationship(
        order_by=(FestivalImage.sort_order, FestivalImage.id),
        cascade="all, delete-orphan",
        passive_deletes=True,
        lazy="selectin",
    )
    next_start: Mapped[date | None] = query_expression()
    """The first day of the next time, in lists that are ordered by it."""

    __mapper_args__: dict[str, Any] = {"version_id_col": changes}

    def next_date(self, today: date) -> FestivalDate | None:
        """The present or next time it is, as far as that is known."""
        return next((each for each in self.dates if each.date_end >= today), None)

    def message_in(self, language: str | None) -> str | None:
        """What a card says whose maker wrote nothing, in a language (BCP 47) or else the default one."""
        wanted = (language or "").casefold()
        found = {name.casefold(): text for name, text in self.messages.items()}
        return found.get(wanted) or found.get(wanted.partition("-")[0]) or self.default_message

    @property
    def tag(self) -> str:
        """The entity tag of this festival's present state."""
        return f"festival-{self.id.hex}-{self.changes}"
