"""What the API takes and answers of content."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from marshmallow import fields, validate

from webapp.api.fields import (
    CheckedSchema,
    Choice,
    Coded,
    Moment,
    QueryFlag,
    QueryMoment,
    Schema,
    Text,
    Unread,
)
from webapp.api.paging import PagingQuery, PagingQuery100
from webapp.domain.content import content_types as types
from webapp.domain.content.content_types import DATA, EXPERIENCE, PROJECT, ContentType, tag_name_errors
from webapp.domain.content.items import item_errors
from webapp.domain.content.lifecycle import Status
from webapp.domain.content.models import ITEM_DESCRIPTION_MAX, ITEM_TITLE_MAX, MESSAGE_MAX
from webapp.domain.content.queries import SORTS
from webapp.kernel.errors import FieldError

STATUSES = tuple(status.value for status in Status)
QUERY_MAX = 200


# --- answers --------------------------------------------------------------------------------


class TagNameSchema(Schema):
    """A tag of an entry."""

    id = fields.Integer()
    name = fields.String()


class _EntrySchema(Schema):
    """What every entry has; the second half is for editors, in answers to writes and with `draft=true`."""

    tags = fields.List(fields.Nested(TagNameSchema))
    revision = fields.Integer(metadata={"description": "The number of the revision that is shown."})
    created_at = Moment()
    updated_at = Moment()
    published_at = Moment(allow_none=True)
    status = fields.String(validate=validate.OneOf(STATUSES))
    publish_at = Moment(allow_none=True)
    unpublish_at = Moment(allow_none=True)
    time_zone = fields.String(allow_none=True)


class DataSchema(_EntrySchema):
    """A data item."""

    id = fields.Integer()
    title = fields.String()
    description = fields.String(allow_none=True)
    content = fields.Raw(metadata={"type": "object"})


class ProjectSchema(_EntrySchema):
    """A project of a portfolio."""

    id = fields.String()
    title = fields.String()
    description = fields.String()
    image = fields.String()
    technologies = fields.List(fields.String())
    link = fields.String()
    github = fields.String(allow_none=True)
    appStore = fields.String(allow_none=True)
    playStore = fields.String(allow_none=True)
    achievements = fields.List(fields.String())


class ExperienceSchema(_EntrySchema):
    """A station of a working life; `missing_projects` are the ids in `projects` that nothing is known of."""

    id = fields.String()
    role = fields.String()
    company = fields.String()
    period = fields.String()
    description = fields.String()
    achievements = fields.List(fields.String())
    projects = fields.List(fields.String())
    color = fields.String()
    missing_projects = fields.List(fields.String())


class ItemSchema(Schema):
    """A small thing of a person's own."""

    id = fields.UUID()
    title = fields.String()
    description = fields.String(allow_none=True)
    owner_id = fields.UUID()
    created_at = Moment()
    updated_at = Moment()


class TagSchema(Schema):
    """A tag and how many entries have it, as far as the reader sees them."""

    id = fields.Integer(attribute="tag.id")
    name = fields.String(attribute="tag.name")
    count = fields.Integer()
    created_at = Moment(attribute="tag.created_at")
    updated_at = Moment(attribute="tag.updated_at")


# --- bodies ---------------------------------------------------------------------------------


class SentText(Unread, fields.String):
    """Text that the domain checks."""


class SentList(Unread, fields.List[str]):
    """A list that the domain checks."""


class SentObject(Unread, fields.Raw):
    """A JSON object that the domain checks."""


def _text(maximum: int, *, required: bool = True, **metadata: Any) -> SentText:
    return SentText(required=required, allow_none=not required, metadata={"maxLength": maximum, **metadata})


def _texts(maximum: int, *, required: bool = True, most: int = types.LIST_MAX) -> SentList:
    entry = fields.String(metadata={"maxLength": maximum})
    return SentList(entry, required=required, metadata={"maxItems": most})


class _SentSchema(CheckedSchema):
    """A body of which the domain knows every field, so that nothing is checked twice."""

    content_type: ContentType

    class Meta:
        unknown = ma.INCLUDE

    tags = _texts(types.TAG_MAX, required=False, most=types.TAGS_MAX)

    def errors_of(self, data: dict[str, Any]) -> list[FieldError]:
        if self.partial:
            return self.content_type.change_errors(data)
        return self.content_type.creation_errors(data)


class DataWriteSchema(_SentSchema):
    """A data item."""

    content_type = DATA

    title = _text(types.TITLE_MAX, minLength=1)
    description = _text(types.DESCRIPTION_MAX, required=False)
    content = SentObject(required=True, metadata={"type": "object"})


