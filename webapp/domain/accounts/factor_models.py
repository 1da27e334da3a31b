"""What a person signs in with beside the password: an authenticator app, recovery codes, passkeys."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Integer
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.domain.accounts.models import User
from webapp.kernel.db import Base, BoundedText, LongText, UtcDateTime, new_uuid

PASSKEY_NAME_MAX = 60
CREDENTIAL_ID_MAX = 1364
"""Characters of base64url that 1023 bytes take (WebAuthn Level 3, section 4)."""


class AuthenticatorApp(Base):
    """A person's authenticator app. Its secret is derived from ``seed`` and the installation's own secret.

    So a copy of the database alone makes no codes.
    """

    __tablename__ = "authenticator_apps"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    seed: Mapped[str | None] = mapped_column(BoundedText(64))
    """None until the first code has proved that the app knows it."""
    new_seed: Mapped[str | None] = mapped_column(BoundedText(64))
    """Of an app that is being set up and takes the other one's place then."""
    last_step: Mapped[int | None] = mapped_column(Integer)
    """The time step (RFC 6238) of the last code that was taken; no code of it or before is taken again."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class RecoveryCode(Base):
    """A code that stands in for a lost device once; only its SHA-256 is kept."""

    __tablename__ = "recovery_codes"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    code_hash: Mapped[str] = mapped_column(BoundedText(64), primary_key=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Passkey(Base):
    """A discoverable credential (WebAuthn) of a person; id and public key are base64url."""

    __tablename__ = "passkeys"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_uuid)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(BoundedText(PASSKEY_NAME_MAX))
    credential_id: Mapped[str] = mapped_column(BoundedText(CREDENTIAL_ID_MAX), unique=True)
    public_key: Mapped[str] = mapped_column(LongText)
    sign_count: Mapped[int] = mapped_column(BigInteger)
    """As the device counts; 0 for ever where it does not."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    user: Mapped[User] = relationship(lazy="joined", innerjoin=True)


class SignInStep(Base):
    """Something begun in one browser and not yet ended: its cookie has the token, this row the SHA-256.

    The row goes when the step is done, so that nothing is done twice with what was answered to it.
    """

    __tablename__ = "sign_in_steps"

    token_hash: Mapped[str] = mapped_column(BoundedText(64), primary_key=True)
    purpose: Mapped[str] = mapped_column(BoundedText(20))
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    """None where it is not known yet who it is."""
    credentials_version: Mapped[int | None] = mapped_column(Integer)
    """The person's when it began; with another one it is over."""
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)

    user: Mapped[User | None] = relationship(lazy="joined")
