"""The table of the audit log."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from webapp.kernel.db import Base, BoundedText, JsonDocument, UtcDateTime

ACTION_MAX = 60
SUBJECT_TYPE_MAX = 30
SUBJECT_ID_MAX = 200
ADDRESS_MAX = 45
"""Characters of an IPv6 address with an IPv4 address in it."""
REQUEST_ID_MAX = 64


class ActorKind(StrEnum):
    """A person, the owner of the machine (command line, jobs), or somebody who is not signed in."""

    PERSON = "person"
    SYSTEM = "system"
    VISITOR = "visitor"


class AuditEvent(Base):
    """One thing that was done. Append-only: a trigger lets nothing but ``address`` be taken away.

    People are named by their ids and nowhere else, so that nothing of them is left when they are deleted;
    for the same reason no foreign key holds an id to its row.
    """

    __tablename__ = "audit_events"
    __table_args__ = (
        Index("ix_audit_events_actor_id_id", "actor_id", "id"),
        Index("ix_audit_events_action_id", "action", "id"),
        Index("ix_audit_events_subject_type_subject_id_id", "subject_type", "subject_id", "id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    actor_kind: Mapped[str] = mapped_column(BoundedText(10))
    actor_id: Mapped[UUID | None]
    action: Mapped[str] = mapped_column(BoundedText(ACTION_MAX))
    """``subject_type.verb``, such as ``user.approve``."""
    subject_type: Mapped[str] = mapped_column(BoundedText(SUBJECT_TYPE_MAX))
    subject_id: Mapped[str] = mapped_column(BoundedText(SUBJECT_ID_MAX))
    changes: Mapped[dict[str, Any]] = mapped_column(JsonDocument)
    """By field ``[before, after]``, or None where the values are not for the log."""
    address: Mapped[str | None] = mapped_column(BoundedText(ADDRESS_MAX))
    """The IP address it came from, for as long as those are kept."""
    request_id: Mapped[str | None] = mapped_column(BoundedText(REQUEST_ID_MAX))
