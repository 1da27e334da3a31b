"""``/admin/webhooks``: addresses that are told of changes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, jsonify

from webapp.access import admins_only
from webapp.api.blueprint import Blueprint
from webapp.api.etags import conditional, expected_tags
from webapp.api.paging import PagingQuery, envelope, list_schema
from webapp.api.webhooks.schemas import (
    AttemptSchema,
    DeliveriesQuery,
    DeliverySchema,
    MadeWebhookSchema,
    WebhookSchema,
    WebhookWriteSchema,
)
from webapp.domain.webhooks import commands, queries
from webapp.domain.webhooks.models import Webhook, WebhookDelivery
from webapp.domain.webhooks.signing import secret_of
from webapp.kernel.paging import PageRequest
from webapp.web import current_ports, current_work

blueprint = Blueprint(
    "webhooks", __name__, url_prefix="/api/v1/admin/webhooks", description="Telling other machines of changes"
)

WEBHOOK = WebhookSchema()
MADE = MadeWebhookSchema()
DELIVERY = DeliverySchema()
ATTEMPT = AttemptSchema()


def present(webhook: Webhook) -> Response:
    """A webhook with its entity tag."""
    return conditional(jsonify(WEBHOOK.dump(webhook)), webhook.tag)


def present_with_secret(webhook: Webhook) -> Response:
    """The same with its secret, for the one answer that shows it."""
    secret = secret_of(webhook, current_ports().site)
    return conditional(jsonify({**WEBHOOK.dump(webhook), "secret": secret}), webhook.tag)


@blueprint.route("", methods=["GET"])
@admins_only
@blueprint.arguments(PagingQuery(), location="query")
@blueprint.response(200, list_schema(WEBHOOK, "WebhookPage"))
def list_webhooks(query: dict[str, PageRequest]) -> dict[str, Any]:
    """Webhooks by name."""
    return envelope(queries.list_webhooks(current_work(), query["paging"]))


@blueprint.route("", methods=["POST"])
@admins_only
@blueprint.arguments(WebhookWriteSchema())
@blueprint.response(201, MADE)
def create_webhook(fields: dict[str, Any]) -> Response:
    """Have an address told of events. Its `secret` is in this answer and never again."""
    webhook = commands.create_webhook(current_work(), fields)
    response = present_with_secret(webhook)
    response.status_code = 201
    response.headers["Location"] = f"/api/v1/admin/webhooks/{webhook.id}"
    return response


@blueprint.route("/<uuid:webhook_id>", methods=["GET"])
@admins_only
@blueprint.response(200, WEBHOOK)
def read_webhook(webhook_id: UUID) -> Response:
    """One webhook."""
    return present(queries.get_webhook(current_work(), webhook_id))


@blueprint.route("/<uuid:webhook_id>", methods=["PUT", "PATCH"])
@admins_only
@blueprint.arguments(WebhookWriteSchema(partial=True))
@blueprint.response(200, WEBHOOK)
def update_webhook(fields: dict[str, Any], webhook_id: UUID) -> Response:
    """Change the fields that are sent."""
    return present(commands.update_webhook(current_work(), webhook_id, fields, expected=expected_tags()))


@blueprint.route("/<uuid:webhook_id>", methods=["DELETE"])
@admins_only
@blueprint.response(204)
def delete_webhook(webhook_id: UUID) -> None:
    """Forget a webhook and the log of its deliveries."""
    commands.delete_webhook(current_work(), webhook_id, expected=expected_tags())


@blueprint.route("/<uuid:webhook_id>/secret", methods=["POST"])
@admins_only
@blueprint.response(200, MADE)
def renew_secret(webhook_id: UUID) -> Response:
    """Make a new secret, shown in this answer only; for 24 hours the old one signs too."""
    webhook = commands.renew_secret(current_work(), webhook_id, expected=expected_tags())
    return present_with_secret(webhook)


@blueprint.route("/<uuid:webhook_id>/ping", methods=["POST"])
@admins_only
@blueprint.response(202, DELIVERY)
def ping(webhook_id: UUID) -> WebhookDelivery:
    """Send an event of the type `ping`, to see whether it arrives."""
    return commands.ping(current_work(), webhook_id)


@blueprint.route("/<uuid:webhook_id>/deliveries", methods=["GET"])
@admins_only
@blueprint.arguments(DeliveriesQuery(), location="query")
@blueprint.response(200, list_schema(DELIVERY, "DeliveryPage"))
def list_deliveries(query: dict[str, Any], webhook_id: UUID) -> dict[str, Any]:
    """What was or will be sent to a webhook in the last 30 days, the newest first."""
    return envelope(queries.list_deliveries(current_work(), webhook_id, query.pop("paging"), **query))


@blueprint.route("/<uuid:webhook_id>/deliveries/<uuid:delivery_id>", methods=["GET"])
@admins_only
@blueprint.response(200, DELIVERY)
def read_delivery(webhook_id: UUID, delivery_id: UUID) -> WebhookDelivery:
    """One delivery."""
    return queries.get_delivery(current_work(), webhook_id, delivery_id)


@blueprint.route("/<uuid:webhook_id>/deliveries/<uuid:delivery_id>/attempts", methods=["GET"])
@admins_only
@blueprint.arguments(PagingQuery(), location="query")
@blueprint.response(200, list_schema(ATTEMPT, "AttemptPage"))
def list_attempts(query: dict[str, PageRequest], webhook_id: UUID, delivery_id: UUID) -> dict[str, Any]:
    """How each attempt to send something went, the last first."""
    return envelope(queries.list_attempts(current_work(), webhook_id, delivery_id, query["paging"]))


@blueprint.route("/<uuid:webhook_id>/deliveries/<uuid:delivery_id>/resend", methods=["POST"])
@admins_only
@blueprint.response(202, DELIVERY)
def resend(webhook_id: UUID, delivery_id: UUID) -> WebhookDelivery:
    """Send something once more, under the id it had."""
    return commands.resend(current_work(), webhook_id, delivery_id)
