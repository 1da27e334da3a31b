"""What the API takes of festivals, templates and cards; the domain checks it all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

import marshmallow as ma
from marshmallow import fields

from webapp.api.content.bodies import SentList, SentObject, SentText
from webapp.api.fields import (
    CheckedSchema,
    Choice,
    File,
    Flag,
    QueryFlag,
    QueryInteger,
    Schema,
    Text,
    Unread,
)
from webapp.api.paging import PagingQuery
from webapp.domain.cards import (
    bulk_requests,
    cards,
    categories,
    collections,
    export,
    festivals,
    reactions,
    render_links,
    shares,
    templates,
)
from webapp.domain.cards.festival_models import ALT_TEXT_MAX
from webapp.domain.cards.layout import PAPERS, SIZES
from webapp.domain.cards.template_queries import SORTS
from webapp.domain.content.fields import Field
from webapp.kernel.db import INT_MAX
from webapp.kernel.errors import FieldError

QUERY_MAX = 200
Check = Callable[..., Sequence[FieldError]]


class SentFlag(Unread, fields.Boolean):
    """True or false; the domain checks it."""


class SentNumber(Unread, fields.Float):
    """A number that the domain checks."""


FLAGS = ("is_active", "is_public", "is_premium", "is_primary", "dark", "todays_theme")
NUMBERS = (
    *("sort_order", "rating", "width", "height", "scale", "quality", "bleed", "expires_in", "max_opens"),
)
OBJECTS = ("messages", "template_config", "values")
LISTS = ("colors", "tags")


def _sent(field: Field, *, required: bool) -> fields.Field[Any]:
    options: dict[str, Any] = {"required": required, "allow_none": not field.required}
    if field.name in FLAGS:
        return SentFlag(**options)
    if field.name in NUMBERS:
        return SentNumber(**options)
    if field.name in OBJECTS:
        return SentObject(**options, metadata={"type": "object"})
    if field.name in LISTS:
        return SentList(fields.String(), **options)
    maximum = getattr(field.kind, "maximum", None)
    return SentText(**options, metadata={"maxLength": maximum} if isinstance(maximum, int) else {})


def _body(name: str, declared: Sequence[Field], check: Check, *, required: Sequence[str] = ()) -> Any:
    """A schema of the domain's fields, of which the domain finds all errors at once."""
    members: dict[str, Any] = {
        field.name: _sent(field, required=field.name in required) for field in declared
    }

    def errors_of(self: CheckedSchema, data: dict[str, Any]) -> Sequence[FieldError]:
        known = {name: value for name, value in data.items() if name in self.fields}
        return check(known, partial=True) if self.partial else check(known)

    return type(name, (CheckedSchema,), {**members, "errors_of": errors_of, "__doc__": check.__doc__})


FestivalWriteSchema = _body(
    "FestivalWriteSchema", festivals.FIELDS, festivals.festival_errors, required=("name",)
)
FestivalImageWriteSchema = _body(
    "FestivalImageWriteSchema", festivals.IMAGE_FIELDS, festivals.image_errors, required=("image_url",)
)


class FestivalImageFormSchema(Schema):
    """An image as a file, with what else is said of it."""

    file = File(required=True)
    alt_text = Text(ALT_TEXT_MAX)
    is_primary = QueryFlag()
    sort_order = QueryInteger(0, INT_MAX)


CategoryWriteSchema = _body(
    "CategoryWriteSchema", categories.FIELDS, categories.category_errors, required=("name",)
)
TemplateWriteSchema = _body(
    "TemplateWriteSchema", templates.FIELDS, templates.template_errors, required=templates.REQUIRED
)
ReviewWriteSchema = _body(
    "ReviewWriteSchema", reactions.FIELDS, reactions.review_errors, required=("rating",)
)
ShareWriteSchema = _body("ShareWriteSchema", shares.FIELDS, shares.share_errors)
CollectionWriteSchema = _body(
    "CollectionWriteSchema", collections.FIELDS, collections.collection_errors, required=("name",)
)


class CardWriteSchema(_body("CardBase", cards.FIELDS, cards.card_errors, required=("template_id",))):  # type: ignore[misc]
    """A card; `values` are those of the fields that its template declares."""

    def errors_of(self, data: dict[str, Any]) -> Sequence[FieldError]:
        """Nothing where the domain will look at all fields together with the template."""
        known = {name: value for name, value in data.items() if name in self.fields}
        if len(known) == len(data) and (self.partial or "template_id" in data):
            return []
        return cards.card_errors(known, partial=bool(self.partial))


class ExportSchema(_body("ExportBase", export.FIELDS, export.export_errors, required=("card_id", "format"))):  # type: ignore[misc]
    """What is to be drawn of a card; `size` and `paper` by name, `bleed` in millimetres."""

    format = SentText(required=True, metadata={"enum": list(export.FORMATS)})
    size = SentText(allow_none=True, metadata={"enum": [*SIZES, None]})
    paper = SentText(allow_none=True, metadata={"enum": [*PAPERS, None]})


class RenderLinkSchema(
    _body("RenderLinkBase", render_links.FIELDS, render_links.link_errors, required=("format",))  # type: ignore[misc]
):
    """What the picture is to be; `expires_in` is in seconds, without it the address holds for good."""

    format = SentText(required=True, metadata={"enum": list(render_links.PICTURES)})
    size = SentText(allow_none=True, metadata={"enum": [*SIZES, None]})


def _export_many_errors(sent: dict[str, Any]) -> Sequence[FieldError]:
    """Several cards, all drawn in the same way."""
    return export.export_errors({**sent, "card_id": str(UUID(int=0))})


class ExportManySchema(
    _body("ExportManyBase", export.FIELDS[1:], _export_many_errors, required=("format",))  # type: ignore[misc]
):
    """The cards, and what is to be drawn of each."""

    card_ids = fields.List(
        fields.UUID(), required=True, validate=ma.validate.Length(1, bulk_requests.CARDS_MAX)
    )
    format = SentText(required=True, metadata={"enum": list(export.FORMATS)})
    size = SentText(allow_none=True, metadata={"enum": [*SIZES, None]})
    paper = SentText(allow_none=True, metadata={"enum": [*PAPERS, None]})

    def errors_of(self, data: dict[str, Any]) -> Sequence[FieldError]:
        drawn = {name: value for name, value in data.items() if name in self.fields and name != "card_ids"}
        return _export_many_errors(drawn)


class FeatureSchema(Schema):
    """Whether a template is among the featured ones."""

    is_featured = Flag(required=True)


class CollectionItemWriteSchema(Schema):
    """The template to add."""

    template_id = fields.UUID(required=True)


class SearchSchema(Schema):
    """What to look for."""

    query = Text(QUERY_MAX, minimum=1, required=True)
    limit = fields.Integer(strict=True, load_default=20, validate=ma.validate.Range(1, 100))


class ForkSchema(Schema):
    """The copy's name; that of the original without one."""

    name = Text(200, minimum=1)


class FestivalQuery(PagingQuery):
    """Filters of festivals."""

    q = Text(QUERY_MAX)
    category = Text(100)
    country = Text(100)


class TemplateQuery(PagingQuery):
    """Filters of templates."""

    q = Text(QUERY_MAX)
    category_id = fields.UUID()
    featured = QueryFlag()
    premium = QueryFlag()
    mine = QueryFlag()
    sort = Choice(tuple(SORTS), load_default="newest")
