"""Sending mails, and forgetting them in time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from webapp.domain.jobs.models import Job, State
from webapp.domain.jobs.registry import JobRun, handles
from webapp.domain.mail.message import compose
from webapp.domain.mail.models import REASON_MAX, SUBJECT_MAX, Mail, MailStatus
from webapp.domain.mail.rendering import write
from webapp.domain.settings.queries import get_setting
from webapp.kernel.errors import Unavailable
from webapp.ports import MailRefused

ATTEMPTS = 12
"""With the queue's pauses these last some three hours."""
KEPT_FOR = timedelta(days=90)
AT_ONCE = 500


@handles("mail.send", time_limit=120, attempts=ATTEMPTS + 3)
def send(run: JobRun) -> None:
    """Write one mail and hand it over. A second run finds it sent and does nothing.

    What the server will never take is noted and over; otherwise the queue tries again, later each time.
    """
    mail_id = UUID(run.payload["mail_id"])
    mail = run.work.session.get(Mail, mail_id, populate_existing=True, with_for_update=True)
    if mail is None or mail.status == MailStatus.SENT:
        return
    if mail.expires_at is not None and mail.expires_at <= run.work.now:
        mail.status, mail.reason = MailStatus.FAILED, "Its link had expired before it could be sent."
        return
    ports, session = run.ports, run.work.session
    rendered = write(session, ports.mail_renderer, ports.site, mail.kind, mail.language, mail.values)
    message = compose(
        rendered,
        mail_id=mail.id,
        to=mail.address,
        language=mail.language,
        sent_at=mail.created_at,
        site_name=get_setting(session, "site_name"),
        site=ports.site,
    )
    mail.attempts += 1
    mail.subject = rendered.subject[:SUBJECT_MAX]
    is_last = mail.attempts >= ATTEMPTS
    run.step()  # the database is free while the server takes its time
    try:
        ports.mailer.deliver(mail_id, message)
    except MailRefused as error:
        _note(run, mail_id, status=MailStatus.FAILED, reason=str(error)[:REASON_MAX])
        return
    except Unavailable as error:
        status = MailStatus.FAILED if is_last else MailStatus.QUEUED
        _note(run, mail_id, status=status, reason=error.detail[:REASON_MAX])
        if is_last:
            return
        run.step()
        raise Unavailable("The mail could not be handed over; its page says why.") from error
    if not _note(run, mail_id, status=MailStatus.SENT, reason=None, sent_at=run.work.now):
        ports.mailer.forget([mail_id])  # the person was deleted meanwhile


@handles("mail.forget")
def forget(run: JobRun) -> None:
    """Delete what is kept of mails whose log is gone."""
    run.ports.mailer.forget(UUID(mail_id) for mail_id in run.payload["mail_ids"])


@handles("mail.tidy", every=timedelta(hours=1))
def tidy(run: JobRun) -> None:
    """Forget old mails, and call failed what no job works on any more."""
    session = run.work.session
    over = select(Job.id).where(Job.state.in_((State.FAILED, State.DISCARDED)))
    session.execute(
        update(Mail)
        .where(Mail.status == MailStatus.QUEUED, Mail.job_id.in_(over))
        .values(status=MailStatus.FAILED, reason="The job that should have sent it was given up.")
    )
    old = select(Mail).where(Mail.created_at < run.work.now - KEPT_FOR).order_by(Mail.created_at)
    mails = session.scalars(old.limit(AT_ONCE)).all()
    run.ports.mailer.forget([mail.id for mail in mails])
    for mail in mails:
        session.delete(mail)


def _note(run: JobRun, mail_id: UUID, **values: Any) -> bool:
    """Write down how it went; False when the mail is no longer in the log."""
    statement = update(Mail).where(Mail.id == mail_id).values(**values)
    result = run.work.session.execute(statement.execution_options(synchronize_session=False))
    return bool(result.rowcount)  # type: ignore[attr-defined]