class ProjectWriteSchema(_SentSchema):
    """A project."""

    content_type = PROJECT

    title = _text(types.TITLE_MAX, minLength=1)
    description = _text(types.DESCRIPTION_MAX)
    image = _text(types.URL_MAX)
    technologies = _texts(types.LINE_MAX)
    link = _text(types.URL_MAX)
    github = _text(types.URL_MAX, required=False)
    appStore = _text(types.URL_MAX, required=False)
    playStore = _text(types.URL_MAX, required=False)
    achievements = _texts(types.ACHIEVEMENT_MAX)


class ProjectCreateSchema(ProjectWriteSchema):
    """A project under an id of the client's choice."""

    id = _text(types.KEY_MAX, minLength=1)


class ExperienceWriteSchema(_SentSchema):
    """A station of a working life."""

    content_type = EXPERIENCE

    role = _text(types.LINE_MAX, minLength=1)
    company = _text(types.LINE_MAX)
    period = _text(types.LINE_MAX)
    description = _text(types.DESCRIPTION_MAX)
    achievements = _texts(types.ACHIEVEMENT_MAX)
    projects = _texts(types.KEY_MAX)
    color = _text(types.LINE_MAX)


class ExperienceCreateSchema(ExperienceWriteSchema):
    """An experience under an id of the client's choice."""

    id = _text(types.KEY_MAX, minLength=1)


class ItemWriteSchema(CheckedSchema):
    """An item."""

    class Meta:
        unknown = ma.INCLUDE

    title = _text(ITEM_TITLE_MAX, minLength=1)
    description = _text(ITEM_DESCRIPTION_MAX, required=False)

    def errors_of(self, data: dict[str, Any]) -> list[FieldError]:
        return item_errors(data, partial=bool(self.partial))


class TagWriteSchema(CheckedSchema):
    """A tag's name."""

    name = _text(types.TAG_MAX, minLength=1)

    def errors_of(self, data: dict[str, Any]) -> list[FieldError]:
        return tag_name_errors(data.get("name"))


class MergeSchema(Schema):
    """The tag that takes the place of this one."""

    into = fields.Integer(strict=True, required=True, validate=validate.Range(1))


# --- queries --------------------------------------------------------------------------------


class NamesField(fields.String):
    """Some of the members of an answer, divided by commas."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self.names = names
        super().__init__(metadata={"description": f"Only these members: {', '.join(names)}."})

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        wanted = frozenset(value.split(","))
        if not wanted <= set(self.names):
            raise ma.ValidationError(Coded(f"Must be some of: {', '.join(self.names)}.", "invalid_choice"))
        return wanted


class _Query(Schema):
    class Meta:
        unknown = ma.EXCLUDE


class SaveQuery(_Query):
    """How a write is saved."""

    draft = QueryFlag(metadata={"description": "Save without publishing."})
    message = Text(MESSAGE_MAX, metadata={"description": "What was changed, for the history."})


def entry_query(answer: Schema) -> Schema:
    """The query parameters of one entry, of which ``answer`` has the members."""
    members = {"draft": _draft(), "fields": NamesField(tuple(answer.fields))}
    return _Query.from_dict(members, name=f"{type(answer).__name__}Query")()  # type: ignore[return-value,arg-type]


def search_query(answer: Schema) -> Schema:
    """The query parameters of a search."""
    q = Text(QUERY_MAX, minimum=1, required=True)
    members = {"draft": _draft(), "fields": NamesField(tuple(answer.fields)), "q": q}
    return PagingQuery100.from_dict(members, name=f"{type(answer).__name__}SearchQuery")()  # type: ignore[return-value,arg-type]


class _EntriesQuery(PagingQuery100):
    tag = Text(types.TAG_MAX)
    q = Text(QUERY_MAX, metadata={"description": "A piece of the title or the description."})
    status = Choice(STATUSES, metadata={"description": "Goes with `draft=true`."})
    created_after = QueryMoment()
    created_before = QueryMoment()
    updated_after = QueryMoment()
    updated_before = QueryMoment()
    sort = Choice(tuple(SORTS))


def entries_query(answer: Schema) -> Schema:
    """The filters of a list of entries."""
    members = {"draft": _draft(), "fields": NamesField(tuple(answer.fields))}
    return _EntriesQuery.from_dict(members, name=f"{type(answer).__name__}ListQuery")()  # type: ignore[return-value,arg-type]


def _draft() -> QueryFlag:
    return QueryFlag(metadata={"description": "The latest state instead of the published one, for editors."})


class TagsQuery(PagingQuery):
    """Filters of the list of tags."""

    q = Text(types.TAG_MAX)
    draft = QueryFlag(metadata={"description": "Count latest states instead of published ones, for editors."})


class TagQuery(_Query):
    """How a tag's entries are counted."""

    draft = QueryFlag()
