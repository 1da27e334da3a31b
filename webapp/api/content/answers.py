"""What the API answers of content."""

from __future__ import annotations

from marshmallow import fields, validate

from webapp.api.fields import Answer, Moment, Schema
from webapp.domain.content import content_types as types
from webapp.domain.content.diff import Kind
from webapp.domain.content.lifecycle import Status
from webapp.domain.content.trash import KEPT_FOR
from webapp.kernel.clock import rfc3339

STATUSES = tuple(status.value for status in Status)


class TagNameSchema(Answer):
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
    kind = fields.String(
        allow_none=True, metadata={"description": "The name of a kind, whose schema `content` keeps to."}
    )
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


class DesignColumns(Answer):
    """What is said of a design wherever one is answered."""

    id = fields.Integer()
    title = fields.String()
    description = fields.String(allow_none=True)
    r2_object_key = fields.String()
    category = fields.String()
    style = fields.String(allow_none=True)
    colour = fields.String(allow_none=True)
    fabric = fields.String(allow_none=True)
    occasion = fields.String(allow_none=True)
    season = fields.String(allow_none=True)
    designer_name = fields.String(allow_none=True)
    collection_name = fields.String(allow_none=True)
    featured = fields.Boolean()


class DesignEntrySchema(DesignColumns, _EntrySchema):
    """A design as content; `/designs` answers it with its image and its numbers."""

    archived = fields.Boolean()


class KindSchema(Answer):
    """A kind of data item; `schema` is a JSON Schema (draft 2020-12) of an object."""

    name = fields.String()
    label = fields.String()
    schema = fields.Raw(metadata={"type": "object"})
    created_at = Moment()
    updated_at = Moment()


class ItemSchema(Answer):
    """A small thing of a person's own."""

    id = fields.UUID()
    title = fields.String()
    description = fields.String(allow_none=True)
    owner_id = fields.UUID()
    created_at = Moment()
    updated_at = Moment()


class TrashedItemSchema(Answer):
    """An item in the trash."""

    id = fields.UUID()
    title = fields.String()
    description = fields.String(allow_none=True)
    owner_id = fields.UUID()
    deleted_at = Moment()
    kept_until = fields.Function(
        lambda item: rfc3339(item.deleted_at + KEPT_FOR),
        metadata={"type": "string", "format": "date-time"},
    )


class ItemRevisionSchema(Answer):
    """One saved state of an item."""

    number = fields.Integer(attribute="revision.number")
    message = fields.String(attribute="revision.message", allow_none=True)
    author_id = fields.UUID(attribute="revision.author_id", allow_none=True)
    author = fields.String(attribute="revision.author", allow_none=True)
    restored_from = fields.Integer(attribute="revision.restored_from", allow_none=True)
    created_at = Moment(attribute="revision.created_at")
    is_latest = fields.Boolean(attribute="revision.is_latest")
    document = fields.Raw(metadata={"type": "object"})


class TagSchema(Answer):
    """A tag and how many entries have it, as far as the reader sees them."""

    id = fields.Integer(attribute="tag.id")
    name = fields.String(attribute="tag.name")
    count = fields.Integer()
    created_at = Moment(attribute="tag.created_at")
    updated_at = Moment(attribute="tag.updated_at")


class RevisionRowSchema(Answer):
    """One saved state of an entry."""

    number = fields.Integer()
    message = fields.String(allow_none=True)
    author_id = fields.UUID(allow_none=True)
    author = fields.String(allow_none=True, metadata={"description": "The author's name."})
    restored_from = fields.Integer(allow_none=True)
    created_at = Moment()
    is_latest = fields.Boolean()
    is_live = fields.Boolean()


class RevisionStateSchema(Answer):
    """A revision with what it holds."""

    revision = fields.Nested(RevisionRowSchema)
    document = fields.Raw(metadata={"type": "object"})
    tags = fields.List(fields.String())


class FieldChangeSchema(Schema):
    """One field that differs; lists are told whole."""

    pointer = fields.String(metadata={"description": "A JSON Pointer such as `/content/price`."})
    kind = fields.String(validate=validate.OneOf([kind.value for kind in Kind]))
    before = fields.Raw()
    after = fields.Raw()


class EntrySummarySchema(Answer):
    """An entry of any type, as lists of several types show it."""

    type = fields.String(attribute="type.name", validate=validate.OneOf(tuple(types.TYPES)))
    id = fields.Raw(attribute="key", metadata={"type": ["integer", "string"]})
    title = fields.String(attribute="headline")
    status = fields.String(validate=validate.OneOf(STATUSES))
    revision = fields.Integer()
    updated_at = Moment()
    publish_at = Moment(allow_none=True)
    unpublish_at = Moment(allow_none=True)
    time_zone = fields.String(allow_none=True)


class TrashedSchema(Answer):
    """An entry in the trash; `trash_id` restores it."""

    trash_id = fields.Integer(attribute="entry.entry_id")
    entry = fields.Nested(EntrySummarySchema)
    deleted_at = Moment()
    deleted_by = fields.UUID(allow_none=True)
    kept_until = Moment()


class RowResultSchema(Schema):
    """What became of one entry of a bulk action."""

    row = fields.Integer()
    id = fields.Raw(attribute="key", metadata={"type": ["integer", "string"]})
    code = fields.String(attribute="error.code", metadata={"description": "Where it failed."})
    detail = fields.String(attribute="error.detail")


class BulkResultSchema(Answer):
    """How many entries the action was done to, and what failed, by row."""

    done = fields.Integer()
    failed = fields.Integer()
    errors = fields.List(fields.Nested(RowResultSchema))
