"""A mail as a message: nobody can add headers, one mail has one Message-ID, links lead to our own origins."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from uuid import UUID

import pytest

from webapp.domain.mail.kinds import APPROVALS, RESET
from webapp.domain.mail.links import page_url, token_of
from webapp.domain.mail.message import compose
from webapp.ports import RenderedMail, Site

SITE = Site("https://rangoli.example.org", None, "mail@example.org", "desk@example.org", b"secret")
MAIL_ID = UUID(int=7)
INJECTIONS = [
    "x\r\nBcc: victim@example.org",
    "x\nBcc: victim@example.org",
    "x\rBcc: y",
    "x\u2028Bcc: y",
    "x\x00\x0bBcc: y",
]


def sent(subject: str = "Hello", site_name: str = "Rangoli", site: Site = SITE) -> EmailMessage:
    rendered = RenderedMail(subject, "<p>नमस्ते</p>", "नमस्ते\n.\nFrom here\n")
    message = compose(
        rendered,
        mail_id=MAIL_ID,
        to="person@example.org",
        language="hi",
        sent_at=datetime(2026, 11, 21, tzinfo=UTC),
        site_name=site_name,
        site=site,
    )
    read = message_from_bytes(message.as_bytes(), policy=default)
    assert isinstance(read, EmailMessage)
    return read


def test_headers() -> None:
    message = sent()
    assert message["From"] == "Rangoli <mail@example.org>"
    assert message["To"] == "person@example.org"
    assert message["Reply-To"] == "desk@example.org"
    assert message["Message-ID"] == f"<{MAIL_ID}@example.org>" == sent("Another")["Message-ID"]
    assert message["Content-Language"] == "hi"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Date"] == "Sat, 21 Nov 2026 00:00:00 +0000"
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_subtype() for part in message.iter_parts()] == ["plain", "html"]
    plain = message.get_body(("plain",))
    assert plain is not None
    assert "नमस्ते\n.\nFrom here" in plain.get_content().replace("\r\n", "\n")


@pytest.mark.parametrize("text", INJECTIONS)
def test_case_23_no_header_can_be_added(text: str) -> None:
    expected = set(sent().keys())
    for message in (sent(subject=text), sent(site_name=text)):
        assert set(message.keys()) == expected
        assert message["Bcc"] is None
    for name, message in (("Subject", sent(subject=text)), ("From", sent(site_name=text))):
        assert str(message[name]).isprintable()
        assert "x" in message[name]


def test_a_name_of_the_sender_wins_over_the_sites() -> None:
    assert (
        sent(site=replace(SITE, sender="The desk <mail@example.org>"))["From"]
        == "The desk <mail@example.org>"
    )


def test_links_lead_to_the_settings_origins() -> None:
    frontend = replace(SITE, frontend_origin="https://app.example.org")
    assert page_url(SITE, RESET, "t") == "https://rangoli.example.org/console/reset-password/t"
    assert page_url(frontend, RESET, "t") == "https://app.example.org/reset-password?token=t"
    assert page_url(frontend, RESET, "t", console=True) == page_url(SITE, RESET, "t")
    assert page_url(frontend, APPROVALS) == "https://rangoli.example.org/console/people/approvals"


def test_a_token_is_made_of_its_id_and_the_secret() -> None:
    token = token_of(SITE, MAIL_ID)
    assert len(token) == 43
    assert token == token_of(SITE, MAIL_ID)
    assert token != token_of(SITE, UUID(int=8))
    assert token != token_of(replace(SITE, secret=b"another"), MAIL_ID)
