"""Mails about accounts that need a link or a look at many people, and what accounts forget in time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select

from webapp.domain.accounts.changes import record_change, state_of
from webapp.domain.accounts.known_places import forget_places
from webapp.domain.accounts.links import (
    INVITATION_LIFETIME,
    RESET_LIFETIME,
    VERIFY_LIFETIME,
    make_link,
    may_mail_another,
)
from webapp.domain.accounts.models import Purpose, Status, User, UserLink
from webapp.domain.accounts.notices import tell
from webapp.domain.accounts.oauth import forget_codes
from webapp.domain.accounts.pace import forget_old_failures
from webapp.domain.accounts.sessions import expire_session_traces
from webapp.domain.accounts.sign_in import clean_sessions
from webapp.domain.accounts.sign_in_steps import forget_old_steps
from webapp.domain.audit.retention import expire_addresses
from webapp.domain.jobs.registry import JobRun, handles
from webapp.domain.mail.kinds import INVITATION_HOURS, RESET_HOURS, VERIFY_HOURS
from webapp.domain.mail.message import one_line
from webapp.kernel.work import Role

NAMES_SHOWN = 5


@handles("accounts.send_password_reset")
def send_password_reset(run: JobRun) -> None:
    """Mail a link to a new password, unless there is nobody to mail it to."""
    user = _person(run)
    if user is not None and user.is_active:
        values = {"minutes": RESET_HOURS * 60, "console": run.payload["console"]}
        _mail_link(run, user, Purpose.PASSWORD, "password_reset", RESET_LIFETIME, values)


@handles("accounts.send_verification")
def send_verification(run: JobRun) -> None:
    """Mail the link that proves the address, unless there is nothing to prove."""
    user = _person(run)
    if user is not None and user.status == Status.UNVERIFIED:
        _mail_link(run, user, Purpose.VERIFY, "verify_email", VERIFY_LIFETIME, {"hours": VERIFY_HOURS})


@handles("accounts.send_invitation")
def send_invitation(run: JobRun) -> None:
    """Tell a person of the account that an admin made for them, with a link to a password of their own."""
    user = _person(run)
    if user is not None and user.is_approved:
        values = {"hours": INVITATION_HOURS, "login": user.email}
        _mail_link(run, user, Purpose.PASSWORD, "new_account", INVITATION_LIFETIME, values)


@handles("accounts.tell_admins")
def tell_admins(run: JobRun) -> None:
    """One mail to each admin with the number of people who wait, and the names of the latest."""
    session = run.work.session
    waiting = select(User).where(User.status == Status.PENDING)
    count = session.scalar(select(func.count()).select_from(waiting.subquery())) or 0
    if not count:
        return
    latest = session.scalars(waiting.order_by(User.created_at.desc(), User.id).limit(NAMES_SHOWN))
    names = [one_line(user.display_name) for user in latest]
    admins = select(User).where(User.role == Role.ADMIN, User.status == Status.APPROVED).order_by(User.id)
    for admin in session.scalars(admins).all():
        tell(run.work, admin, "people_waiting", count=count, names=names)


@handles("accounts.tidy_links", every=timedelta(days=1))
def tidy_links(run: JobRun) -> None:
    """Forget links that have expired."""
    run.work.session.execute(delete(UserLink).where(UserLink.expires_at < run.work.now - timedelta(days=1)))


@handles("accounts.expire_addresses", every=timedelta(hours=6))
def expire(run: JobRun) -> None:
    """Forget old IP addresses, counts of wrong passwords and sign-ins half done."""
    expire_addresses(run.work)
    expire_session_traces(run.work)
    forget_places(run.work)
    forget_old_failures(run.work)
    forget_old_steps(run.work)


@handles("accounts.end_subscriptions", every=timedelta(hours=1))
def end_subscriptions(run: JobRun) -> None:
    """Write down that premium has run out; readers do not wait for it, they compare times."""
    over = select(User).where(User.is_premium.is_(True), User.subscription_expires_at <= run.work.now)
    for user in run.work.session.scalars(over.order_by(User.id).limit(1000).with_for_update()).all():
        before = state_of(user)
        user.is_premium, user.updated_at = False, run.work.now
        record_change(run.work, "user.end_premium", user, before)


@handles("accounts.forget_codes", every=timedelta(minutes=15))
def forget_oauth_codes(run: JobRun) -> None:
    """Forget answers of identity providers that nobody came for, and those that are used up."""
    forget_codes(run.work)


@handles("accounts.clean_sessions", every=timedelta(hours=1))
def forget_sessions(run: JobRun) -> None:
    """Forget sessions that have expired or were ended."""
    clean_sessions(run.work)


def _person(run: JobRun) -> User | None:
    user_id = run.payload["user_id"]
    return run.work.session.get(User, UUID(user_id)) if user_id else None


def _mail_link(
    run: JobRun, user: User, purpose: Purpose, kind: str, lifetime: timedelta, values: dict[str, Any]
) -> None:
    if user.email and may_mail_another(run.work, user, purpose):
        link = make_link(run.work, user, purpose, lifetime, run.ports.site)
        tell(run.work, user, kind, expires_at=link.expires_at, link_id=str(link.id), **values)
