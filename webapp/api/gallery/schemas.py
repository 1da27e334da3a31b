"""What the API takes and answers of designs."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from marshmallow import fields, validate

from webapp.api.content.answers import DesignColumns, TagNameSchema
from webapp.api.content.bodies import SentSchema, SentText, sent_text
from webapp.api.fields import Answer, Choice, Moment, QueryFlag, Schema, Text, Unread
from webapp.api.media.addresses import srcset_of
from webapp.api.paging import PagingQuery, list_schema
from webapp.domain.content import content_types as types
from webapp.domain.content.content_types import DESIGN
from webapp.domain.content.models import MESSAGE_MAX
from webapp.domain.gallery.filters import ALL, SORTS
from webapp.domain.gallery.models import FACETS
from webapp.domain.gallery.views import STATUSES
from webapp.ports.storage import STORAGE_KEY

Q_MAX = 200
COLOR_MAX = 100


class SentFlag(Unread, fields.Boolean):
    """True or false; the domain checks it."""


class ImageSchema(Answer):
    """The image of a design. ``srcset`` offers it in several widths, for ``<img srcset>``."""

    srcset = fields.Function(lambda media: srcset_of(media.object_key))
    width = fields.Integer()
    height = fields.Integer()
    alt_text = fields.String()
    placeholder = fields.String(metadata={"description": "A blurred image of 24 pixels as a data URL."})
    colors = fields.List(fields.String(), metadata={"description": "The commonest first."})
    focal_x = fields.Float()
    focal_y = fields.Float()


class DesignSchema(DesignColumns):
    """A design. Its image may come after it: until then `image` is null and `missing_image` true."""

    image_url = fields.String()
    image = fields.Nested(ImageSchema, allow_none=True)
    missing_image = fields.Boolean()
    status = fields.String(validate=validate.OneOf(STATUSES))
    tags = fields.List(fields.Nested(TagNameSchema))
    view_count = fields.Integer()
    like_count = fields.Integer()
    is_favorited = fields.Boolean(metadata={"description": "By the one who asks."})
    revision = fields.Integer()
    created_at = Moment()
    updated_at = Moment()


class FacetValueSchema(Answer):
    """A value, and how many designs have it."""

    value = fields.String()
    count = fields.Integer()


FacetsSchema = Answer.from_dict(
    {name: fields.List(fields.Nested(FacetValueSchema)) for name in (*FACETS, "featured", "status")},
    name="Facets",
)


def page_schema(item: Schema) -> Schema:
    """A page of designs; `facets` is null unless it was asked for."""
    facets = fields.Nested(FacetsSchema, allow_none=True)
    return type(list_schema(item, "DesignPage")).from_dict({"facets": facets}, name="DesignList")()  # type: ignore[return-value]


class DesignWriteSchema(SentSchema):
    """A design. `status` is `published` unless it says otherwise."""

    content_type = DESIGN

    title = sent_text(types.TITLE_MAX, minLength=1)
    description = sent_text(types.DESCRIPTION_MAX, required=False)
    r2_object_key = SentText(required=True, metadata={"maxLength": 200, "pattern": STORAGE_KEY.pattern})
    category = sent_text(types.LINE_MAX, minLength=1)
    style = sent_text(types.LINE_MAX, required=False)
    colour = sent_text(types.LINE_MAX, required=False)
    fabric = sent_text(types.LINE_MAX, required=False)
    occasion = sent_text(types.LINE_MAX, required=False)
    season = sent_text(types.LINE_MAX, required=False)
    designer_name = sent_text(types.LINE_MAX, required=False)
    collection_name = sent_text(types.LINE_MAX, required=False)
    featured = SentFlag()
    status = Choice(STATUSES)

    def errors_of(self, data: dict[str, Any]) -> list[Any]:
        return super().errors_of({name: value for name, value in data.items() if name != "status"})


class SaveQuery(Schema):
    """How a write is saved."""

    class Meta:
        unknown = ma.EXCLUDE

    draft = QueryFlag(metadata={"description": "Save beside what is published."})
    message = Text(MESSAGE_MAX, metadata={"description": "What was changed, for the history."})


class DesignQuery(PagingQuery):
    """Which designs. Words count without regard to case; all filters hold together."""

    q = Text(Q_MAX, metadata={"description": "A piece of title or description, or else words in them."})
    category = Text(types.LINE_MAX, minimum=1)
    style = Text(types.LINE_MAX, minimum=1)
    colour = Text(types.LINE_MAX, minimum=1)
    fabric = Text(types.LINE_MAX, minimum=1)
    occasion = Text(types.LINE_MAX, minimum=1)
    season = Text(types.LINE_MAX, minimum=1)
    designer_name = Text(types.LINE_MAX, minimum=1)
    collection_name = Text(types.LINE_MAX, minimum=1)
    featured = QueryFlag()
    status = Choice((*STATUSES, ALL), metadata={"description": "Others than `published` are for editors."})
    near_colour = Text(
        COLOR_MAX,
        minimum=1,
        metadata={"description": "A CSS colour: designs whose image has one near it, the nearest first."},
    )
    sort = Choice(tuple(SORTS))
    facets = QueryFlag(
        metadata={"description": "Count the values of each filter, with all filters but its own."}
    )


class FavoriteSchema(Answer):
    """Whether a design is a favourite now, and of how many people."""

    success = fields.Boolean()
    message = fields.String()
    is_favorited = fields.Boolean()
    like_count = fields.Integer()
