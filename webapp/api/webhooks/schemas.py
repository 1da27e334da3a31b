"""Webhooks and deliveries as they are taken and answered."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from webapp.api.fields import Answer, CheckedSchema, Choice, Moment, Unread
from webapp.api.paging import PagingQuery
from webapp.domain.webhooks.fields import webhook_errors
from webapp.domain.webhooks.models import NAME_MAX, URL_MAX, DeliveryStatus
from webapp.domain.webhooks.topics import TOPICS
from webapp.kernel.errors import FieldError


class SentText(Unread, fields.String):
    """Text that the domain checks."""


class SentTopics(Unread, fields.List[str]):
    """Names of topics that the domain checks."""


class SentFlag(Unread, fields.Boolean):
    """A flag that the domain checks."""


class WebhookWriteSchema(CheckedSchema):
    """An address, and what it is told of."""

    name = SentText(required=True, metadata={"minLength": 1, "maxLength": NAME_MAX})
    url = SentText(
        required=True, metadata={"maxLength": URL_MAX, "format": "uri", "example": "https://example.org/hook"}
    )
    events = SentTopics(
        fields.String(metadata={"enum": list(TOPICS)}), required=True, metadata={"minItems": 1}
    )
    is_active = SentFlag()

    def errors_of(self, data: dict[str, Any]) -> list[FieldError]:
        known = {name: value for name, value in data.items() if name in self.fields}
        return webhook_errors(known, partial=bool(self.partial))


class WebhookSchema(Answer):
    """A webhook, without its secret."""

    id = fields.UUID()
    name = fields.String()
    url = fields.String()
    events = fields.List(fields.String(metadata={"enum": list(TOPICS)}))
    is_active = fields.Boolean()
    off_reason = fields.String(allow_none=True)
    failing_since = Moment(allow_none=True)
    secret_made_at = Moment()
    created_at = Moment()
    updated_at = Moment()


class MadeWebhookSchema(WebhookSchema):
    """A webhook with its new secret, which no other answer shows."""

    secret = fields.String()


class DeliverySchema(Answer):
    """One event for one webhook, and how the last attempt to send it went."""

    id = fields.UUID()
    type = fields.String()
    status = fields.String(metadata={"enum": [status.value for status in DeliveryStatus]})
    attempts = fields.Integer()
    body = fields.String()
    answer_status = fields.Integer(allow_none=True)
    answer = fields.String(allow_none=True)
    milliseconds = fields.Integer(allow_none=True)
    reason = fields.String(allow_none=True)
    created_at = Moment()
    attempted_at = Moment(allow_none=True)


class AttemptSchema(Answer):
    """How one attempt to send something went; `answer` are the first characters of what came back."""

    id = fields.UUID()
    attempted_at = Moment()
    answer_status = fields.Integer(allow_none=True)
    answer = fields.String(allow_none=True)
    milliseconds = fields.Integer()
    reason = fields.String(allow_none=True)


class DeliveriesQuery(PagingQuery):
    status = Choice(tuple(DeliveryStatus))
