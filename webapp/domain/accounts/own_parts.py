"""What accounts and the features below them know of a person."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.domain.accounts.factor_models import AuthenticatorApp, Passkey, RecoveryCode
from webapp.domain.accounts.models import ApiToken, KnownPlace, User, UserLink, UserSession
from webapp.domain.accounts.oauth_models import LinkedAccount
from webapp.domain.accounts.own_data import Rows, columns, own_data
from webapp.domain.audit.models import AuditEvent
from webapp.domain.jobs.models import Job
from webapp.domain.mail.models import Mail
from webapp.domain.media.models import Media


@own_data("profile", User)
def profile(session: Session, user_id: UUID) -> Rows:
    names = (
        "id",
        "email",
        "username",
        "full_name",
        "first_name",
        "last_name",
        "profile_image_url",
        "language",
    )
    rights = ("role", "status", "rejection_reason", "reviewed_at", "is_premium", "subscription_expires_at")
    user = session.get_one(User, user_id)
    yield columns(user, *names, "language", *rights, "created_at", "updated_at", "last_login")


@own_data("sessions", UserSession)
def sessions(session: Session, user_id: UUID) -> Rows:
    found = select(UserSession).where(UserSession.user_id == user_id).order_by(UserSession.created_at)
    for each in session.scalars(found):
        times = ("created_at", "expires_at", "revoked_at", "last_seen_at")
        yield columns(each, "id", "kind", "device", "address", "user_agent", *times)


@own_data("known_places", KnownPlace)
def known_places(session: Session, user_id: UUID) -> Rows:
    """When they were last seen; of which place each is, only a digest is known."""
    for place in session.scalars(select(KnownPlace).where(KnownPlace.user_id == user_id)):
        yield columns(place, "seen_at")


@own_data("api_tokens", ApiToken)
def api_tokens(session: Session, user_id: UUID) -> Rows:
    found = select(ApiToken).where(ApiToken.user_id == user_id).order_by(ApiToken.created_at)
    for each in session.scalars(found):
        times = ("created_at", "expires_at", "last_used_at", "revoked_at")
        yield columns(each, "id", "name", "scopes", "hint", *times)


@own_data("second_factors", AuthenticatorApp, Passkey, RecoveryCode)
def second_factors(session: Session, user_id: UUID) -> Rows:
    for app in session.scalars(select(AuthenticatorApp).where(AuthenticatorApp.user_id == user_id)):
        yield {"kind": "app", **columns(app, "created_at", "last_used_at")}
    for passkey in session.scalars(select(Passkey).where(Passkey.user_id == user_id)):
        yield {"kind": "passkey", **columns(passkey, "id", "name", "created_at", "last_used_at")}
    for code in session.scalars(select(RecoveryCode).where(RecoveryCode.user_id == user_id)):
        yield {"kind": "recovery_code", **columns(code, "created_at", "used_at")}


@own_data("linked_accounts", LinkedAccount)
def linked_accounts(session: Session, user_id: UUID) -> Rows:
    for linked in session.scalars(select(LinkedAccount).where(LinkedAccount.user_id == user_id)):
        yield columns(linked, "provider", "subject", "email", "created_at", "last_used_at")


@own_data("mails", Mail, UserLink)
def mails(session: Session, user_id: UUID) -> Rows:
    for mail in session.scalars(select(Mail).where(Mail.user_id == user_id).order_by(Mail.created_at)):
        yield columns(mail, "id", "kind", "address", "language", "subject", "status", "created_at", "sent_at")
    for link in session.scalars(select(UserLink).where(UserLink.user_id == user_id)):
        times = ("created_at", "expires_at", "used_at")
        yield {"kind": f"link: {link.purpose}", **columns(link, "id", "new_email", *times)}


@own_data("activity", AuditEvent)
def activity(session: Session, user_id: UUID) -> Rows:
    """What the person did, as the audit log has it."""
    found = select(AuditEvent).where(AuditEvent.actor_id == user_id).order_by(AuditEvent.id)
    for event in session.scalars(found.execution_options(yield_per=500)):
        yield columns(event, "id", "at", "action", "subject_type", "subject_id", "changes", "address")


@own_data("jobs", Job)
def jobs(session: Session, user_id: UUID) -> Rows:
    for job in session.scalars(select(Job).where(Job.asked_by == user_id).order_by(Job.created_at)):
        yield columns(job, "id", "kind", "state", "created_at", "finished_at")


@own_data("media", Media)
def media(session: Session, user_id: UUID) -> Rows:
    """Images; their files are beside."""
    for each in session.scalars(select(Media).where(Media.owner_id == user_id).order_by(Media.created_at)):
        names = ("id", "object_key", "category", "state", "filename", "alt_text", "size", "width", "height")
        yield columns(each, *names, "created_at", "updated_at")
