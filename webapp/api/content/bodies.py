"""What the API takes of content."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from marshmallow import fields, validate

from webapp.api.fields import (
    CheckedSchema,
    Choice,
    Coded,
    Schema,
    Text,
    Unread,
)
from webapp.domain.content import content_types as types
from webapp.domain.content.bulk import ACTIONS, BULK_MAX, JOB_MAX
from webapp.domain.content.content_types import DATA, EXPERIENCE, PROJECT, ContentType, tag_name_errors
from webapp.domain.content.items import item_errors
from webapp.domain.content.models import ITEM_DESCRIPTION_MAX, ITEM_TITLE_MAX, LABEL_MAX
from webapp.kernel.db import INT_MAX, is_storable
from webapp.kernel.errors import FieldError


class SentText(Unread, fields.String):
    """Text that the domain checks."""


class SentList(Unread, fields.List[str]):
    """A list that the domain checks."""


class SentObject(Unread, fields.Raw):
    """A JSON object that the domain checks."""


def sent_text(maximum: int, *, required: bool = True, **metadata: Any) -> SentText:
    """Text that the domain checks, documented with its limits."""
    return SentText(required=required, allow_none=not required, metadata={"maxLength": maximum, **metadata})


def _texts(maximum: int, *, required: bool = True, most: int = types.LIST_MAX) -> SentList:
    entry = fields.String(metadata={"maxLength": maximum})
    return SentList(entry, required=required, metadata={"maxItems": most})


class SentSchema(CheckedSchema):
    """A body of which the domain knows every field, so that nothing is checked twice."""

    content_type: ContentType

    tags = _texts(types.TAG_MAX, required=False, most=types.TAGS_MAX)

    def errors_of(self, data: dict[str, Any]) -> list[FieldError]:
        known = {name: value for name, value in data.items() if name in self.fields}
        if self.partial:
            return self.content_type.change_errors(known)
        return self.content_type.creation_errors(known)


class DataWriteSchema(SentSchema):
    """A data item."""

    content_type = DATA

    title = sent_text(types.TITLE_MAX, minLength=1)
    description = sent_text(types.DESCRIPTION_MAX, required=False)
    kind = sent_text(types.KIND_MAX, required=False)
    content = SentObject(required=True, metadata={"type": "object"})


class ProjectWriteSchema(SentSchema):
    """A project."""

    content_type = PROJECT

    title = sent_text(types.TITLE_MAX, minLength=1)
    description = sent_text(types.DESCRIPTION_MAX)
    image = sent_text(types.URL_MAX)
    technologies = _texts(types.LINE_MAX)
    link = sent_text(types.URL_MAX)
    github = sent_text(types.URL_MAX, required=False)
    appStore = sent_text(types.URL_MAX, required=False)
    playStore = sent_text(types.URL_MAX, required=False)
    achievements = _texts(types.ACHIEVEMENT_MAX)


class ProjectCreateSchema(ProjectWriteSchema):
    """A project under an id of the client's choice."""

    id = sent_text(types.KEY_MAX, minLength=1)


class ExperienceWriteSchema(SentSchema):
    """A station of a working life."""

    content_type = EXPERIENCE

    role = sent_text(types.LINE_MAX, minLength=1)
    company = sent_text(types.LINE_MAX)
    period = sent_text(types.LINE_MAX)
    description = sent_text(types.DESCRIPTION_MAX)
    achievements = _texts(types.ACHIEVEMENT_MAX)
    projects = _texts(types.KEY_MAX)
    color = sent_text(types.LINE_MAX)


class ExperienceCreateSchema(ExperienceWriteSchema):
    """An experience under an id of the client's choice."""

    id = sent_text(types.KEY_MAX, minLength=1)


class ItemWriteSchema(CheckedSchema):
    """An item."""

    title = sent_text(ITEM_TITLE_MAX, minLength=1)
    description = sent_text(ITEM_DESCRIPTION_MAX, required=False)

    def errors_of(self, data: dict[str, Any]) -> list[FieldError]:
        known = {name: value for name, value in data.items() if name in self.fields}
        return item_errors(known, partial=bool(self.partial))


class ItemsBulkSchema(Schema):
    """One action on many items."""

    action = Choice(("trash",), required=True)
    ids = fields.List(
        fields.UUID(),
        required=True,
        validate=validate.Length(1, BULK_MAX),
        metadata={"description": "Of items of your own, or anybody's for an admin."},
    )


class TagWriteSchema(CheckedSchema):
    """A tag's name."""

    name = sent_text(types.TAG_MAX, minLength=1)

    def errors_of(self, data: dict[str, Any]) -> list[FieldError]:
        return tag_name_errors(data.get("name"))


class KindWriteSchema(Schema):
    """A kind: what it is called, and the JSON Schema of its content."""

    label = SentText(metadata={"maxLength": LABEL_MAX})
    schema = SentObject(metadata={"type": "object"})


class KindCreateSchema(KindWriteSchema):
    """A kind under a name that stays the same."""

    name = SentText(metadata={"maxLength": types.KIND_MAX, "pattern": "^[a-z][a-z0-9-]*$"})


class MergeSchema(Schema):
    """The tag that takes the place of this one."""

    into = fields.Integer(strict=True, required=True, validate=validate.Range(1, INT_MAX))


class PublishContentSchema(Schema):
    """Which revision is shown from now on; the latest when it is left out."""

    revision = fields.Integer(strict=True, validate=validate.Range(1, INT_MAX))


class ScheduleSchema(Schema):
    """When a revision (the latest when it is left out) is shown, and when nothing is shown any more.

    A time has an offset from UTC, or is a local one in `time_zone`.
    """

    publish_at = SentText(metadata={"example": "2027-03-22T06:00:00"})
    unpublish_at = SentText(metadata={"example": "2027-03-25T00:00:00"})
    time_zone = SentText(metadata={"example": "Asia/Kolkata"})
    revision = SentObject(metadata={"type": "integer", "minimum": 1})


class IdField(fields.Field[Any]):
    """The id of an entry: a number for data items, text elsewhere."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        if type(value) is int or (isinstance(value, str) and is_storable(value)):
            return value
        raise ma.ValidationError(Coded("Must be an id.", "invalid_type"))


class BulkSchema(Schema):
    """One action on many entries of a type."""

    type = Choice(tuple(types.TYPES), required=True)
    action = Choice(tuple(ACTIONS), required=True)
    ids = fields.List(
        IdField(metadata={"type": ["integer", "string"]}), required=True, metadata={"maxItems": JOB_MAX}
    )
    tags = fields.List(Text(types.TAG_MAX, minimum=1), metadata={"description": "For `tag`, `untag`."})
