"""People, their sign-ins and their refresh tokens."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.domain.accounts.devices import device_of
from webapp.domain.audit.models import ADDRESS_MAX
from webapp.kernel.db import Base, BoundedText, JsonDocument, LongText, Timestamps, UtcDateTime, new_uuid
from webapp.kernel.text import KEY_MAX, fold
from webapp.kernel.work import Actor, Role

EMAIL_MAX = 254
USERNAME_MIN = 3
USERNAME_MAX = 50
NAME_MAX = 255
URL_MAX = 2048
LANGUAGE_MAX = 35
REASON_MAX = 500
USER_AGENT_MAX = 300
TOKEN_NAME_MAX = 60
PASSWORD_MIN = 8
PASSWORD_MAX = 128
FRESH_FOR = timedelta(minutes=15)


class Status(StrEnum):
    """Where a person stands between registering and taking part."""

    UNVERIFIED = "unverified"
    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    SUSPENDED = "suspended"


class User(Timestamps, Base):
    """A person. ``email_key`` and ``username_key`` make spellings that look alike collide."""

    __tablename__ = "users"
    __table_args__ = (
        CheckConstraint("email IS NOT NULL OR username IS NOT NULL", name="has_a_name"),
        Index("ix_users_status_created_at", "status", "created_at", "id"),
        Index("ix_users_created_at_id", "created_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_uuid)
    email: Mapped[str | None] = mapped_column(BoundedText(EMAIL_MAX))
    email_key: Mapped[str | None] = mapped_column(BoundedText(KEY_MAX), unique=True)
    username: Mapped[str | None] = mapped_column(BoundedText(USERNAME_MAX))
    username_key: Mapped[str | None] = mapped_column(BoundedText(KEY_MAX), unique=True)
    full_name: Mapped[str | None] = mapped_column(BoundedText(NAME_MAX))
    first_name: Mapped[str | None] = mapped_column(BoundedText(NAME_MAX))
    last_name: Mapped[str | None] = mapped_column(BoundedText(NAME_MAX))
    profile_image_url: Mapped[str | None] = mapped_column(BoundedText(URL_MAX))
    language: Mapped[str | None] = mapped_column(BoundedText(LANGUAGE_MAX))
    """Of their mails (RFC 5646); None for the fallback."""
    search_text: Mapped[str] = mapped_column(LongText, default="")
    password_hash: Mapped[str | None] = mapped_column(BoundedText(255))
    role: Mapped[str] = mapped_column(BoundedText(10), default=Role.MEMBER)
    status: Mapped[str] = mapped_column(BoundedText(10), default=Status.PENDING)
    email_verified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the present address proved to be theirs, by a mailed link or a provider that has seen to it;
    None where nobody has asked for a proof."""
    rejection_reason: Mapped[str | None] = mapped_column(BoundedText(REASON_MAX))
    reviewed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reviewed_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    is_premium: Mapped[bool] = mapped_column(Boolean, default=False)
    subscription_expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_login: Mapped[datetime | None] = mapped_column(UtcDateTime)
    credentials_version: Mapped[int] = mapped_column(Integer, default=1)
    """Part of every token; raising it makes all that were issued before worthless."""
    version: Mapped[int] = mapped_column(Integer)

    __mapper_args__ = {"version_id_col": version}

    @property
    def display_name(self) -> str:
        return self.full_name or self.username or self.email or ""

    @property
    def is_active(self) -> bool:
        return self.status not in (Status.SUSPENDED, Status.REJECTED)

    @property
    def is_verified(self) -> bool:
        return self.status != Status.UNVERIFIED

    @property
    def is_approved(self) -> bool:
        return self.status == Status.APPROVED

    @property
    def is_admin(self) -> bool:
        return self.role == Role.ADMIN

    is_superuser = is_admin

    def is_premium_at(self, now: datetime) -> bool:
        """Whether the person is premium and that has not run out."""
        return self.is_premium and (
            self.subscription_expires_at is None or self.subscription_expires_at > now
        )

    @property
    def tag(self) -> str:
        """The entity tag of this person's present state."""
        return f"user-{self.id.hex}-{self.version}"

    def as_actor(self) -> Actor:
        """What this person may do; only approved people have a role."""
        return Actor(self.id, Role(self.role) if self.is_approved else None)

    def refresh_keys(self) -> None:
        """Derive the search and uniqueness keys from the names; call after changing one. Another address
        has yet to prove to be theirs."""
        email_key = fold(self.email) if self.email else None
        if email_key != self.email_key:
            self.email_key, self.email_verified_at = email_key, None
        self.username_key = fold(self.username) if self.username else None
        names = (self.email, self.username, self.full_name, self.first_name, self.last_name)
        self.search_text = "\n".join(fold(name) for name in names if name)


