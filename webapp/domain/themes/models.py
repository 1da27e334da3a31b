"""Themes, their immutable revisions, the stylesheets compiled from them, and which theme is active."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Integer, LargeBinary, UniqueConstraint, and_, select
from sqlalchemy.orm import (
    Mapped,
    column_property,
    foreign,
    mapped_column,
    relationship,
)

from webapp.kernel.db import Base, BoundedText, JsonDocument, LongText, Timestamps, UtcDateTime
from webapp.kernel.text import KEY_MAX

NAME_MAX = 100
SLUG_MAX = 64
MESSAGE_MAX = 200
HASH_MAX = 64


class Stylesheet(Base):
    """A compiled sheet under the hash of its text, kept for ever so that no hashed URL dies."""

    __tablename__ = "stylesheets"

    hash: Mapped[str] = mapped_column(BoundedText(HASH_MAX), primary_key=True)
    css: Mapped[str] = mapped_column(LongText)
    integrity: Mapped[str] = mapped_column(BoundedText(80))
    br: Mapped[bytes] = mapped_column(LargeBinary)
    zstd: Mapped[bytes] = mapped_column(LargeBinary)
    gzip: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ThemeRevision(Base):
    """One saved state of a theme. Never changed after it is written."""

    __tablename__ = "theme_revisions"
    __table_args__ = (UniqueConstraint("theme_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    theme_id: Mapped[int] = mapped_column(ForeignKey("themes.id", ondelete="CASCADE"))
    number: Mapped[int] = mapped_column(Integer)
    name: Mapped[str] = mapped_column(BoundedText(NAME_MAX))
    document: Mapped[dict[str, Any]] = mapped_column(JsonDocument)
    stylesheet_hash: Mapped[str] = mapped_column(ForeignKey("stylesheets.hash"))
    message: Mapped[str | None] = mapped_column(BoundedText(MESSAGE_MAX))
    restored_from: Mapped[int | None] = mapped_column(Integer)
    author_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ActiveTheme(Base):
    """The single row that says which theme is active, so that exactly one is, whatever happens at once.

    ``changes`` grows with every change of any theme; what keeps answers ready compares it.
    """

    __tablename__ = "active_theme"
    __table_args__ = (CheckConstraint("id = 1", name="single_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=1)
    theme_id: Mapped[int] = mapped_column(ForeignKey("themes.id"))
    changes: Mapped[int] = mapped_column(Integer, default=1)


class Theme(Timestamps, Base):
    """A theme. ``latest`` is the newest revision, ``live`` the one that pages are given.

    ``slug`` is made from the first name and stays, since pages link it. The id of a deleted theme is never
    given again: entity tags are made of it.
    """

    __tablename__ = "themes"
    __table_args__ = {"sqlite_autoincrement": True}

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(BoundedText(NAME_MAX))
    name_key: Mapped[str] = mapped_column(BoundedText(KEY_MAX), unique=True)
    slug: Mapped[str] = mapped_column(BoundedText(SLUG_MAX), unique=True)
    latest_number: Mapped[int] = mapped_column(Integer)
    live_number: Mapped[int] = mapped_column(Integer)
    version: Mapped[int] = mapped_column(Integer)

    latest: Mapped[ThemeRevision] = relationship(
        primaryjoin=and_(
            id == foreign(ThemeRevision.theme_id), latest_number == foreign(ThemeRevision.number)
        ),
        viewonly=True,
        lazy="joined",
    )
    live: Mapped[ThemeRevision] = relationship(
        primaryjoin=and_(id == foreign(ThemeRevision.theme_id), live_number == foreign(ThemeRevision.number)),
        viewonly=True,
        lazy="joined",
    )
    is_active: Mapped[bool] = column_property(
        select(ActiveTheme.id).where(ActiveTheme.theme_id == id).correlate_except(ActiveTheme).exists()
    )

    __mapper_args__ = {"version_id_col": version}

    @property
    def revision(self) -> int:
        """The number of the live revision."""
        return self.live_number

    @property
    def is_changed(self) -> bool:
        """Whether there is a newer revision than the live one."""
        return self.latest_number != self.live_number

    @property
    def tag(self) -> str:
        """The entity tag of this theme's present state."""
        return f"theme-{self.id}-{self.version}" + ("-active" if self.is_active else "")
