"""Telling people by mail what has happened with their accounts."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from webapp.domain.accounts.models import Status, User
from webapp.domain.jobs.commands import enqueue
from webapp.domain.mail.commands import send_mail
from webapp.domain.mail.message import one_line
from webapp.kernel.clock import rfc3339
from webapp.kernel.work import Work

DIGEST_EVERY = timedelta(minutes=5)
"""Admins are told of people who wait at most this often."""


def tell(work: Work, user: User, kind: str, *, expires_at: datetime | None = None, **values: Any) -> None:
    """Send a mail of ``kind`` to a person, if they have an address."""
    if user.email:
        values["name"] = name_in_mails(user)
        send_mail(work, kind, user.email, user.language, values, user_id=user.id, expires_at=expires_at)


def name_in_mails(user: User) -> str:
    """What a person is called in mails, which is never an address."""
    return one_line(user.full_name or user.first_name or user.username or "")


def announce(work: Work, user: User) -> None:
    """Tell a person who registered, or verified their address, what comes next, and admins what to do."""
    match user.status:
        case Status.UNVERIFIED:
            enqueue(work, "accounts.send_verification", {"user_id": str(user.id)})
        case Status.PENDING:
            tell(work, user, "awaiting_approval")
            ask_admins(work)
        case Status.APPROVED:
            tell(work, user, "welcome")


def tell_of_status(work: Work, user: User, before: str) -> None:
    """Tell a person that an admin has given them another status; ``before`` is the old one."""
    if user.status == Status.SUSPENDED:
        tell(work, user, "suspended")
    elif user.status == Status.REJECTED:
        tell(work, user, "rejected", reason=user.rejection_reason)
    elif user.status == Status.APPROVED and before != Status.SUSPENDED:
        tell(work, user, "approved")


def ask_admins(work: Work) -> None:
    """Have admins told of people who wait, in one mail for all of the next few minutes."""
    minutes = int(DIGEST_EVERY.total_seconds()) // 60
    start = work.now.replace(minute=work.now.minute - work.now.minute % minutes, second=0, microsecond=0)
    key = f"accounts.tell_admins {rfc3339(start)}"
    enqueue(work, "accounts.tell_admins", key=key, run_at=start + DIGEST_EVERY)
