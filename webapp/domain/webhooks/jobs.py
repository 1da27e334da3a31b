"""Sending events, switching off what takes none, and forgetting old deliveries."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, select, update

from webapp.domain.accounts.models import Status, User
from webapp.domain.accounts.notices import tell
from webapp.domain.audit.events import record
from webapp.domain.jobs.models import Job, State
from webapp.domain.jobs.registry import JobRun, handles
from webapp.domain.webhooks.models import (
    ANSWER_MAX,
    REASON_MAX,
    DeliveryStatus,
    Webhook,
    WebhookAttempt,
    WebhookDelivery,
)
from webapp.domain.webhooks.signing import signed_headers
from webapp.domain.webhooks.topics import PING
from webapp.kernel.errors import Unavailable
from webapp.kernel.work import Role, Work
from webapp.ports.webhooks import WebhookAnswer

ATTEMPTS = 20
"""With the queue's pauses these last some eleven hours."""
OFF_AFTER = timedelta(days=3)
"""A webhook that took nothing for so long is switched off."""
KEPT_FOR = timedelta(days=30)
AT_ONCE = 1000
GONE = 410
OFF = "The webhook is switched off."


@handles("webhooks.deliver", time_limit=60, attempts=ATTEMPTS + 3)
def deliver(run: JobRun) -> None:
    """Send one event to one webhook.

    A second run finds it sent and does nothing; one that died before it could note so sends it again, under
    the same id, by which receivers know it.
    """
    delivery_id = UUID(run.payload["delivery_id"])
    found = run.work.session.get(WebhookDelivery, delivery_id, populate_existing=True, with_for_update=True)
    if found is None or found.status != DeliveryStatus.QUEUED:
        return
    webhook = run.work.session.get_one(Webhook, found.webhook_id)
    if not webhook.is_active and found.type != PING:
        found.status, found.reason = DeliveryStatus.FAILED, OFF
        return
    found.attempts += 1
    is_last = found.attempts >= ATTEMPTS or found.type == PING
    url, body = webhook.url, found.body.encode()
    headers = signed_headers(webhook, run.ports.site, str(delivery_id), run.work.now, body)
    run.step()  # the database is free while the receiver takes its time
    answer = run.ports.webhooks.send(url, headers, body)
    reason = _reason(answer)
    is_over = _note(run.work, delivery_id, answer, reason, is_last=is_last)
    if not is_over:
        run.step()
        raise Unavailable("The event could not be delivered; the log of its webhook says why.")


@handles("webhooks.tidy", every=timedelta(hours=1))
def tidy(run: JobRun) -> None:
    """Forget old deliveries, and call failed what no job works on any more."""
    session, lost = run.work.session, "The job that should have sent it was given up."
    over = select(Job.id).where(Job.state.in_((State.FAILED, State.DISCARDED)))
    session.execute(
        update(WebhookDelivery)
        .where(WebhookDelivery.status == DeliveryStatus.QUEUED, WebhookDelivery.job_id.in_(over))
        .values(status=DeliveryStatus.FAILED, reason=lost)
    )
    is_old = WebhookDelivery.created_at < run.work.now - KEPT_FOR
    old = select(WebhookDelivery.id).where(is_old).order_by(WebhookDelivery.created_at).limit(AT_ONCE)
    session.execute(delete(WebhookDelivery).where(WebhookDelivery.id.in_(old)))


def _reason(answer: WebhookAnswer) -> str | None:
    """Why an attempt failed; None when it did not."""
    if answer.status is None:
        return answer.problem
    if 200 <= answer.status < 300:
        return None
    if 300 <= answer.status < 400:
        return f"It answered {answer.status}: redirects are not followed. Give the address it leads to."
    return f"It answered {answer.status}."


def _note(work: Work, delivery_id: UUID, answer: WebhookAnswer, reason: str | None, *, is_last: bool) -> bool:
    """Write down how an attempt went; answers whether the delivery is over."""
    delivery = work.session.get(WebhookDelivery, delivery_id, populate_existing=True, with_for_update=True)
    if delivery is None:
        return True  # its webhook was deleted meanwhile
    delivery.answer_status, delivery.answer = answer.status, answer.text or None
    delivery.milliseconds, delivery.attempted_at = answer.milliseconds, work.now
    delivery.reason = reason and reason[:REASON_MAX]
    attempt = WebhookAttempt(
        delivery_id=delivery_id,
        attempted_at=work.now,
        answer_status=answer.status,
        answer=answer.text[:ANSWER_MAX] or None,
        milliseconds=answer.milliseconds,
        reason=delivery.reason,
    )
    work.session.add(attempt)
    if reason is None:
        delivery.status = DeliveryStatus.DELIVERED
    elif is_last or answer.status == GONE:
        delivery.status = DeliveryStatus.FAILED
    if delivery.type != PING or reason is None:
        _judge(work, delivery.webhook_id, answer, reason)
    work.session.flush()
    return delivery.status != DeliveryStatus.QUEUED


def _judge(work: Work, webhook_id: UUID, answer: WebhookAnswer, reason: str | None) -> None:
    """Count failure towards switching a webhook off; success ends the count."""
    webhook = work.session.get_one(Webhook, webhook_id, populate_existing=True)
    if reason is None:
        if webhook.failing_since is not None:
            _write(work, webhook, failing_since=None)
    elif webhook.is_active and answer.status == GONE:
        _switch_off(work, webhook, "Its receiver answered 410: it wants no more.")
    elif webhook.failing_since is None:
        _write(work, webhook, failing_since=work.now)
    elif webhook.is_active and webhook.failing_since <= work.now - OFF_AFTER:
        _switch_off(work, webhook, f"Nothing has reached it for {OFF_AFTER.days} days. Last: {reason}")


def _switch_off(work: Work, webhook: Webhook, reason: str) -> None:
    """Send nothing to a webhook any more until somebody switches it on again, and tell admins."""
    _write(work, webhook, is_active=False, off_reason=reason[:REASON_MAX], version=Webhook.version + 1)
    record(work, "webhook.switch_off", webhook.id)
    admins = select(User).where(User.role == Role.ADMIN, User.status == Status.APPROVED).order_by(User.id)
    for admin in work.session.scalars(admins).all():
        tell(work, admin, "webhook_off", webhook=webhook.name)


def _write(work: Work, webhook: Webhook, **values: object) -> None:
    """Past the mapper, since several deliveries to one webhook may end at the same moment."""
    statement = update(Webhook).where(Webhook.id == webhook.id).values(**values)
    work.session.execute(statement.execution_options(synchronize_session=False))
