"""What the API takes and answers of the audit log."""

from __future__ import annotations

from marshmallow import fields, validate

from webapp.api.fields import Answer, Moment, QueryMoment, Text
from webapp.api.paging import PagingQuery
from webapp.domain.audit.models import ACTION_MAX, SUBJECT_ID_MAX, SUBJECT_TYPE_MAX, ActorKind

SEARCH_MAX = 200


class AuditChangeSchema(Answer):
    """One field that changed. ``is_told`` is false where the log has only the field's name."""

    field = fields.String()
    before = fields.Raw(allow_none=True)
    after = fields.Raw(allow_none=True)
    is_told = fields.Boolean()


class AuditEventSchema(Answer):
    """One event. Names are the present ones; null for people who are no longer there."""

    id = fields.Integer(attribute="event.id")
    at = Moment(attribute="event.at")
    actor_kind = fields.String(
        attribute="event.actor_kind", validate=validate.OneOf([kind.value for kind in ActorKind])
    )
    actor_id = fields.UUID(attribute="event.actor_id", allow_none=True)
    actor = fields.String(allow_none=True)
    action = fields.String(attribute="event.action")
    subject_type = fields.String(attribute="event.subject_type")
    subject_id = fields.String(attribute="event.subject_id")
    subject = fields.String(allow_none=True)
    changes = fields.List(fields.Nested(AuditChangeSchema))
    address = fields.String(attribute="event.address", allow_none=True)
    request_id = fields.String(attribute="event.request_id", allow_none=True)


class EventsQuery(PagingQuery):
    """Filters of the audit log; ``action`` may be the part before the dot alone."""

    actor_id = fields.UUID()
    action = Text(ACTION_MAX, minimum=1)
    subject_type = Text(SUBJECT_TYPE_MAX, minimum=1)
    subject_id = Text(SUBJECT_ID_MAX, minimum=1)
    since = QueryMoment()
    until = QueryMoment()
    q = Text(SEARCH_MAX)
