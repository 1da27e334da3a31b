"""Choosing a new password by a link in a mail."""

from __future__ import annotations

from dataclasses import replace

from webapp.domain.accounts.commands import end_all_sessions
from webapp.domain.accounts.linked_accounts import unlink_unproven
from webapp.domain.accounts.links import RESET_LIFETIME, find_link, make_link, use_link
from webapp.domain.accounts.models import Purpose, Status, User
from webapp.domain.accounts.notices import tell
from webapp.domain.accounts.passwords import hash_password, problem_with_password
from webapp.domain.accounts.policy import may_administer_people
from webapp.domain.accounts.queries import find_by_email
from webapp.domain.accounts.sign_in import REFUSALS
from webapp.domain.accounts.verification import mark_verified
from webapp.domain.audit.events import record
from webapp.domain.jobs.commands import enqueue
from webapp.domain.mail.kinds import RESET_HOURS
from webapp.domain.mail.message import one_line
from webapp.domain.mail.rendering import write
from webapp.kernel.db import looking_ahead
from webapp.kernel.errors import FieldError, Invalid, Malformed, NotFound
from webapp.kernel.work import Work, require
from webapp.ports import MailRenderer, RenderedMail, Site


def request_password_reset(work: Work, email: str, *, console: bool = False) -> None:
    """Have a link mailed, which leads to the console or to the frontend.

    The same is written down, and as fast, whether the address is known, waits for approval or is nobody's.
    """
    user = find_by_email(work.session, email)
    payload = {"user_id": str(user.id) if user else None, "console": console}
    enqueue(work, "accounts.send_password_reset", payload)


def reset_password(work: Work, token: str, new_password: str) -> User:
    """Set the password of whoever the link was mailed to; every session and token of theirs ends.

    The mail has proved the address too. Raises Malformed for a link that does not work and for a person
    who is shut out, Invalid for a weak password; the link stays good then. Nobody's write waits while the
    password is hashed.
    """
    with looking_ahead(work.session) as ahead:
        _check_link(replace(work, session=ahead), token)
    if problem := problem_with_password(new_password):
        raise Invalid([FieldError("/new_password", *problem)])
    password_hash = hash_password(new_password)
    user = use_link(work, token, Purpose.PASSWORD).user
    user.password_hash = password_hash
    end_all_sessions(work, user)
    unlink_unproven(work, user)
    mark_verified(work, user)
    record(work, "user.reset_password", user.id, {"password": None})
    tell(work, user, "password_changed")
    return user


def _check_link(work: Work, token: str) -> None:
    link = find_link(work, token, Purpose.PASSWORD)
    if link is None:
        raise Malformed("Invalid token", code="invalid_link")
    if not link.user.is_active:
        raise Malformed("Inactive user", code=REFUSALS[Status(link.user.status)][0])


def write_recovery_mail(work: Work, email: str, renderer: MailRenderer, site: Site) -> RenderedMail:
    """The mail with a new link for ``email``, as STARTER shows it to an admin instead of sending it."""
    require(work.actor, may_administer_people(work.actor))
    user = find_by_email(work.session, email)
    if user is None:
        raise NotFound("The user with this username does not exist in the system.")
    link = make_link(work, user, Purpose.PASSWORD, RESET_LIFETIME, site)
    record(work, "user.make_reset_link", user.id)
    values = {"name": one_line(user.display_name), "link_id": str(link.id), "minutes": RESET_HOURS * 60}
    return write(work.session, renderer, site, "password_reset", user.language or "en", values)
