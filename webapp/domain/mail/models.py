"""The log of mails, which is also what waits to be sent."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from webapp.kernel.db import Base, BoundedText, JsonDocument, UtcDateTime, new_uuid
from webapp.kernel.text import KEY_MAX

KIND_MAX = 40
ADDRESS_MAX = 254
LANGUAGE_MAX = 35
SUBJECT_MAX = 400
REASON_MAX = 500


class MailStatus(StrEnum):
    """``failed`` is for good: the server refuses the mail, or all attempts are used up."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"


class Mail(Base):
    """One mail to one address: of which kind, and with which values, not its text.

    No secret stands here: a link is kept by the id from which its token is derived when the mail is
    written. The row goes with the person it was for.
    """

    __tablename__ = "mails"
    __table_args__ = (Index("ix_mails_status_created_at", "status", "created_at", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_uuid)
    kind: Mapped[str] = mapped_column(BoundedText(KIND_MAX))
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    address: Mapped[str] = mapped_column(BoundedText(ADDRESS_MAX))
    address_key: Mapped[str] = mapped_column(BoundedText(KEY_MAX))
    language: Mapped[str] = mapped_column(BoundedText(LANGUAGE_MAX))
    values: Mapped[dict[str, Any]] = mapped_column(JsonDocument)
    subject: Mapped[str | None] = mapped_column(BoundedText(SUBJECT_MAX))
    """As it was sent; None before that."""
    status: Mapped[str] = mapped_column(BoundedText(10), default=MailStatus.QUEUED)
    reason: Mapped[str | None] = mapped_column(BoundedText(REASON_MAX))
    """Why the last attempt failed, in words for an admin."""
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    job_id: Mapped[UUID | None] = mapped_column(ForeignKey("jobs.id", ondelete="SET NULL"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Afterwards the mail makes no sense any more and is not sent."""
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
