"""Filters and order of a list, kept by a person under a name."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from webapp.kernel.db import Base, BoundedText, UtcDateTime, new_uuid

PLACE_MAX = 100
NAME_MAX = 60
QUERY_MAX = 500
VIEWS_MAX = 20
"""How many views of one list a person may keep."""


class SavedView(Base):
    """``place`` is the path of the list, ``query`` what stands behind the question mark."""

    __tablename__ = "saved_views"
    __table_args__ = (UniqueConstraint("user_id", "place", "name"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_uuid)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    place: Mapped[str] = mapped_column(BoundedText(PLACE_MAX))
    name: Mapped[str] = mapped_column(BoundedText(NAME_MAX))
    query: Mapped[str] = mapped_column(BoundedText(QUERY_MAX))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
