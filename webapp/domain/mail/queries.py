"""Finding mails in the log."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp.domain.mail.models import Mail, MailStatus
from webapp.domain.mail.policy import may_administer_mails
from webapp.domain.mail.rendering import write_sample
from webapp.kernel.errors import NotFound
from webapp.kernel.paging import Page, PageRequest, SortKey, fetch_page
from webapp.kernel.text import fold, like_pattern
from webapp.kernel.work import Work, require
from webapp.ports import Ports, RenderedMail

BY_AGE = (SortKey(Mail.created_at, lambda mail: mail.created_at), SortKey(Mail.id, lambda mail: mail.id))


def get_mail(work: Work, mail_id: UUID) -> Mail:
    """One mail, for an admin. Raises NotFound."""
    require(work.actor, may_administer_mails(work.actor))
    mail = work.session.get(Mail, mail_id)
    if mail is None:
        raise NotFound("Mail not found")
    return mail


def list_mails(
    work: Work,
    request: PageRequest,
    *,
    status: str | None = None,
    kind: str | None = None,
    q: str | None = None,
) -> Page[Mail]:
    """Mails for an admin, the newest first, filtered by status, kind and a piece of the address."""
    require(work.actor, may_administer_mails(work.actor))
    statement = select(Mail)
    if status:
        statement = statement.where(Mail.status == status)
    if kind:
        statement = statement.where(Mail.kind == kind)
    if q and (wanted := fold(q)):
        statement = statement.where(Mail.address_key.like(like_pattern(wanted), escape="\\"))
    return fetch_page(work.session, statement, request, BY_AGE, descending=True)


def find_trouble(session: Session, since: datetime) -> Mail | None:
    """The latest mail since then that could not be handed over; a refusal is no trouble of ours."""
    is_waiting = (Mail.status == MailStatus.QUEUED) & Mail.reason.is_not(None)
    is_given_up = (Mail.status == MailStatus.FAILED) & (Mail.attempts > 1)
    troubled = select(Mail).where(Mail.created_at >= since, is_waiting | is_given_up)
    return session.scalars(troubled.order_by(Mail.created_at.desc()).limit(1)).first()


def preview(work: Work, ports: Ports, kind: str, language: str, *, scheme: str = "light") -> RenderedMail:
    """A mail of ``kind`` with sample values, for an admin to judge."""
    require(work.actor, may_administer_mails(work.actor))
    return write_sample(work.session, ports, kind, language, scheme=scheme)


def count_mails(work: Work) -> dict[str, int]:
    """How many mails have each status, for an admin; every status is named."""
    require(work.actor, may_administer_mails(work.actor))
    rows = work.session.execute(select(Mail.status, func.count()).group_by(Mail.status))
    return {status.value: 0 for status in MailStatus} | {row[0]: row[1] for row in rows}
