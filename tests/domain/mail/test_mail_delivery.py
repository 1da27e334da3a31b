"""From the command to the delivered mail: the job, its retries, and what the log says."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, update

from tests.conftest import Person
from tests.mails import do_jobs, read_mails
from tests.services import free_port
from tests.smtp import SmtpServer
from webapp.adapters.mail.smtp import SmtpMailer
from webapp.domain.accounts.commands import delete_user
from webapp.domain.jobs.models import Job, State
from webapp.domain.jobs.registry import JobRun
from webapp.domain.mail.commands import resend_mail, send_mail, send_test_mail
from webapp.domain.mail.jobs import ATTEMPTS, KEPT_FOR, tidy
from webapp.domain.mail.models import Mail, MailStatus
from webapp.domain.mail.queries import count_mails, get_mail, list_mails
from webapp.extensions import db
from webapp.kernel.clock import utc_now
from webapp.kernel.errors import Conflict, Denied, Invalid
from webapp.kernel.paging import PageRequest
from webapp.kernel.work import SYSTEM, Work
from webapp.web import commit_work
from webapp.worker.running import Runner

BeginWork = Callable[..., Work]
AGAIN = timedelta(hours=2)
"""Further ahead than the longest pause between two attempts."""


SendTo = Callable[[int], None]


@pytest.fixture
def send_to(app: Flask, monkeypatch: pytest.MonkeyPatch) -> SendTo:
    """Have the application send to a port."""

    def send(port: int) -> None:
        mailer = SmtpMailer("127.0.0.1", port, starttls=False, timeout=5)
        monkeypatch.setattr(app, "ports", replace(app.ports, mailer=mailer))  # type: ignore[attr-defined]

    return send


@pytest.fixture
def server(send_to: SendTo) -> Iterator[SmtpServer]:
    """A mail server that the application sends to."""
    with SmtpServer() as server:
        send_to(server.port)
        yield server


def ask(app: Flask, address: str = "person@example.org", **options: object) -> UUID:
    """Have a mail sent."""
    with app.app_context():
        work = Work(db.session(), SYSTEM, utc_now())
        mail = send_mail(work, "approved", address, "en", {"name": "A florist"}, **options)  # type: ignore[arg-type]
        mail_id = mail.id
        commit_work(work)
        db.session.remove()
    return mail_id


def load(app: Flask, mail_id: UUID) -> Mail:
    with app.app_context():
        mail = db.session.get_one(Mail, mail_id)
        db.session.remove()
    return mail


def job_of(app: Flask, mail: Mail) -> Job:
    with app.app_context():
        job = db.session.get_one(Job, mail.job_id)
        db.session.remove()
    return job


def test_delivered(app: Flask, server: SmtpServer) -> None:
    mail_id = ask(app)
    assert load(app, mail_id).status == MailStatus.QUEUED
    do_jobs(app)
    mail = load(app, mail_id)
    assert (mail.status, mail.attempts, mail.reason) == (MailStatus.SENT, 1, None)
    assert mail.sent_at is not None
    (message,) = server.mailbox.mails
    assert message["Subject"] == mail.subject == "You can sign in to Rangoli now"
    assert str(mail_id) in message["Message-ID"]


def test_case_57_a_job_done_ten_times_is_one_mail(app: Flask, server: SmtpServer) -> None:
    mail_id = ask(app)
    for _ in range(10):
        with app.app_context():
            db.session.execute(update(Job).values(state=State.QUEUED, run_at=utc_now()))
            db.session.commit()
        do_jobs(app)
    assert len(server.mailbox.mails) == 1
    assert load(app, mail_id).attempts == 1


def test_refused_for_good(app: Flask, server: SmtpServer) -> None:
    server.mailbox.rcpt = "550 No such person"
    mail_id = ask(app)
    do_jobs(app)
    mail = load(app, mail_id)
    assert (mail.status, mail.attempts) == (MailStatus.FAILED, 1)
    assert mail.reason == "The mail server answered: 550 No such person"
    assert job_of(app, mail).state == State.DONE
    server.mailbox.rcpt = "250 OK"
    assert do_jobs(app, ahead=AGAIN) == 0
    assert server.mailbox.mails == []


def test_case_54_a_server_that_is_down_and_comes_back(app: Flask, send_to: SendTo) -> None:
    port = free_port()
    send_to(port)
    mail_id = ask(app)
    do_jobs(app)
    mail = load(app, mail_id)
    assert (mail.status, mail.attempts) == (MailStatus.QUEUED, 1)
    assert mail.reason == "The mail server cannot be reached."
    job = job_of(app, mail)
    assert job.state == State.QUEUED
    assert job.run_at > utc_now()
    assert "person@example.org" not in (job.reason or "")
    with SmtpServer(port) as server:
        do_jobs(app, ahead=AGAIN)
        assert len(server.mailbox.mails) == 1
    mail = load(app, mail_id)
    assert (mail.status, mail.attempts, mail.reason) == (MailStatus.SENT, 2, None)


def test_after_the_last_attempt_it_has_failed_and_can_be_sent_again(app: Flask, server: SmtpServer) -> None:
    server.mailbox.data = "451 Try again later"
    mail_id = ask(app)
    do_jobs(app, ahead=AGAIN)
    mail = load(app, mail_id)
    assert (mail.status, mail.attempts) == (MailStatus.FAILED, ATTEMPTS)
    server.mailbox.data = "250 OK"
    with app.app_context():
        work = Work(db.session(), SYSTEM, utc_now())
        resend_mail(work, mail_id)
        with pytest.raises(Conflict):
            resend_mail(work, mail_id)
        commit_work(work)
        db.session.remove()
    do_jobs(app)
    assert load(app, mail_id).status == MailStatus.SENT
    assert len(server.mailbox.mails) == 1


def test_a_mail_whose_link_has_expired_is_not_sent(app: Flask, server: SmtpServer) -> None:
    mail_id = ask(app, expires_at=utc_now() - timedelta(seconds=1))
    do_jobs(app)
    mail = load(app, mail_id)
    assert mail.status == MailStatus.FAILED
    assert mail.reason == "Its link had expired before it could be sent."
    assert server.mailbox.mails == []
    with app.app_context(), pytest.raises(Conflict, match="expired"):
        resend_mail(Work(db.session(), SYSTEM, utc_now()), mail_id)


def test_a_mail_that_is_rolled_back_is_never_sent(app: Flask, data_dir: Path) -> None:
    with app.app_context():
        send_test_mail(Work(db.session(), SYSTEM, utc_now()), "person@example.org")
        db.session.rollback()
        db.session.remove()
    assert do_jobs(app) == 0
    assert read_mails(data_dir) == []


def test_case_61_a_deleted_person_leaves_no_mail(
    app: Flask, admin: Person, member: Person, data_dir: Path
) -> None:
    ask(app, member.email, user_id=member.id)
    do_jobs(app)
    waiting = ask(app, member.email, user_id=member.id)
    assert [message["To"] for message in read_mails(data_dir)] == [member.email]
    with app.app_context():
        work = Work(db.session(), admin.actor, utc_now())
        delete_user(work, member.id)
        commit_work(work)
        db.session.remove()
    do_jobs(app)
    assert read_mails(data_dir) == []
    with app.app_context():
        assert db.session.get(Mail, waiting) is None
        assert db.session.scalars(select(Mail)).all() == []
        payloads = json.dumps([job.payload for job in db.session.scalars(select(Job))])
        db.session.remove()
    assert member.email not in payloads
    assert "A florist" not in payloads


def test_old_mails_and_given_up_ones_are_tidied(app: Flask, data_dir: Path) -> None:
    old = ask(app)
    do_jobs(app)
    stuck = ask(app)
    with app.app_context():
        db.session.execute(
            update(Mail).where(Mail.id == old).values(created_at=utc_now() - KEPT_FOR - timedelta(days=1))
        )
        db.session.execute(update(Job).where(Job.state == State.QUEUED).values(state=State.DISCARDED))
        tidy(JobRun(Runner(app).begin(), {}, app.ports, 0))  # type: ignore[arg-type, attr-defined]
        db.session.commit()
        assert db.session.get(Mail, old) is None
        db.session.remove()
    assert read_mails(data_dir) == []
    mail = load(app, stuck)
    assert (mail.status, mail.reason) == (
        MailStatus.FAILED,
        "The job that should have sent it was given up.",
    )


def test_the_log_is_for_admins(work: BeginWork, admin: Person, editor: Person) -> None:
    mail = send_mail(work(admin.actor), "test", "Person@Example.org", None, {"email": "x@example.org"})
    denied = work(editor.actor)
    for call in (
        lambda: get_mail(denied, mail.id),
        lambda: list_mails(denied, PageRequest()),
        lambda: count_mails(denied),
        lambda: resend_mail(denied, mail.id),
        lambda: send_test_mail(denied, "person@example.org"),
    ):
        with pytest.raises(Denied):
            call()
    allowed = work(admin.actor)
    assert [found.id for found in list_mails(allowed, PageRequest(), q="person@EX", kind="test").data] == [
        mail.id
    ]
    assert list_mails(allowed, PageRequest(), q="100%").data == []
    assert list_mails(allowed, PageRequest(), status="sent").data == []
    assert count_mails(allowed) == {"queued": 1, "sent": 0, "failed": 0}
    with pytest.raises(Invalid):
        send_test_mail(allowed, "nobody\r\nBcc: x@example.org")
