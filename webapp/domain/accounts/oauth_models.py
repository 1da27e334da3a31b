"""Accounts elsewhere that people sign in with, and the one-time codes on the way there."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.domain.accounts.models import EMAIL_MAX, User
from webapp.kernel.db import Base, BoundedText, JsonDocument, UtcDateTime, new_uuid

PROVIDER_MAX = 20
SUBJECT_MAX = 255


class LinkedAccount(Base):
    """An account at an identity provider that signs its person in here; one of each provider."""

    __tablename__ = "linked_accounts"
    __table_args__ = (
        Index("uq_linked_accounts_provider_subject", "provider", "subject", unique=True),
        Index("uq_linked_accounts_user_id_provider", "user_id", "provider", unique=True),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_uuid)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    provider: Mapped[str] = mapped_column(BoundedText(PROVIDER_MAX))
    subject: Mapped[str] = mapped_column(BoundedText(SUBJECT_MAX))
    """The provider's own name for the account."""
    email: Mapped[str | None] = mapped_column(BoundedText(EMAIL_MAX))
    """The account's address, for its person to tell it from others; nothing is decided by it."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    user: Mapped[User] = relationship(lazy="joined", innerjoin=True)


class OAuthCode(Base):
    """A provider's answer: taken once by its ``state``, and handed to who asked once by a code.

    Of the state and the code only the SHA-256 is kept; ``identity`` goes with the code's use.
    """

    __tablename__ = "oauth_codes"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_uuid)
    provider: Mapped[str] = mapped_column(BoundedText(PROVIDER_MAX))
    state_hash: Mapped[str] = mapped_column(BoundedText(64), unique=True)
    code_challenge: Mapped[str] = mapped_column(BoundedText(43))
    """Of who asked (RFC 7636, S256)."""
    code_hash: Mapped[str | None] = mapped_column(BoundedText(64), unique=True)
    identity: Mapped[dict[str, Any] | None] = mapped_column(JsonDocument)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
