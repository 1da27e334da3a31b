"""Asking for mails to be sent, and for another try."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import delete, select

from webapp.domain.audit.events import record
from webapp.domain.jobs.commands import enqueue
from webapp.domain.mail.kinds import KINDS
from webapp.domain.mail.models import Mail, MailStatus
from webapp.domain.mail.policy import may_administer_mails
from webapp.kernel.db import new_uuid
from webapp.kernel.errors import Conflict, FieldError, Invalid, NotFound
from webapp.kernel.pieces import pieces
from webapp.kernel.text import fold
from webapp.kernel.work import Work, require

FALLBACK_LANGUAGE = "en"
FORGET_AT_ONCE = 500
"""How many mails one job forgets."""


def send_mail(
    work: Work,
    kind: str,
    address: str,
    language: str | None,
    values: Mapping[str, Any],
    *,
    user_id: UUID | None = None,
    expires_at: datetime | None = None,
) -> Mail:
    """Write a mail into the log and ask for it to be sent, in the same transaction. ``values`` are JSON."""
    mail = Mail(
        id=new_uuid(),
        kind=KINDS[kind].name,
        user_id=user_id,
        address=address,
        address_key=fold(address),
        language=language or FALLBACK_LANGUAGE,
        values=dict(values),
        created_at=work.now,
        expires_at=expires_at,
    )
    work.session.add(mail)
    mail.job_id = enqueue(work, "mail.send", {"mail_id": str(mail.id)}, key=f"mail.send {mail.id}").id
    work.session.flush()
    return mail


def resend_mail(work: Work, mail_id: UUID) -> Mail:
    """Try a failed mail once more. Admins only. Raises Conflict for one that did not fail, or is too old."""
    require(work.actor, may_administer_mails(work.actor))
    mail = work.session.get(Mail, mail_id, populate_existing=True, with_for_update=True)
    if mail is None:
        raise NotFound("Mail not found")
    if mail.status != MailStatus.FAILED:
        raise Conflict("Only a mail that failed can be sent again.", code="mail_not_failed")
    if mail.expires_at is not None and mail.expires_at <= work.now:
        raise Conflict("The link in this mail has expired; ask for a new one.", code="mail_expired")
    mail.status, mail.attempts = MailStatus.QUEUED, 0
    mail.job_id = enqueue(work, "mail.send", {"mail_id": str(mail.id)}).id
    record(work, "mail.resend", mail.id)
    work.session.flush()
    return mail


def send_test_mail(work: Work, address: str, language: str | None = None) -> Mail:
    """Send a mail that only says that it has arrived. Admins only."""
    require(work.actor, may_administer_mails(work.actor))
    try:
        sound = validate_email(address.strip(), check_deliverability=False).normalized
    except EmailNotValidError as error:
        raise Invalid([FieldError("/email_to", "Not a valid e-mail address.", "invalid_email")]) from error
    mail = send_mail(work, "test", sound, language, {"email": sound})
    record(work, "mail.send_test", mail.id)
    return mail


def send_sample(work: Work, kind: str, language: str, address: str, name: str) -> Mail:
    """Send a mail of ``kind`` with sample values, whose link opens nothing. Admins only."""
    require(work.actor, may_administer_mails(work.actor))
    values = {**KINDS[kind].sample, "name": name, "is_sample": True}
    mail = send_mail(work, kind, address, language, values)
    record(work, "mail.send_sample", mail.id, {"kind": (None, kind)})
    return mail


def forget_mails(work: Work, user_id: UUID) -> None:
    """Delete the log of a person's mails, and what is kept of the mails themselves."""
    ids = [str(found) for found in work.session.scalars(select(Mail.id).where(Mail.user_id == user_id))]
    for piece in pieces(ids, FORGET_AT_ONCE):
        enqueue(work, "mail.forget", {"mail_ids": piece})
    work.session.execute(delete(Mail).where(Mail.user_id == user_id))
