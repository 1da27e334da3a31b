"""Making and changing webhooks, trying them out, and sending something once more."""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from webapp.domain.audit.events import named, record
from webapp.domain.webhooks.announcing import add_deliveries, ask_to_send
from webapp.domain.webhooks.fields import webhook_errors
from webapp.domain.webhooks.models import DeliveryStatus, Webhook, WebhookDelivery
from webapp.domain.webhooks.policy import may_administer_webhooks
from webapp.domain.webhooks.queries import get_delivery, get_webhook
from webapp.domain.webhooks.topics import PING, TOPICS
from webapp.kernel.db import lock
from webapp.kernel.errors import Conflict, refuse
from webapp.kernel.work import Work, check_unchanged, require

WEBHOOKS_MAX = 50


def create_webhook(work: Work, fields: Mapping[str, Any]) -> Webhook:
    """Have an address told of events from now on. Admins only. Raises Invalid, Conflict for too many."""
    require(work.actor, may_administer_webhooks(work.actor))
    refuse(webhook_errors(fields))
    lock(work.session, "webhooks")
    if (work.session.scalar(select(func.count()).select_from(Webhook)) or 0) >= WEBHOOKS_MAX:
        raise Conflict(f"There are {WEBHOOKS_MAX} webhooks already.", code="too_many_webhooks")
    webhook = Webhook(secret_made_at=work.now, created_at=work.now)
    _fill(work, webhook, {"is_active": True, **fields})
    work.session.add(webhook)
    work.session.flush()
    record(work, "webhook.create", webhook.id, {"events": (None, webhook.events)})
    return webhook


def update_webhook(
    work: Work, webhook_id: UUID, changes: Mapping[str, Any], *, expected: Container[str] | None = None
) -> Webhook:
    """Change the fields that are sent; switched on again it counts failures anew. Raises Stale, Invalid."""
    webhook = get_webhook(work, webhook_id)
    check_unchanged(webhook.tag, expected)
    refuse(webhook_errors(changes, partial=True))
    _fill(work, webhook, changes)
    record(work, "webhook.update", webhook_id, named(changes))
    work.session.flush()
    return webhook


def delete_webhook(work: Work, webhook_id: UUID, *, expected: Container[str] | None = None) -> None:
    """Forget a webhook and its log; what waits is not sent. Raises NotFound, Stale."""
    webhook = get_webhook(work, webhook_id)
    check_unchanged(webhook.tag, expected)
    record(work, "webhook.delete", webhook_id)
    work.session.delete(webhook)
    work.session.flush()


def renew_secret(work: Work, webhook_id: UUID, *, expected: Container[str] | None = None) -> Webhook:
    """Give a webhook a new secret; for a day the old one signs too. Raises NotFound, Stale."""
    webhook = get_webhook(work, webhook_id)
    check_unchanged(webhook.tag, expected)
    webhook.secret_number += 1
    webhook.secret_made_at = webhook.updated_at = work.now
    record(work, "webhook.renew_secret", webhook_id)
    work.session.flush()
    return webhook


def ping(work: Work, webhook_id: UUID) -> WebhookDelivery:
    """Send an event that only says that it has arrived, once, even to a webhook that is switched off."""
    webhook = get_webhook(work, webhook_id)
    [delivery] = add_deliveries(work, [(webhook.id, PING, {"webhook_id": str(webhook.id)})])
    record(work, "webhook.ping", webhook_id)
    return delivery


def resend(work: Work, webhook_id: UUID, delivery_id: UUID) -> WebhookDelivery:
    """Send something once more, under the id it had. Raises Conflict while it waits to be sent anyway, or
    when its webhook is switched off."""
    webhook = get_webhook(work, webhook_id)
    delivery = get_delivery(work, webhook_id, delivery_id)
    work.session.refresh(delivery, with_for_update=True)
    if delivery.status == DeliveryStatus.QUEUED:
        raise Conflict("This waits to be sent already.", code="delivery_queued")
    if not webhook.is_active and delivery.type != PING:
        raise Conflict("The webhook is switched off.", code="webhook_off")
    delivery.status, delivery.attempts = DeliveryStatus.QUEUED, 0
    ask_to_send(work, [delivery])
    record(work, "webhook.resend", webhook_id, {"delivery": (None, str(delivery_id))})
    return delivery


def _fill(work: Work, webhook: Webhook, fields: Mapping[str, Any]) -> None:
    """Take over fields that were checked."""
    for name, value in fields.items():
        if name == "events":
            value = [topic for topic in TOPICS if topic in value]
        setattr(webhook, name, value.strip() if isinstance(value, str) else value)
    if "is_active" in fields:
        webhook.off_reason = webhook.failing_since = None
    webhook.updated_at = work.now
