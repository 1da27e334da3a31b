"""From a change to what waits to be sent, in the change's own transaction (a transactional outbox)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from webapp.domain.audit.events import Happening, listens
from webapp.domain.jobs.commands import enqueue_many
from webapp.domain.webhooks.models import Webhook, WebhookDelivery
from webapp.domain.webhooks.topics import TOPIC_OF
from webapp.kernel.clock import rfc3339
from webapp.kernel.compiled import CompiledStatement
from webapp.kernel.db import new_uuid
from webapp.kernel.work import Work

Message = tuple[UUID, str, dict[str, Any]]
"""To which webhook, of which type, and about what."""

_ACTIVE = CompiledStatement(select(Webhook.id, Webhook.events).where(Webhook.is_active))


@listens
def announce(work: Work, happenings: Sequence[Happening]) -> None:
    """Write down a delivery for each webhook that wants to know. It names what changed, not how: values are
    for those who may read them."""
    told = [(each, TOPIC_OF[each.action]) for each in happenings if each.action in TOPIC_OF]
    if not told:
        return
    webhooks = _ACTIVE.rows(work.session, {})
    messages = []
    for each, topic in told:
        subject_id = str(each.subject_id)
        data = {
            "id": subject_id,
            "path": f"{topic.path}/{subject_id}",
            "changed": sorted(each.changes or ()),
        }
        messages += [(webhook.id, each.action, data) for webhook in webhooks if topic.name in webhook.events]
    if messages:
        add_deliveries(work, messages)


def add_deliveries(work: Work, messages: Iterable[Message]) -> list[WebhookDelivery]:
    """Ask for messages to be sent. The bodies are as Standard Webhooks wants them."""
    deliveries = [
        WebhookDelivery(
            id=new_uuid(),
            webhook_id=webhook_id,
            type=type_,
            body=json.dumps(
                {"type": type_, "timestamp": rfc3339(work.now), "data": data},
                ensure_ascii=False,
                separators=(",", ":"),
            ),
            created_at=work.now,
        )
        for webhook_id, type_, data in messages
    ]
    ask_to_send(work, deliveries)
    work.session.add_all(deliveries)
    work.session.flush()
    return deliveries


def ask_to_send(work: Work, deliveries: Sequence[WebhookDelivery]) -> None:
    """Have a worker send them."""
    jobs = enqueue_many(work, "webhooks.deliver", [{"delivery_id": str(each.id)} for each in deliveries])
    for delivery, job in zip(deliveries, jobs, strict=True):
        delivery.job_id = job.id
