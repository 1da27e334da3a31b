"""A mail as a message (RFC 5322), whose headers nobody can add to."""

from __future__ import annotations

import re
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from uuid import UUID

from webapp.ports import RenderedMail, Site

_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]+")


def one_line(text: str) -> str:
    """``text`` without line breaks and other characters that a header must not hold."""
    return " ".join(_UNPRINTABLE.sub(" ", text).split())


def compose(
    rendered: RenderedMail,
    *,
    mail_id: UUID,
    to: str,
    language: str,
    sent_at: datetime,
    site_name: str,
    site: Site,
) -> EmailMessage:
    """The message. Its Message-ID stays the same however often the mail is sent, so that it is one mail."""
    sender_name, sender = parseaddr(site.sender)
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(one_line(sender_name or site_name), addr_spec=sender)
    message["To"] = Address(addr_spec=to)
    if site.reply_to:
        message["Reply-To"] = site.reply_to
    message["Subject"] = one_line(rendered.subject)
    message["Date"] = format_datetime(sent_at)
    message["Message-ID"] = f"<{mail_id}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday answers, please
    message["X-Auto-Response-Suppress"] = "All"
    message.set_content(rendered.text, cte="quoted-printable")
    message.add_alternative(rendered.html, subtype="html", cte="quoted-printable")
    message["Content-Language"] = language  # not before: content drops headers of this name
    return message
