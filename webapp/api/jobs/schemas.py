"""A job as it is answered, and the filters of lists of jobs."""

from __future__ import annotations

from marshmallow import fields

from webapp.api.fields import Answer, Choice, Moment, Text
from webapp.api.paging import PagingQuery
from webapp.domain.jobs.models import KIND_MAX, State


class JobSchema(Answer):
    """Work that outlives a request, and how far it is."""

    id = fields.UUID()
    kind = fields.String()
    state = fields.String(metadata={"enum": [state.value for state in State]})
    done = fields.Integer()
    total = fields.Integer()
    attempts = fields.Integer()
    reason = fields.String(allow_none=True)
    result = fields.Dict(allow_none=True)
    run_at = Moment()
    created_at = Moment()
    started_at = Moment(allow_none=True)
    finished_at = Moment(allow_none=True)


class JobsQuery(PagingQuery):
    state = Choice(tuple(State))
    kind = Text(KIND_MAX)
