"""Changing an e-mail address: the new one is proved first, and the old one is told."""

from __future__ import annotations

from sqlalchemy import select

from webapp.domain.accounts.links import VERIFY_LIFETIME, make_link, may_mail_another
from webapp.domain.accounts.models import Purpose, User, UserLink
from webapp.domain.accounts.notices import name_in_mails
from webapp.domain.mail.commands import send_mail
from webapp.domain.mail.kinds import VERIFY_HOURS
from webapp.domain.settings.queries import get_setting
from webapp.kernel.errors import TooMany
from webapp.kernel.text import fold
from webapp.kernel.work import Work
from webapp.ports import Site


def must_prove(work: Work, user: User, email: str | None, site: Site | None) -> bool:
    """Whether ``email`` has to be proved before it is ``user``'s. ``site`` is None where no mail arrives."""
    is_new = bool(email) and fold(email or "") != user.email_key
    return is_new and site is not None and bool(get_setting(work.session, "require_verification"))


def ask_for_proof(work: Work, user: User, email: str, site: Site) -> None:
    """Mail a link to the new address, with which it takes effect. Raises TooMany for too many in an hour."""
    if not may_mail_another(work, user, Purpose.EMAIL):
        raise TooMany(3600, "Too many changes of the address. Wait an hour before the next one.")
    link = make_link(work, user, Purpose.EMAIL, VERIFY_LIFETIME, site, new_email=email)
    values = {"name": name_in_mails(user), "hours": VERIFY_HOURS, "link_id": str(link.id)}
    send_mail(
        work, "confirm_email", email, user.language, values, user_id=user.id, expires_at=link.expires_at
    )


def pending_email(work: Work, user: User) -> str | None:
    """The address that becomes the person's once they open the link which was mailed to it."""
    works = (
        UserLink.user_id == user.id,
        UserLink.purpose == Purpose.EMAIL,
        UserLink.used_at.is_(None),
        UserLink.expires_at > work.now,
        UserLink.credentials_version == user.credentials_version,
    )
    newest = select(UserLink.new_email).where(*works).order_by(UserLink.created_at.desc()).limit(1)
    return work.session.scalar(newest)


def tell_old_address(work: Work, user: User, old: str | None) -> None:
    """Write to the address that was the person's until now."""
    if old and user.email_key != fold(old):
        values = {"name": name_in_mails(user)}
        send_mail(work, "email_changed", old, user.language, values, user_id=user.id)
