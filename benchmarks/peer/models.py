"""Design systems with their values in one JSON column, and data items joined to tags.

The link table has neither a primary key nor an index, and nothing keeps two systems from being active:
both are so in the design that this peer stands for.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, DateTime, ForeignKey, Integer, Table, func
from sqlalchemy.orm import Mapped, mapped_column, relationship

from benchmarks.peer.database import Base


class DesignSystem(Base):
    """A theme. ``config`` holds every section; the properties show each as a field of its own."""

    __tablename__ = "design_systems"

    id: Mapped[int] = mapped_column(primary_key=True, index=True)
    name: Mapped[str] = mapped_column(unique=True, index=True)
    config: Mapped[dict[str, Any]] = mapped_column(JSON)
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    updated_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True), onupdate=func.now())

    @property
    def colors(self) -> dict[str, Any]:
        return self.config["colors"]  # type: ignore[no-any-return]

    @property
    def dark_mode(self) -> dict[str, Any]:
        return self.config["dark_mode"]  # type: ignore[no-any-return]

    @property
    def typography(self) -> dict[str, Any]:
        return self.config["typography"]  # type: ignore[no-any-return]

    @property
    def spacing(self) -> dict[str, Any]:
        return self.config["spacing"]  # type: ignore[no-any-return]

    @property
    def border_radius(self) -> dict[str, Any]:
        return self.config["border_radius"]  # type: ignore[no-any-return]


data_tags = Table(
    "data_tags",
    Base.metadata,
    Column("data_id", Integer, ForeignKey("dynamic_data.id")),
    Column("tag_id", Integer, ForeignKey("tags.id")),
)


class Tag(Base):
    """A word that items are filed under."""

    __tablename__ = "tags"

    id: Mapped[int] = mapped_column(primary_key=True, index=True)
    name: Mapped[str] = mapped_column(unique=True, index=True)
    items: Mapped[list["DataItem"]] = relationship(secondary=data_tags, back_populates="tags")


class DataItem(Base):
    """A titled JSON document."""

    __tablename__ = "dynamic_data"

    id: Mapped[int] = mapped_column(primary_key=True, index=True)
    title: Mapped[str] = mapped_column(index=True)
    description: Mapped[str | None]
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    updated_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True), onupdate=func.now())
    tags: Mapped[list[Tag]] = relationship(secondary=data_tags, back_populates="items")
