"""Finding webhooks and what was sent to them."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from webapp.domain.webhooks.models import Webhook, WebhookAttempt, WebhookDelivery
from webapp.domain.webhooks.policy import may_administer_webhooks
from webapp.kernel.errors import NotFound
from webapp.kernel.paging import Page, PageRequest, SortKey, fetch_page
from webapp.kernel.work import Work, require

BY_NAME = (SortKey(Webhook.name, lambda webhook: webhook.name), SortKey(Webhook.id, lambda w: w.id))
BY_ATTEMPT = SortKey(WebhookAttempt.id, lambda attempt: attempt.id)
BY_AGE = (
    SortKey(WebhookDelivery.created_at, lambda delivery: delivery.created_at),
    SortKey(WebhookDelivery.id, lambda delivery: delivery.id),
)


def list_webhooks(work: Work, request: PageRequest) -> Page[Webhook]:
    """Webhooks by name. Admins only."""
    require(work.actor, may_administer_webhooks(work.actor))
    return fetch_page(work.session, select(Webhook), request, BY_NAME)


def get_webhook(work: Work, webhook_id: UUID) -> Webhook:
    """One webhook, for an admin. Raises NotFound."""
    require(work.actor, may_administer_webhooks(work.actor))
    webhook = work.session.get(Webhook, webhook_id)
    if webhook is None:
        raise NotFound("Webhook not found")
    return webhook


def list_deliveries(
    work: Work, webhook_id: UUID, request: PageRequest, *, status: str | None = None
) -> Page[WebhookDelivery]:
    """What was or will be sent to a webhook, the newest first. Admins only. Raises NotFound."""
    statement = select(WebhookDelivery).where(WebhookDelivery.webhook_id == get_webhook(work, webhook_id).id)
    if status:
        statement = statement.where(WebhookDelivery.status == status)
    return fetch_page(work.session, statement, request, BY_AGE, descending=True)


def list_attempts(
    work: Work, webhook_id: UUID, delivery_id: UUID, request: PageRequest
) -> Page[WebhookAttempt]:
    """How each attempt to send something went, the last first. Admins only. Raises NotFound."""
    delivery = get_delivery(work, webhook_id, delivery_id)
    statement = select(WebhookAttempt).where(WebhookAttempt.delivery_id == delivery.id)
    return fetch_page(work.session, statement, request, (BY_ATTEMPT,), descending=True)


def get_delivery(work: Work, webhook_id: UUID, delivery_id: UUID) -> WebhookDelivery:
    """One delivery to a webhook, for an admin. Raises NotFound."""
    require(work.actor, may_administer_webhooks(work.actor))
    found = select(WebhookDelivery).where(
        WebhookDelivery.id == delivery_id, WebhookDelivery.webhook_id == webhook_id
    )
    delivery = work.session.scalar(found)
    if delivery is None:
        raise NotFound("Delivery not found")
    return delivery