class Purpose(StrEnum):
    """What a link in a mail is good for."""

    VERIFY = "verify"
    EMAIL = "email"
    PASSWORD = "password"  # noqa: S105


class UserLink(Base):
    """A link that was mailed to a person; it works once. Only the SHA-256 of its token is kept."""

    __tablename__ = "user_links"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_uuid)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    purpose: Mapped[str] = mapped_column(BoundedText(10))
    token_hash: Mapped[str] = mapped_column(BoundedText(64), unique=True)
    email_key: Mapped[str] = mapped_column(BoundedText(KEY_MAX))
    """The address it was mailed to; with another one the link is worthless, unless it is to become theirs."""
    new_email: Mapped[str | None] = mapped_column(BoundedText(EMAIL_MAX))
    """The address that it proves and that the person then has."""
    credentials_version: Mapped[int] = mapped_column(Integer)
    """The person's at that time; what ends every session ends links to a new password too."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    user: Mapped[User] = relationship(lazy="joined", innerjoin=True)


class UserSession(Base):
    """One sign-in, by the console (a cookie) or by a client (a family of refresh tokens)."""

    __tablename__ = "user_sessions"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_uuid)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(BoundedText(10))
    token_hash: Mapped[str | None] = mapped_column(BoundedText(64), unique=True)
    """SHA-256 of the console's cookie token, in hex; None for clients."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Within some minutes; None for sessions of older versions."""
    address: Mapped[str | None] = mapped_column(BoundedText(ADDRESS_MAX))
    user_agent: Mapped[str | None] = mapped_column(BoundedText(USER_AGENT_MAX))
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the person has last proved in it that it is them; None for as long as it was only at its start."""

    user: Mapped[User] = relationship(lazy="joined", innerjoin=True)

    @property
    def device(self) -> str:
        """The browser or app and the system that it signed in from, as far as it tells."""
        return device_of(self.user_agent)

    def is_live(self, now: datetime) -> bool:
        """Whether it still speaks for its person, who must be approved to speak at all."""
        return self.revoked_at is None and self.expires_at > now and self.user.is_approved

    def is_fresh(self, now: datetime) -> bool:
        """Whether its person has proved who they are so lately that they may change how they sign in."""
        return (self.confirmed_at or self.created_at) > now - FRESH_FOR


class KnownPlace(Base):
    """Somewhere a person has signed in; ``key`` is a digest of the person, the device and the network."""

    __tablename__ = "known_places"

    key: Mapped[str] = mapped_column(BoundedText(64), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class RefreshToken(Base):
    """One refresh token of a session; only its SHA-256 is kept."""

    __tablename__ = "refresh_tokens"

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[UUID] = mapped_column(ForeignKey("user_sessions.id", ondelete="CASCADE"))
    generation: Mapped[int] = mapped_column(Integer)
    token_hash: Mapped[str] = mapped_column(BoundedText(64), unique=True)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    session: Mapped[UserSession] = relationship(lazy="joined", innerjoin=True)

    __table_args__ = (
        Index("uq_refresh_tokens_session_id_generation", "session_id", "generation", unique=True),
    )


class ApiToken(Base):
    """A key of a person's own for scripts and frontends; only its SHA-256 is kept."""

    __tablename__ = "api_tokens"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_uuid)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(BoundedText(TOKEN_NAME_MAX))
    scopes: Mapped[list[str]] = mapped_column(JsonDocument)
    token_hash: Mapped[str] = mapped_column(BoundedText(64), unique=True)
    hint: Mapped[str] = mapped_column(BoundedText(12))
    """How the token begins, to tell one from another."""
    credentials_version: Mapped[int] = mapped_column(Integer)
    """The person's when it was made; with another one it is worthless."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Within some minutes."""
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    user: Mapped[User] = relationship(lazy="joined", innerjoin=True)

    def is_live(self, now: datetime) -> bool:
        """Whether it still speaks for its person."""
        is_current = self.credentials_version == self.user.credentials_version
        return is_current and self.revoked_at is None and self.expires_at > now and self.user.is_approved


class SignInFailures(Base):
    """Wrong passwords in a row for one name, from one known address or from all others together.

    ``key`` is a digest of both, so that the table tells nothing and unknown names are counted alike.
    """

    __tablename__ = "sign_in_failures"

    key: Mapped[str] = mapped_column(BoundedText(64), primary_key=True)
    failures: Mapped[int] = mapped_column(Integer)
    last_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
