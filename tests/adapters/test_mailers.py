"""The ways out of the house: files, and SMTP against a real server on loopback."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from threading import Thread
from uuid import UUID

import pytest

from tests.services import free_port
from tests.smtp import SmtpServer, certificate, only
from webapp.adapters.mail.folder import FolderMailer
from webapp.adapters.mail.smtp import SmtpMailer
from webapp.kernel.errors import Unavailable
from webapp.ports import MailRefused

MAIL_ID = UUID(int=7)


def message(to: str = "person@example.org", text: str = "Hello") -> EmailMessage:
    made = EmailMessage(policy=SMTP)
    made["From"], made["To"], made["Subject"] = "mail@example.org", to, "Hello"
    made.set_content(text)
    return made


# --- files ----------------------------------------------------------------------------------


def test_one_file_for_each_mail_however_often_it_is_delivered(tmp_path: Path) -> None:
    mailer = FolderMailer(tmp_path / "mail", reaches_people=True)
    for text in ("first", "second"):
        mailer.deliver(MAIL_ID, message(text=text))
    (path,) = (tmp_path / "mail").iterdir()
    assert path.name == f"{MAIL_ID}.eml"
    assert path.stat().st_mode & 0o077 == 0
    assert b"second" in path.read_bytes()
    assert message_from_bytes(path.read_bytes())["To"] == "person@example.org"
    assert mailer.read(MAIL_ID) == path.read_bytes()


def test_a_forgotten_mail_leaves_no_file(tmp_path: Path) -> None:
    mailer = FolderMailer(tmp_path, reaches_people=True)
    mailer.deliver(MAIL_ID, message())
    mailer.forget([MAIL_ID, UUID(int=8)])
    assert list(tmp_path.iterdir()) == []
    assert mailer.read(MAIL_ID) is None


def test_a_folder_that_cannot_be_written_may_be_mended(tmp_path: Path) -> None:
    (tmp_path / "mail").write_text("not a folder")
    with pytest.raises(Unavailable, match="cannot be written"):
        FolderMailer(tmp_path / "mail", reaches_people=True).deliver(MAIL_ID, message())


# --- SMTP -----------------------------------------------------------------------------------


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    with SmtpServer() as server:
        yield server


def mailer_of(server: SmtpServer) -> SmtpMailer:
    return SmtpMailer("127.0.0.1", server.port, starttls=False, timeout=5)


def test_delivered(server: SmtpServer) -> None:
    mailer_of(server).deliver(MAIL_ID, message(text="नमस्ते"))
    (mail,) = server.mailbox.mails
    assert mail["To"] == "person@example.org"
    assert mail.get_content().strip() == "नमस्ते"
    assert server.mailbox.envelopes[0].mail_from == "mail@example.org"
    assert mailer_of(server).read(MAIL_ID) is None


@pytest.mark.parametrize("step", ["rcpt", "data"])
@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        ("550 No such person", MailRefused),
        ("554 Rejected as spam", MailRefused),
        ("451 Try again later", Unavailable),
        ("421 Too busy", Unavailable),
    ],
)
def test_refusals_for_good_are_told_from_others(
    server: SmtpServer, step: str, reply: str, kind: type[Exception]
) -> None:
    setattr(server.mailbox, step, reply)
    with pytest.raises(kind, match=reply):
        mailer_of(server).deliver(MAIL_ID, message())
    assert server.mailbox.mails == []


def test_an_address_beyond_ascii_is_sent_where_the_server_can(server: SmtpServer) -> None:
    mailer_of(server).deliver(MAIL_ID, message("उपयोगकर्ता@example.org"))
    assert len(server.mailbox.mails) == 1
    with SmtpServer(enable_SMTPUTF8=False) as old, pytest.raises(MailRefused, match="ASCII"):
        mailer_of(old).deliver(MAIL_ID, message("उपयोगकर्ता@example.org"))


def test_nobody_there() -> None:
    with pytest.raises(Unavailable, match="cannot be reached"):
        SmtpMailer("127.0.0.1", free_port(), starttls=False).deliver(MAIL_ID, message())


def test_a_server_that_says_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        mailer = SmtpMailer("127.0.0.1", silent.getsockname()[1], starttls=False, timeout=0.3)
        with pytest.raises(Unavailable, match="did not answer in time"):
            mailer.deliver(MAIL_ID, message())


def test_a_server_that_hangs_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as rude:
        Thread(target=lambda: rude.accept()[0].close()).start()
        mailer = SmtpMailer("127.0.0.1", rude.getsockname()[1], starttls=False, timeout=5)
        with pytest.raises(Unavailable, match=r"broke the connection off|cannot be reached"):
            mailer.deliver(MAIL_ID, message())


def test_tls_and_a_sign_in(tmp_path: Path) -> None:
    context, trusting = certificate(tmp_path)
    options = {"tls_context": context, "auth_required": True, "authenticator": only("desk", "open sesame")}
    with SmtpServer(**options) as server:
        mailer = replace(
            mailer_of(server), starttls=True, context=trusting, user="desk", password="open sesame"
        )
        mailer.deliver(MAIL_ID, message())
        assert len(server.mailbox.mails) == 1
        with pytest.raises(Unavailable, match="SMTP_USER and SMTP_PASSWORD"):
            replace(mailer, password="wrong").deliver(MAIL_ID, message())
        with pytest.raises(Unavailable, match="certificate"):
            replace(mailer, context=None).deliver(MAIL_ID, message())
        assert "open sesame" not in repr(mailer)


def test_tls_from_the_first_byte(tmp_path: Path) -> None:
    context, trusting = certificate(tmp_path)
    with SmtpServer(ssl_context=context) as server:
        replace(mailer_of(server), implicit_tls=True, context=trusting).deliver(MAIL_ID, message())
        assert len(server.mailbox.mails) == 1


def test_nothing_is_sent_in_the_clear_where_tls_is_asked_for(server: SmtpServer) -> None:
    with pytest.raises(Unavailable, match="STARTTLS"):
        replace(mailer_of(server), starttls=True).deliver(MAIL_ID, message())
    assert server.mailbox.mails == []
