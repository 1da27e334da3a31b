"""Links that are mailed to a person and work once."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from sqlalchemy import Select, func, select

from webapp.domain.accounts.models import Purpose, User, UserLink
from webapp.domain.mail.kinds import INVITATION_HOURS, RESET_HOURS, VERIFY_HOURS
from webapp.domain.mail.links import token_of
from webapp.kernel.db import new_uuid
from webapp.kernel.errors import Malformed
from webapp.kernel.text import fold
from webapp.kernel.work import Work
from webapp.ports import Site

RESET_LIFETIME = timedelta(hours=RESET_HOURS)
VERIFY_LIFETIME = timedelta(hours=VERIFY_HOURS)
INVITATION_LIFETIME = timedelta(hours=INVITATION_HOURS)
PER_HOUR = 5
"""How many links of one purpose a person is mailed in an hour, whoever asks for them."""


def make_link(
    work: Work,
    user: User,
    purpose: Purpose,
    lifetime: timedelta,
    site: Site,
    *,
    new_email: str | None = None,
) -> UserLink:
    """A fresh link for ``user``, to their address or to ``new_email``, which is to become theirs."""
    link_id = new_uuid()
    link = UserLink(
        id=link_id,
        user=user,
        purpose=purpose,
        token_hash=_digest(token_of(site, link_id)),
        email_key=fold(new_email) if new_email else user.email_key,
        new_email=new_email,
        credentials_version=user.credentials_version,
        created_at=work.now,
        expires_at=work.now + lifetime,
    )
    work.session.add(link)
    work.session.flush()
    return link


def may_mail_another(work: Work, user: User, purpose: Purpose) -> bool:
    """Whether the person was not mailed too many links of late."""
    recent = select(func.count()).where(
        UserLink.user_id == user.id,
        UserLink.purpose == purpose,
        UserLink.created_at > work.now - timedelta(hours=1),
    )
    return (work.session.scalar(recent) or 0) < PER_HOUR


def find_link(work: Work, token: str, *purposes: Purpose) -> UserLink | None:
    """The link with this token, if it still works."""
    link = work.session.scalar(_with_token(token, *purposes))
    return link if link is not None and _works(work, link) else None


def use_link(work: Work, token: str, *purposes: Purpose) -> UserLink:
    """The link to its person, which is used up with that. Raises Malformed for one that does not work.

    Of several who come at once one goes through, with the same link or with another one of that person.
    """
    locked = _with_token(token, *purposes).with_for_update(of=UserLink)
    link = work.session.scalar(locked.execution_options(populate_existing=True))
    if link is not None:
        work.session.refresh(link.user, with_for_update=True)
    if link is None or not _works(work, link):
        raise Malformed("Invalid token", code="invalid_link")
    link.used_at = work.now
    return link


def _with_token(token: str, *purposes: Purpose) -> Select[UserLink]:
    return select(UserLink).where(UserLink.token_hash == _digest(token), UserLink.purpose.in_(purposes))


def _works(work: Work, link: UserLink) -> bool:
    if link.used_at is not None or link.expires_at <= work.now:
        return False
    if link.new_email is None and link.email_key != link.user.email_key:
        return False
    return link.purpose == Purpose.VERIFY or link.credentials_version == link.user.credentials_version


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()
