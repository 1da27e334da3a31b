"""From a change to what waits to be sent, in the change's own transaction (a transactional outbox)."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from sqlalchemy import select

from webapp.domain.audit.events import listens
from webapp.domain.audit.models import AuditEvent
from webapp.domain.jobs.commands import enqueue
from webapp.domain.webhooks.models import Webhook, WebhookDelivery
from webapp.domain.webhooks.topics import TOPIC_OF
from webapp.kernel.clock import rfc3339
from webapp.kernel.db import new_uuid
from webapp.kernel.work import Work

_ACTIVE = select(Webhook.__table__.c.id, Webhook.__table__.c.events).where(Webhook.__table__.c.is_active)


@listens
def announce(work: Work, event: AuditEvent) -> None:
    """Write down a delivery for each webhook that wants the event. It names what changed, not how: values
    are for those who may read them."""
    topic = TOPIC_OF.get(event.action)
    if topic is None:
        return
    rows = work.session.connection().execute(_ACTIVE).all()
    data = {
        "id": event.subject_id,
        "path": f"{topic.path}/{event.subject_id}",
        "changed": sorted(event.changes),
    }
    for webhook_id, events in rows:
        if topic.name in events:
            add_delivery(work, webhook_id, event.action, data)


def add_delivery(work: Work, webhook_id: UUID, type_: str, data: dict[str, Any]) -> WebhookDelivery:
    """Ask for one event to be sent to one webhook. The body is as Standard Webhooks wants it."""
    body = {"type": type_, "timestamp": rfc3339(work.now), "data": data}
    delivery = WebhookDelivery(
        id=new_uuid(),
        webhook_id=webhook_id,
        type=type_,
        body=json.dumps(body, ensure_ascii=False, separators=(",", ":")),
        created_at=work.now,
    )
    work.session.add(delivery)
    ask_to_send(work, delivery)
    return delivery


def ask_to_send(work: Work, delivery: WebhookDelivery) -> None:
    """Have a worker send it."""
    delivery.job_id = enqueue(work, "webhooks.deliver", {"delivery_id": str(delivery.id)}).id
    work.session.flush()
