"""What the API takes and answers of themes."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from marshmallow import fields, validate

from webapp.api.fields import Answer, CheckedSchema, Choice, Moment, QueryInteger, Schema, Text, Unread
from webapp.domain.themes.commands import name_errors
from webapp.domain.themes.document import check_document
from webapp.domain.themes.models import NAME_MAX
from webapp.domain.themes.palette import HARMONIES
from webapp.kernel.db import INT_MAX
from webapp.kernel.errors import FieldError, Invalid

COLOR_MAX = 128
SECTIONS = ("colors", "dark_mode", "typography", "spacing", "border_radius")


def _color(example: str, **kwargs: Any) -> fields.String:
    return fields.String(
        metadata={"example": example, "format": "css-color", "description": "Any static CSS colour."},
        **kwargs,
    )


def _length(example: str) -> fields.String:
    return fields.String(required=True, metadata={"example": example, "format": "css-length"})


def _family(example: str) -> fields.String:
    return fields.String(required=True, metadata={"example": example, "format": "css-font-family"})


class Section(Unread, fields.Nested):
    """A section of a theme's document."""


class SentName(Unread, fields.String):
    """The name of a theme."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(metadata={"minLength": 1, "maxLength": NAME_MAX}, **kwargs)


class SentColor(Unread, fields.String):
    """A colour to change."""

    def __init__(self, example: str) -> None:
        super().__init__(metadata={"example": example, "format": "css-color"})


class ColorsSchema(Schema):
    """The nine colours of a theme."""

    primary = _color("#8B5CF6", required=True)
    secondary = _color("#D946EF", required=True)
    accent = _color("#F97316", required=True)
    background = _color("#FFFFFF", required=True)
    text = _color("#222222", required=True)
    error = _color("#EA384C", required=True)
    success = _color("#10B981", required=True)
    warning = _color("#F59E0B", required=True)
    info = _color("#0EA5E9", required=True)


class DarkModeSchema(Schema):
    """Colours in dark mode; those that are left out are derived from the light ones."""

    background = _color("#1A1F2C", required=True)
    text = _color("#FFFFFF", required=True)
    primary = _color("#9B87F5", required=True)
    secondary = _color("#E879F9")
    accent = _color("#FB923C")
    error = _color("#F87171")
    success = _color("#34D399")
    warning = _color("#FBBF24")
    info = _color("#38BDF8")


class TypographySchema(Schema):
    """Fonts and sizes."""

    font_family = _family("Inter, sans-serif")
    heading_font = _family("Inter, sans-serif")
    base_size = _length("16px")
    scale_ratio = fields.Float(required=True, validate=validate.Range(1, 2))


class SpacingSchema(Schema):
    """The unit of space and how steps of it grow."""

    base_unit = _length("4px")
    scale_ratio = fields.Float(required=True, validate=validate.Range(1, 2))


class BorderRadiusSchema(Schema):
    """How round corners are."""

    small = _length("4px")
    medium = _length("8px")
    large = _length("16px")
    round = _length("50%")


class ThemeSchema(Answer):
    """A theme as pages see it."""

    id = fields.Integer()
    name = fields.String()
    slug = fields.String()
    is_active = fields.Boolean()
    colors = fields.Nested(ColorsSchema, attribute="live.document.colors")
    dark_mode = fields.Nested(DarkModeSchema, attribute="live.document.dark_mode")
    typography = fields.Nested(TypographySchema, attribute="live.document.typography")
    spacing = fields.Nested(SpacingSchema, attribute="live.document.spacing")
    border_radius = fields.Nested(BorderRadiusSchema, attribute="live.document.border_radius")
    created_at = Moment()
    updated_at = Moment()
    revision = fields.Integer(metadata={"description": "The number of the live revision."})


class ThemeWriteSchema(CheckedSchema):
    """A whole theme."""

    name = SentName(required=True)
    colors = Section(ColorsSchema, required=True)
    dark_mode = Section(DarkModeSchema, required=True)
    typography = Section(TypographySchema, required=True)
    spacing = Section(SpacingSchema, required=True)
    border_radius = Section(BorderRadiusSchema, required=True)

    def errors_of(self, data: dict[str, Any]) -> list[FieldError]:
        return name_errors(data.get("name")) + document_errors(data)


class ThemePreviewSchema(ThemeWriteSchema):
    """A theme that is not saved; a name may stand in it and is passed over."""

    name = SentName()

    def errors_of(self, data: dict[str, Any]) -> list[FieldError]:
        return document_errors(data)


class ThemeUpdateSchema(ThemeWriteSchema):
    """The fields of a theme to change, down to single values of a section."""

    name = SentName()
    colors = Section(ColorsSchema(partial=True))
    dark_mode = Section(DarkModeSchema(partial=True))
    typography = Section(TypographySchema(partial=True))
    spacing = Section(SpacingSchema(partial=True))
    border_radius = Section(BorderRadiusSchema(partial=True))

    def errors_of(self, data: dict[str, Any]) -> list[FieldError]:
        return (name_errors(data["name"]) if "name" in data else []) + document_errors(data, partial=True)


class ColorSchemeUpdateSchema(CheckedSchema):
    """The colours to change of the active theme."""

    primary = SentColor("#8B5CF6")
    secondary = SentColor("#D946EF")
    accent = SentColor("#F97316")
    background = SentColor("#FFFFFF")
    text = SentColor("#222222")
    error = SentColor("#EA384C")
    success = SentColor("#10B981")
    warning = SentColor("#F59E0B")
    info = SentColor("#0EA5E9")

    def errors_of(self, data: dict[str, Any]) -> list[FieldError]:
        colors = {name: value for name, value in data.items() if name in self.fields}
        return [
            FieldError(error.pointer.removeprefix("/colors"), error.detail, error.code)
            for error in document_errors({"colors": colors}, partial=True)
        ]


def document_errors(data: dict[str, Any], *, partial: bool = False) -> list[FieldError]:
    """What the domain finds wrong with the sections of a theme among ``data``."""
    try:
        check_document({name: data[name] for name in SECTIONS if name in data}, partial=partial)
    except Invalid as invalid:
        return list(invalid.errors)
    return []


class RevisionSchema(Answer):
    """One saved state of a theme."""

    number = fields.Integer()
    name = fields.String()
    message = fields.String(allow_none=True)
    restored_from = fields.Integer(allow_none=True)
    author_id = fields.UUID(allow_none=True)
    created_at = Moment()
    stylesheet_hash = fields.String()


class RevisionDetailSchema(RevisionSchema):
    """A revision with its document."""

    colors = fields.Nested(ColorsSchema, attribute="document.colors")
    dark_mode = fields.Nested(DarkModeSchema, attribute="document.dark_mode")
    typography = fields.Nested(TypographySchema, attribute="document.typography")
    spacing = fields.Nested(SpacingSchema, attribute="document.spacing")
    border_radius = fields.Nested(BorderRadiusSchema, attribute="document.border_radius")


class DiffQuery(Schema):
    """Which revision to compare with; the one before when it is left out."""

    class Meta:
        unknown = ma.EXCLUDE

    against = QueryInteger(1, INT_MAX)


class TokenChangeSchema(Answer):
    """One design token that differs."""

    token = fields.String()
    before = fields.Raw(metadata={"type": ["string", "number", "null"]})
    after = fields.Raw(metadata={"type": ["string", "number", "null"]})


class DuplicateSchema(Schema):
    """The name of the copy."""

    name = Text(NAME_MAX, minimum=1, required=True)


class PublishSchema(Schema):
    """Which revision pages are given from now on; the latest when it is left out."""

    revision = fields.Integer(strict=True, validate=validate.Range(1, INT_MAX))


class PaletteQuerySchema(Schema):
    """A colour and how its companions are found on the colour wheel."""

    color = Text(COLOR_MAX, minimum=1, required=True, metadata={"format": "css-color"})
    harmony = Choice(tuple(HARMONIES))


class PairSchema(Schema):
    """Two colours to measure."""

    foreground = Text(COLOR_MAX, minimum=1, required=True, metadata={"format": "css-color"})
    background = Text(COLOR_MAX, minimum=1, required=True, metadata={"format": "css-color"})
