"""Proving that an e-mail address is one's own."""

from __future__ import annotations

from webapp.domain.accounts.changes import record_change, state_of
from webapp.domain.accounts.commands import first_status, take_address
from webapp.domain.accounts.links import use_link
from webapp.domain.accounts.models import Purpose, Status, User
from webapp.domain.accounts.notices import announce
from webapp.domain.accounts.queries import find_by_email
from webapp.domain.jobs.commands import enqueue
from webapp.kernel.work import Work


def request_verification(work: Work, email: str) -> None:
    """Have the link mailed again. The same is written down, and as fast, whoever the address belongs to."""
    user = find_by_email(work.session, email)
    enqueue(work, "accounts.send_verification", {"user_id": str(user.id) if user else None})


def verify_email(work: Work, token: str) -> User:
    """Take the proof; the person then waits for an admin, or is in, or has another address from now on.

    Raises Malformed for a link that does not work, Conflict when somebody else has the address by now.
    """
    link = use_link(work, token, Purpose.VERIFY, Purpose.EMAIL)
    if link.new_email is not None:
        take_address(work, link.user, link.new_email)
    mark_verified(work, link.user)
    return link.user


def mark_verified(work: Work, user: User) -> None:
    """The address has proved to be theirs; the unverified go on from there."""
    user.email_verified_at = work.now
    if user.status == Status.UNVERIFIED:
        before = state_of(user)
        user.status = first_status(work)
        user.updated_at = work.now
        record_change(work, "user.verify", user, before)
        announce(work, user)
    work.session.flush()
