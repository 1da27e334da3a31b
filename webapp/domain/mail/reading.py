"""A mail of the log, to be looked at."""

from __future__ import annotations

from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from uuid import UUID

from webapp.domain.mail.models import Mail
from webapp.domain.mail.queries import get_mail
from webapp.domain.mail.rendering import write_again
from webapp.kernel.work import Work
from webapp.ports import Ports

SHOWN_HEADERS = ("From", "To", "Reply-To", "Subject", "Date", "Message-ID", "Auto-Submitted")


@dataclass(frozen=True, slots=True)
class ShownMail:
    """``is_copy`` tells the mail as it went out, where that is kept, from what it would be today.

    The latter has no headers, and no token in its link.
    """

    mail: Mail
    subject: str
    headers: tuple[tuple[str, str], ...]
    html: str
    text: str
    is_copy: bool


def show_mail(work: Work, mail_id: UUID, ports: Ports) -> ShownMail:
    """One mail for an admin to read. Raises NotFound."""
    mail = get_mail(work, mail_id)
    if raw := ports.mailer.read(mail.id):
        message = message_from_bytes(raw, policy=default)
        assert isinstance(message, EmailMessage)
        headers = tuple((name, str(message[name])) for name in SHOWN_HEADERS if message[name])
        return ShownMail(
            mail, str(message["Subject"]), headers, _part(message, "html"), _part(message, "plain"), True
        )
    written = write_again(work.session, ports.mail_renderer, ports.site, mail)
    return ShownMail(mail, mail.subject or written.subject, (), written.html, written.text, False)


def _part(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return str(part.get_content()).replace("\r\n", "\n") if part is not None else ""
