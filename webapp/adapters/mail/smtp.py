"""Mails by SMTP (RFC 5321), with refusals for good told from those that may pass."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from uuid import UUID

from webapp.kernel.errors import Unavailable
from webapp.ports import MailRefused

TIMEOUT = 20.0
"""Seconds to wait for the server at each step."""
REPLY_MAX = 300


@dataclass(frozen=True, slots=True)
class SmtpMailer:
    """Hands each mail to one server, in a connection of its own.

    ``starttls`` takes no connection without it, ``implicit_tls`` speaks TLS from the start (RFC 8314).
    """

    host: str
    port: int
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    starttls: bool = True
    implicit_tls: bool = False
    timeout: float = TIMEOUT
    context: ssl.SSLContext | None = None
    reaches_people: bool = True

    def deliver(self, mail_id: UUID, message: EmailMessage) -> None:
        """Send the message.

        Raises MailRefused for an answer that will stay (5yz, RFC 5321 section 4.2.1), Unavailable otherwise.
        """
        server = self._connect()
        try:
            server.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            raise _refusal(*next(iter(error.recipients.values()))) from error
        except smtplib.SMTPResponseException as error:
            raise _refusal(error.smtp_code, error.smtp_error) from error
        except smtplib.SMTPNotSupportedError as error:
            raise MailRefused("The mail server takes no addresses beyond ASCII.") from error
        except (smtplib.SMTPException, OSError) as error:
            raise _broken(error) from error
        else:
            with suppress(smtplib.SMTPException, OSError):  # the mail is the server's now, come what may
                server.quit()
        finally:
            server.close()

    def read(self, mail_id: UUID) -> bytes | None:
        """What was sent is not kept."""
        return None

    def forget(self, mail_ids: Iterable[UUID]) -> None:
        """What was sent is not kept."""

    def check(self) -> str:
        """Connect and sign in as for a mail."""
        self._connect().close()
        return f"SMTP by {self.host}"

    def _connect(self) -> smtplib.SMTP:
        """A connection that is ready to send. What is wrong here can be mended, so nothing is for good."""
        context = self.context or ssl.create_default_context()
        server: smtplib.SMTP | None = None
        try:
            if self.implicit_tls:
                server = smtplib.SMTP_SSL(self.host, self.port, timeout=self.timeout, context=context)
            else:
                server = smtplib.SMTP(self.host, self.port, timeout=self.timeout)
                if self.starttls:
                    server.starttls(context=context)
            if self.user:
                server.login(self.user, self.password or "")
        except (smtplib.SMTPException, OSError) as error:
            if server is not None:
                server.close()
            raise _broken(error) from error
        return server


def _refusal(code: int, reply: bytes | str) -> MailRefused | Unavailable:
    text = reply.decode(errors="replace") if isinstance(reply, bytes) else reply
    words = f"The mail server answered: {code} {' '.join(text.split())}"[:REPLY_MAX]
    return MailRefused(words) if 500 <= code < 600 else Unavailable(words)


def _broken(error: Exception) -> Unavailable:
    match error:
        case smtplib.SMTPAuthenticationError():
            words = "The mail server does not accept SMTP_USER and SMTP_PASSWORD."
        case smtplib.SMTPNotSupportedError():
            words = "The mail server does not offer what the settings ask for (STARTTLS or a sign-in)."
        case smtplib.SMTPResponseException():
            return Unavailable(str(_refusal(error.smtp_code, error.smtp_error)))
        case ssl.SSLError():
            words = "The mail server's certificate or its TLS cannot be trusted."
        case TimeoutError():
            words = "The mail server did not answer in time."
        case smtplib.SMTPException():
            words = "The mail server broke the connection off, or did not answer in time."
        case _:
            words = "The mail server cannot be reached."
    return Unavailable(words)
