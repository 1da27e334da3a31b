"""From a change to the signed message: written with the change, sent by a job, tried again, logged."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from tests.conftest import Person
from tests.mails import do_jobs, read_mails
from tests.services import free_port
from tests.webhooks import Receiver
from webapp.adapters.webhooks.http import HttpWebhookSender
from webapp.domain.accounts.commands import register
from webapp.domain.accounts.review import approve_user
from webapp.domain.content.commands import create_entry, trash_entry, update_entry
from webapp.domain.content.content_types import DATA
from webapp.domain.jobs.models import Job, State
from webapp.domain.jobs.registry import JobRun
from webapp.domain.webhooks import commands, queries
from webapp.domain.webhooks.jobs import ATTEMPTS, KEPT_FOR, OFF_AFTER, tidy
from webapp.domain.webhooks.models import DeliveryStatus, Webhook, WebhookAttempt, WebhookDelivery
from webapp.domain.webhooks.signing import secret_of, signed_headers
from webapp.extensions import db
from webapp.kernel.clock import utc_now
from webapp.kernel.errors import Conflict, Denied
from webapp.kernel.paging import PageRequest
from webapp.kernel.work import SYSTEM, Actor, Work
from webapp.web import commit_work
from webapp.worker.running import Runner

BeginWork = Callable[..., Work]
ITEM = {"title": "A lamp", "content": {}}
AGAIN = timedelta(hours=2)


@pytest.fixture(autouse=True)
def allow_loopback(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    sender = HttpWebhookSender(allow_private=True, timeout=2)
    monkeypatch.setattr(app, "ports", replace(app.ports, webhooks=sender))  # type: ignore[attr-defined]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as receiver:
        yield receiver


def do(app: Flask, act: Callable[[Work], object], actor: Actor = SYSTEM) -> object:
    """Do something in work that is committed; answers what it answers."""
    with app.app_context():
        work = Work(db.session(), actor, utc_now())
        found = act(work)
        commit_work(work)
        db.session.remove()
    return found


def make(app: Flask, url: str, *events: str, **fields: object) -> UUID:
    """A webhook."""
    sent = {"name": "Build", "url": url, "events": list(events or ("data",)), **fields}
    found = do(app, lambda work: commands.create_webhook(work, sent).id)
    assert isinstance(found, UUID)
    return found


def log(app: Flask) -> list[WebhookDelivery]:
    with app.app_context():
        found = list(db.session.scalars(select(WebhookDelivery).order_by(WebhookDelivery.id)))
        db.session.remove()
    return found


def attempts(app: Flask, delivery: WebhookDelivery) -> list[tuple[int | None, str | None, str | None]]:
    """What is kept of each attempt, the last first."""
    with app.app_context():
        work = Work(db.session(), SYSTEM, utc_now())
        page = queries.list_attempts(work, delivery.webhook_id, delivery.id, PageRequest())
        assert all(each.attempted_at and each.milliseconds >= 0 for each in page.data)
        db.session.remove()
    return [(each.answer_status, each.answer, each.reason) for each in page.data]


def load(app: Flask, webhook_id: UUID) -> Webhook:
    with app.app_context():
        webhook = db.session.get_one(Webhook, webhook_id)
        db.session.remove()
    return webhook


def types(receiver: Receiver) -> list[str]:
    return [json.loads(got.body)["type"] for got in receiver.got]


def test_a_change_is_told_and_its_signature_holds_by_the_documented_code(
    app: Flask, receiver: Receiver
) -> None:
    webhook_id = make(app, receiver.url)
    do(app, lambda work: create_entry(work, DATA, ITEM))
    assert [delivery.status for delivery in log(app)] == [DeliveryStatus.QUEUED]
    do_jobs(app)
    (got,), (delivery,) = receiver.got, log(app)
    message = json.loads(got.body)
    assert (message["type"], message["data"]["path"]) == ("data.create", "/api/v1/data/1")
    assert "A lamp" not in got.body.decode()
    assert got.headers["webhook-id"] == str(delivery.id)
    secret = secret_of(load(app, webhook_id), app.ports.site)  # type: ignore[attr-defined]
    verify = documented_verification()
    assert verify(secret, got.headers, got.body)
    assert not verify(secret, got.headers, got.body + b" ")
    assert not verify("whsec_AAAA", got.headers, got.body)
    assert not verify(secret, got.headers | {"webhook-timestamp": "1614265330"}, got.body)
    assert (delivery.status, delivery.attempts, delivery.answer_status) == (DeliveryStatus.DELIVERED, 1, 200)
    assert (delivery.answer, delivery.reason) == ("thanks", None)
    assert delivery.milliseconds is not None


@pytest.mark.one_database
def test_the_documented_javascript_verifies_too(app: Flask, work: BeginWork, tmp_path: Path) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("there is no Node.js on this machine")
    site, body = app.ports.site, b'{"type":"ping"}'  # type: ignore[attr-defined]
    webhook = commands.create_webhook(
        work(), {"name": "x", "url": "https://example.org/", "events": ["data"]}
    )
    secret = secret_of(webhook, site)
    headers = {k.lower(): v for k, v in signed_headers(webhook, site, "id-1", utc_now(), body).items()}
    late = {**headers, "webhook-timestamp": "1614265330"}
    asked = [
        (secret, headers, body), (secret, headers, body + b" "), ("whsec_AAAA", headers, body),
        (secret, late, body),
    ]  # fmt: skip
    script = tmp_path / "verify.mjs"
    calls = [
        f"console.log(isGenuine({json.dumps(s)}, {json.dumps(h)}, {json.dumps(b.decode())}));"
        for s, h, b in asked
    ]
    script.write_text(documented("javascript") + "\n".join(calls))
    run = subprocess.run([node, script], capture_output=True, text=True, timeout=30, check=True)
    assert run.stdout.split() == ["true", "false", "false", "false"]


def documented(language: str) -> str:
    """The sample of docs/webhooks.md in a language."""
    page = Path(__file__).resolve().parents[3].joinpath("docs", "webhooks.md").read_text()
    return page.split(f"```{language}\n")[1].split("```")[0]


def documented_verification() -> Callable[[str, dict[str, str], bytes], bool]:
    """The Python of docs/webhooks.md."""
    names: dict[str, Callable[[str, dict[str, str], bytes], bool]] = {}
    exec(documented("python"), names)
    return names["is_genuine"]


def test_what_is_rolled_back_is_never_told(app: Flask, receiver: Receiver) -> None:
    make(app, receiver.url)
    with app.app_context():
        create_entry(Work(db.session(), SYSTEM, utc_now()), DATA, ITEM)
        db.session.rollback()
        db.session.remove()
    assert do_jobs(app) == 0
    assert (receiver.got, log(app)) == ([], [])


@pytest.mark.one_database
def test_drafts_and_topics_that_nobody_wants_are_no_event(app: Flask, receiver: Receiver) -> None:
    make(app, receiver.url, "data")
    make(app, receiver.url, "themes", "approvals")
    make(app, receiver.url, "data", is_active=False)

    def act(work: Work) -> None:
        key = create_entry(work, DATA, ITEM, draft=True).key
        update_entry(work, DATA, key, {"title": "Draft"}, draft=True)
        update_entry(work, DATA, key, {"title": "Shown"})
        trash_entry(work, DATA, key)

    do(app, act)
    do_jobs(app)
    assert types(receiver) == ["data.update", "data.trash"]


@pytest.mark.one_database
def test_approvals_name_nobody(app: Flask, admin: Person, receiver: Receiver) -> None:
    make(app, receiver.url, "approvals")
    fields = {"email": "somebody@example.org", "full_name": "Somebody", "password": "correct horse battery"}
    user_id = do(app, lambda work: register(work, can_verify=False, **fields).id, Actor())  # type: ignore[arg-type]
    do(app, lambda work: approve_user(work, user_id), admin.actor)  # type: ignore[arg-type]
    do_jobs(app)
    assert types(receiver) == ["user.register", "user.approve"]
    assert all(b"omebody" not in got.body for got in receiver.got)


def test_a_receiver_that_is_down_and_comes_back(app: Flask, receiver: Receiver) -> None:
    webhook_id = make(app, receiver.url)
    receiver.status = 500
    do(app, lambda work: create_entry(work, DATA, ITEM))
    do_jobs(app)
    (delivery,) = log(app)
    assert (delivery.status, delivery.attempts, delivery.reason) == ("queued", 1, "It answered 500.")
    assert load(app, webhook_id).failing_since is not None
    receiver.status = 204
    do_jobs(app, ahead=AGAIN)
    (delivery,) = log(app)
    assert (delivery.status, delivery.attempts, delivery.reason) == ("delivered", 2, None)
    assert attempts(app, delivery) == [(204, None, None), (500, "thanks", "It answered 500.")]
    assert load(app, webhook_id).failing_since is None
    first, second = receiver.got
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.body == second.body
    do(app, lambda work: work.session.execute(update(Job).values(state=State.QUEUED, run_at=utc_now())))
    do_jobs(app)
    assert len(receiver.got) == 2, "a job that runs twice sends nothing twice"


@pytest.mark.one_database
def test_after_the_last_attempt_it_has_failed_and_can_be_sent_again(app: Flask, receiver: Receiver) -> None:
    webhook_id = make(app, receiver.url)
    receiver.status = 302
    do(app, lambda work: create_entry(work, DATA, ITEM))
    do_jobs(app, ahead=AGAIN)
    (delivery,) = log(app)
    assert (delivery.status, delivery.attempts) == (DeliveryStatus.FAILED, ATTEMPTS)
    assert "redirects are not followed" in str(delivery.reason)
    assert len(attempts(app, delivery)) == ATTEMPTS
    receiver.status = 200

    def resend(work: Work) -> None:
        commands.resend(work, webhook_id, delivery.id)
        with pytest.raises(Conflict):
            commands.resend(work, webhook_id, delivery.id)

    do(app, resend)
    do_jobs(app)
    assert log(app)[0].status == DeliveryStatus.DELIVERED
    assert len({got.headers["webhook-id"] for got in receiver.got}) == 1


@pytest.mark.one_database
def test_what_failed_for_days_is_switched_off_and_admins_are_told(
    app: Flask, admin: Person, data_dir: Path
) -> None:
    webhook_id = make(app, f"http://127.0.0.1:{free_port()}/")
    long_ago = utc_now() - OFF_AFTER - timedelta(minutes=1)
    do(app, lambda work: work.session.execute(update(Webhook).values(failing_since=long_ago)))
    do(app, lambda work: [create_entry(work, DATA, ITEM) for _ in range(2)])
    do_jobs(app)
    webhook = load(app, webhook_id)
    assert not webhook.is_active
    assert "for 3 days" in str(webhook.off_reason)
    (mail,) = read_mails(data_dir)
    assert (mail["To"], mail["Subject"]) == (admin.email, "Rangoli: a webhook is switched off")
    do_jobs(app, ahead=AGAIN)
    assert {delivery.reason for delivery in log(app)} == {"The webhook is switched off."}
    do(app, lambda work: commands.update_webhook(work, webhook_id, {"is_active": True}))
    again = load(app, webhook_id)
    assert (again.is_active, again.off_reason, again.failing_since) == (True, None, None)


@pytest.mark.one_database
def test_410_switches_off_at_once(app: Flask, receiver: Receiver) -> None:
    webhook_id = make(app, receiver.url)
    receiver.status = 410
    do(app, lambda work: create_entry(work, DATA, ITEM))
    do_jobs(app)
    assert not load(app, webhook_id).is_active
    assert log(app)[0].status == DeliveryStatus.FAILED


@pytest.mark.one_database
def test_a_ping_is_tried_once_even_where_the_webhook_is_off(app: Flask, receiver: Receiver) -> None:
    webhook_id = make(app, receiver.url, is_active=False)
    do(app, lambda work: commands.ping(work, webhook_id))
    do_jobs(app)
    receiver.status = 500
    do(app, lambda work: commands.ping(work, webhook_id))
    do_jobs(app, ahead=AGAIN)
    assert types(receiver) == ["ping", "ping"]
    assert [delivery.status for delivery in log(app)] == ["delivered", "failed"]


@pytest.mark.one_database
def test_after_a_new_secret_both_sign_for_a_day(app: Flask, receiver: Receiver) -> None:
    webhook_id = make(app, receiver.url)
    site = app.ports.site  # type: ignore[attr-defined]
    old = secret_of(load(app, webhook_id), site)
    do(app, lambda work: commands.renew_secret(work, webhook_id))
    new = secret_of(load(app, webhook_id), site)
    do(app, lambda work: commands.ping(work, webhook_id))
    do_jobs(app)
    a_day_ago = utc_now() - timedelta(hours=25)
    do(app, lambda work: work.session.execute(update(Webhook).values(secret_made_at=a_day_ago)))
    do(app, lambda work: commands.ping(work, webhook_id))
    do_jobs(app)
    verify = documented_verification()
    fits = [[verify(secret, got.headers, got.body) for secret in (old, new)] for got in receiver.got]
    assert fits == [[True, True], [False, True]]


@pytest.mark.one_database
def test_old_deliveries_and_given_up_ones_are_tidied(app: Flask) -> None:
    webhook_id = make(app, "https://example.org/")
    do(app, lambda work: [commands.ping(work, webhook_id) for _ in range(2)])
    old, stuck = log(app)
    do(app, lambda work: work.session.add(attempt_at(old)))
    with app.app_context():
        too_old = utc_now() - KEPT_FOR - timedelta(days=1)
        db.session.execute(
            update(WebhookDelivery).where(WebhookDelivery.id == old.id).values(created_at=too_old)
        )
        db.session.execute(update(Job).where(Job.state == State.QUEUED).values(state=State.DISCARDED))
        tidy(JobRun(Runner(app).begin(), {}, app.ports, 0))  # type: ignore[arg-type, attr-defined]
        db.session.commit()
        db.session.remove()
    (left,) = log(app)
    assert (left.id, left.status) == (stuck.id, DeliveryStatus.FAILED)
    assert do(app, lambda work: work.session.scalar(select(func.count()).select_from(WebhookAttempt))) == 0


def attempt_at(delivery: WebhookDelivery) -> WebhookAttempt:
    return WebhookAttempt(delivery_id=delivery.id, attempted_at=utc_now(), milliseconds=1)


def test_webhooks_are_for_admins(work: BeginWork, editor: Person) -> None:
    webhook = commands.create_webhook(
        work(), {"name": "x", "url": "https://example.org/", "events": ["data"]}
    )
    delivery = commands.ping(work(), webhook.id)
    denied, page = work(editor.actor), PageRequest()
    for call in (
        lambda: commands.create_webhook(denied, {}),
        lambda: commands.update_webhook(denied, webhook.id, {}),
        lambda: commands.delete_webhook(denied, webhook.id),
        lambda: commands.renew_secret(denied, webhook.id),
        lambda: commands.ping(denied, webhook.id),
        lambda: commands.resend(denied, webhook.id, delivery.id),
        lambda: queries.list_webhooks(denied, page),
        lambda: queries.get_webhook(denied, webhook.id),
        lambda: queries.list_deliveries(denied, webhook.id, page),
        lambda: queries.get_delivery(denied, webhook.id, delivery.id),
        lambda: queries.list_attempts(denied, webhook.id, delivery.id, page),
    ):
        with pytest.raises(Denied):
            call()
    commands.delete_webhook(work(), webhook.id)
    assert work().session.scalar(select(func.count()).select_from(WebhookDelivery)) == 0
