"""Mails in the console: the log, one mail, what they look like, and links that lead to the console."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.conftest import PASSWORD, MakeUser, Person, post
from tests.mails import do_jobs, read_mails, token_in
from webapp.domain.accounts.models import Status
from webapp.domain.mail.commands import send_mail
from webapp.domain.mail.kinds import KINDS
from webapp.domain.mail.models import Mail, MailStatus
from webapp.domain.settings.commands import update_settings
from webapp.extensions import db
from webapp.kernel.clock import utc_now
from webapp.kernel.work import SYSTEM, Work

URL = "/console/mails"
NEW_PASSWORD = "a quiet evening in june"


def text(answer: Any) -> str:
    return str(answer.get_data(as_text=True))


@pytest.fixture
def failed(app: Flask) -> UUID:
    """A mail that failed, to somebody with a hostile name."""
    with app.app_context():
        work = Work(db.session(), SYSTEM, utc_now())
        values = {"name": "<script>alert(1)</script>", "reason": "<b>No</b>"}
        mail = send_mail(work, "rejected", "person@example.org", "en", values)
        mail.status, mail.reason, mail.attempts = MailStatus.FAILED, "The mail server answered: 550 <no>", 1
        db.session.commit()
        mail_id = mail.id
        db.session.remove()
    return mail_id


def test_the_log(as_admin: FlaskClient, failed: UUID) -> None:
    page = text(as_admin.get(URL))
    assert "person@example.org" in page
    assert "550 &lt;no&gt;" in page
    for query, found in (
        ("status=failed&kind=rejected&q=PERSON", True),
        ("status=sent", False),
        ("kind=test", False),
        ("q=nobody", False),
        ("status=nonsense&kind=nonsense&page=-1", True),
    ):
        assert ("person@example.org" in text(as_admin.get(f"{URL}?{query}"))) is found


def test_one_mail_is_shown_as_a_document_that_can_do_nothing(as_admin: FlaskClient, failed: UUID) -> None:
    page = text(as_admin.get(f"{URL}/{failed}"))
    assert "550 &lt;no&gt;" in page
    assert "<script>alert" not in page
    assert re.search(r'<iframe[^>]*sandbox="allow-popups allow-popups-to-escape-sandbox"', page)
    document = as_admin.get(f"{URL}/{failed}/html")
    policy = document.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert "sandbox allow-popups" in policy
    assert "script" not in policy
    assert "<script>alert" not in text(document)
    assert "&lt;b&gt;No&lt;/b&gt;" in text(document)


def test_a_mail_that_failed_is_sent_again(
    app: Flask, as_admin: FlaskClient, failed: UUID, data_dir: Path
) -> None:
    assert post(as_admin, f"{URL}/{failed}/resend").status_code == 303
    do_jobs(app)
    (message,) = read_mails(data_dir)
    assert message["To"] == "person@example.org"
    again = post(as_admin, f"{URL}/{failed}/resend", follow_redirects=True)
    assert "Only a mail that failed can be sent again." in text(again)
    page = text(as_admin.get(f"{URL}/{failed}"))
    assert str(message["Message-ID"]).strip("<>") in page


def test_a_copy_is_shown_where_it_is_kept_and_no_token_where_not(
    app: Flask, client: FlaskClient, as_admin: FlaskClient, member: Person, data_dir: Path
) -> None:
    post(client, "/console/forgot-password", {"email": member.email})
    do_jobs(app)
    (message,) = read_mails(data_dir)
    token = token_in(message)
    with app.app_context():
        (mail,) = db.session.query(Mail)
        mail_id = mail.id
        db.session.remove()
    assert token in text(as_admin.get(f"{URL}/{mail_id}"))
    (data_dir / "mail" / f"{mail_id}.eml").unlink()
    for url in (f"{URL}/{mail_id}", f"{URL}/{mail_id}/html"):
        page = text(as_admin.get(url))
        assert token not in page
        assert "/console/reset-password/" in page


@pytest.mark.parametrize("language", ["en", "hi"])
def test_what_each_mail_looks_like(as_admin: FlaskClient, language: str) -> None:
    for kind in KINDS.values():
        page = text(as_admin.get(f"{URL}/templates?kind={kind.name}&language={language}"))
        assert f'href="?kind={kind.name}' in page or f"kind={kind.name}" in page
        for scheme, color in (("light", "#8b5cf6"), ("dark", "#9b87f5")):
            document = as_admin.get(f"{URL}/templates/{kind.name}/{language}/html?scheme={scheme}")
            assert document.status_code == 200
            assert color in text(document)
    assert as_admin.get(f"{URL}/templates/nonsense/en/html").status_code == 404
    assert as_admin.get(f"{URL}/templates/test/xx/html").status_code == 404


def test_a_sample_goes_to_the_admin_who_asks_and_opens_nothing(
    app: Flask, as_admin: FlaskClient, admin: Person, data_dir: Path
) -> None:
    assert post(as_admin, f"{URL}/templates/password_reset/hi/send").status_code == 303
    do_jobs(app)
    (message,) = read_mails(data_dir)
    assert message["To"] == admin.email
    assert message["Content-Language"] == "hi"
    assert token_in(message) == "…"


def test_a_sample_needs_an_address(app: Flask, make_user: MakeUser) -> None:
    from tests.conftest import console_client

    client = console_client(app, make_user("admin", email=None))
    answer = post(client, f"{URL}/templates/test/en/send", follow_redirects=True)
    assert "You have no e-mail address." in text(answer)


@pytest.mark.parametrize("path", ["", "/templates", "/templates/test/en/html"])
def test_mails_are_for_admins(as_editor: FlaskClient, path: str) -> None:
    assert as_editor.get(URL + path).status_code == 403


# --- links that lead to the console ---------------------------------------------------------


def test_recovery(app: Flask, client: FlaskClient, member: Person, data_dir: Path) -> None:
    assert "/console/forgot-password" in text(client.get("/console/login"))
    known = post(client, "/console/forgot-password", {"email": member.email})
    unknown = post(client, "/console/forgot-password", {"email": "x@example.org"})
    pages = [re.sub(r'value="[\w.-]+"', "", text(answer)) for answer in (known, unknown)]
    assert pages[0].replace(member.email, "x@example.org") == pages[1]
    do_jobs(app)
    (message,) = read_mails(data_dir)
    url = f"/console/reset-password/{token_in(message)}"
    page = client.get(url)
    assert (page.status_code, page.headers["Referrer-Policy"]) == (200, "no-referrer")
    weak = post(client, url, {"new_password": "password"})
    assert weak.status_code == 422
    assert "one of the commonest" in text(weak)
    done = post(client, url, {"new_password": NEW_PASSWORD})
    assert (done.status_code, done.headers["Location"]) == (303, "/console/login")
    assert client.get(url).status_code == 404
    used = post(client, url, {"new_password": NEW_PASSWORD})
    assert used.status_code == 404
    form = {"identifier": member.email, "password": NEW_PASSWORD}
    assert post(client, "/console/login", form).status_code == 303


def test_mails_in_the_language_of_ones_profile(
    app: Flask, as_admin: FlaskClient, admin: Person, data_dir: Path
) -> None:
    assert "हिन्दी" in text(as_admin.get("/console/profile"))
    names = {"full_name": "", "email": admin.email, "username": admin.username}
    assert post(as_admin, "/console/profile", {**names, "language": "hi"}).status_code == 303
    assert post(as_admin, "/console/profile", {**names, "language": "xx"}).status_code == 422
    assert post(as_admin, "/console/profile", names).status_code == 303
    post(as_admin, "/console/forgot-password", {"email": admin.email})
    do_jobs(app)
    (message,) = read_mails(data_dir)
    assert message["Subject"] == "Rangoli के लिए नया पासवर्ड चुनें"


def test_a_look_at_a_link_does_not_use_it_up(app: Flask, client: FlaskClient, data_dir: Path) -> None:
    with app.app_context():
        work = Work(db.session(), SYSTEM, utc_now())
        update_settings(work, {"require_verification": True})
        db.session.commit()
        db.session.remove()
    person = {"email": "new@example.org", "password": PASSWORD}
    assert client.post("/api/v1/auth/register", json=person).json["user"]["status"] == Status.UNVERIFIED
    do_jobs(app)
    (message,) = read_mails(data_dir)
    url = f"/console/verify-email/{token_in(message)}"
    for _ in range(2):
        assert client.get(url).status_code == 200
    done = post(client, url, follow_redirects=True)
    assert "An admin looks at your registration next." in text(done)
    assert client.get(url).status_code == 404
    do_jobs(app, ahead=timedelta(minutes=6))
    assert [str(mail["Subject"]) for mail in read_mails(data_dir)][1:] == ["Your registration at Rangoli"]
