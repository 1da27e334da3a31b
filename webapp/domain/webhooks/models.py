"""Webhooks, and the log of what was sent to them, which is also what waits to be sent."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Boolean, ForeignKey, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from webapp.domain.audit.models import ACTION_MAX
from webapp.kernel.db import Base, BoundedText, JsonDocument, LongText, Timestamps, UtcDateTime, new_uuid

NAME_MAX = 100
URL_MAX = 2048
REASON_MAX = 500
ANSWER_MAX = 500
"""Characters of an answer that are kept of each attempt."""


class DeliveryStatus(StrEnum):
    """``failed`` is for good: all attempts are used up, or the webhook is switched off."""

    QUEUED = "queued"
    DELIVERED = "delivered"
    FAILED = "failed"


class Webhook(Timestamps, Base):
    """An address that is told of events. Its secrets are derived from its id and their number, and kept
    nowhere."""

    __tablename__ = "webhooks"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_uuid)
    name: Mapped[str] = mapped_column(BoundedText(NAME_MAX))
    url: Mapped[str] = mapped_column(BoundedText(URL_MAX))
    events: Mapped[list[str]] = mapped_column(JsonDocument)
    """Names of topics."""
    is_active: Mapped[bool] = mapped_column(Boolean, default=True)
    off_reason: Mapped[str | None] = mapped_column(BoundedText(REASON_MAX))
    """Why it was switched off by itself; None when a person did it."""
    failing_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the first of the attempts failed since which none has succeeded."""
    secret_number: Mapped[int] = mapped_column(Integer, default=1)
    secret_made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(Integer)

    __mapper_args__ = {"version_id_col": version}

    @property
    def tag(self) -> str:
        """The entity tag of its present state."""
        return f"webhook-{self.id.hex}-{self.version}"


class WebhookDelivery(Base):
    """One event for one webhook, and how the last attempt to send it went."""

    __tablename__ = "webhook_deliveries"
    __table_args__ = (
        Index("ix_webhook_deliveries_webhook_id_created_at", "webhook_id", "created_at", "id"),
        Index("ix_webhook_deliveries_status", "status"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_uuid)
    webhook_id: Mapped[UUID] = mapped_column(ForeignKey("webhooks.id", ondelete="CASCADE"))
    type: Mapped[str] = mapped_column(BoundedText(ACTION_MAX))
    body: Mapped[str] = mapped_column(LongText)
    """JSON, sent as it is each time."""
    status: Mapped[str] = mapped_column(BoundedText(10), default=DeliveryStatus.QUEUED)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    answer_status: Mapped[int | None] = mapped_column(Integer)
    """The HTTP status of the last answer."""
    answer: Mapped[str | None] = mapped_column(LongText)
    """The first 2 KiB of it."""
    milliseconds: Mapped[int | None] = mapped_column(Integer)
    reason: Mapped[str | None] = mapped_column(BoundedText(REASON_MAX))
    """Why the last attempt failed, in words for an admin."""
    job_id: Mapped[UUID | None] = mapped_column(ForeignKey("jobs.id", ondelete="SET NULL"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    attempted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class WebhookAttempt(Base):
    """How one attempt to send a delivery went; goes with the delivery. Its ids follow time."""

    __tablename__ = "webhook_attempts"
    __table_args__ = (Index("ix_webhook_attempts_delivery_id_id", "delivery_id", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_uuid)
    delivery_id: Mapped[UUID] = mapped_column(ForeignKey("webhook_deliveries.id", ondelete="CASCADE"))
    attempted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    answer_status: Mapped[int | None] = mapped_column(Integer)
    answer: Mapped[str | None] = mapped_column(BoundedText(ANSWER_MAX))
    """The first characters of it."""
    milliseconds: Mapped[int] = mapped_column(Integer)
    reason: Mapped[str | None] = mapped_column(BoundedText(REASON_MAX))
    """Why it failed; None for the one that got through."""
