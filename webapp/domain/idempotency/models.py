"""Answers kept for those who ask again."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Integer
from sqlalchemy.orm import Mapped, mapped_column

from webapp.kernel.db import Base, BoundedText, JsonDocument, LongText, UtcDateTime

KEY_MAX = 255


class KeptAnswer(Base):
    """What a person was answered under a key of theirs, written in the transaction of the change itself."""

    __tablename__ = "kept_answers"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    key: Mapped[str] = mapped_column(BoundedText(KEY_MAX), primary_key=True)
    request_hash: Mapped[str] = mapped_column(BoundedText(64))
    """SHA-256 of the request, in hex."""
    status: Mapped[int] = mapped_column(Integer)
    headers: Mapped[dict[str, str]] = mapped_column(JsonDocument)
    body: Mapped[str] = mapped_column(LongText)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
