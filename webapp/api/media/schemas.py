"""What the API takes and answers of images."""

from __future__ import annotations

import re
from typing import Any

import marshmallow as ma
from marshmallow import fields

from webapp.api.fields import (
    Answer,
    Choice,
    Coded,
    File,
    Moment,
    QueryFlag,
    QueryInteger,
    QueryMoment,
    Schema,
    Text,
)
from webapp.api.media.addresses import srcset_of
from webapp.api.paging import PagingQuery
from webapp.domain.media.keys import CATEGORIES, ENDINGS
from webapp.domain.media.models import ALT_TEXT_MAX, KEY_MAX, NAME_MAX, TAG_MAX, TAGS_MAX, Media
from webapp.kernel.db import INT_MAX
from webapp.ports import content_type_of
from webapp.web import current_ports

Q_MAX = 200
HEX = re.compile(r"^#[0-9a-fA-F]{6}$")
NO_HEX = Coded("Must be a colour such as #b91c1c.", "invalid_color")


class HexColor(Text):
    """A colour as ``#rrggbb``."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> str:
        if not isinstance(value, str) or not HEX.fullmatch(value):
            raise ma.ValidationError(NO_HEX)
        return value


class MediaSchema(Answer):
    """An image. ``srcset`` offers it in several widths, for ``<img srcset>``."""

    id = fields.UUID()
    object_key = fields.String()
    public_url = fields.Function(lambda media: current_ports().storage.public_url(media.object_key))
    srcset = fields.Function(lambda media: srcset_of(media.object_key))
    content_type = fields.Function(lambda media: content_type_of(media.object_key))
    size = fields.Integer(metadata={"description": "Bytes."})
    width = fields.Integer()
    height = fields.Integer()
    category = fields.String()
    filename = fields.String()
    alt_text = fields.String()
    tags = fields.List(fields.String())
    placeholder = fields.String(metadata={"description": "A blurred image of 24 pixels as a data URL."})
    colors = fields.List(fields.String(), metadata={"description": "The commonest first."})
    focal_x = fields.Float(metadata={"description": "Share of the width that crops keep in view."})
    focal_y = fields.Float(metadata={"description": "Share of the height that crops keep in view."})
    owner_id = fields.UUID(allow_none=True)
    created_at = Moment()
    updated_at = Moment()


class ConfirmedSchema(MediaSchema):
    """An image that was sent straight to storage."""

    duplicate_of = fields.String(
        allow_none=True,
        metadata={"description": "The object key of the same image, where its owner has sent it before."},
    )


class UploadSchema(Schema):
    """A form with one image."""

    file = File(required=True)
    category = Choice(CATEGORIES, required=True)
    alt_text = Text(ALT_TEXT_MAX, load_default="")


class UploadsSchema(Schema):
    """A form with several images under the same name."""

    files = fields.List(File(), required=True)
    category = Choice(CATEGORIES, required=True)


class UploadErrorSchema(Answer):
    """Why one of several files was not kept."""

    filename = fields.String()
    code = fields.Function(lambda outcome: outcome.error.code)
    detail = fields.Function(lambda outcome: outcome.error.detail)


class UploadedSchema(Answer):
    """What became of several files."""

    data = fields.List(fields.Nested(MediaSchema))
    errors = fields.List(fields.Nested(UploadErrorSchema))


class AvatarSchema(Schema):
    """A form with a picture of oneself."""

    file = File(required=True)


class MediaQuery(PagingQuery):
    """Which images."""

    category = Choice(CATEGORIES)
    q = Text(Q_MAX)
    tag = Text(TAG_MAX)
    near_colour = HexColor(7, metadata={"pattern": HEX.pattern, "example": "#b91c1c"})
    created_after = QueryMoment()
    created_before = QueryMoment()
    missing_alt_text = QueryFlag()
    unused = QueryFlag(metadata={"description": "What nothing holds; slower than the other filters."})


class DeleteQuery(Schema):
    """How an image is deleted."""

    class Meta:
        unknown = ma.EXCLUDE

    if_unused = QueryFlag(metadata={"description": "Refuse with 409 and what uses it where something does."})


class MediaChangesSchema(Schema):
    """What can be changed of an image."""

    alt_text = Text(ALT_TEXT_MAX)
    tags = fields.List(Text(TAG_MAX), metadata={"maxItems": TAGS_MAX})
    focal_x = fields.Float()
    focal_y = fields.Float()


class PresignQuery(Schema):
    """A file that is to be sent straight to storage."""

    class Meta:
        unknown = ma.EXCLUDE

    filename = Text(NAME_MAX, load_default="")
    category = Choice(CATEGORIES, required=True)
    content_type = Choice(tuple(ENDINGS), required=True)
    size = QueryInteger(1, INT_MAX, required=True, metadata={"description": "Bytes."})
    method = Choice(("PUT", "POST"), load_default="PUT")


class PresignedSchema(Answer):
    """Where and how to send it: a PUT of the bytes, or a POST of a form with the file last."""

    upload_url = fields.String()
    method = fields.String()
    fields_ = fields.Dict(keys=fields.String(), values=fields.String(), data_key="fields", attribute="fields")
    headers = fields.Dict(keys=fields.String(), values=fields.String())
    object_key = fields.String()
    public_url = fields.String()
    expires_in = fields.Integer(metadata={"description": "Seconds."})


class ConfirmSchema(Schema):
    """The upload that is finished."""

    object_key = Text(KEY_MAX, minimum=1, required=True)


def announced(form: dict[str, Any]) -> dict[str, Any]:
    """The members of ``Announced`` in an upload's form."""
    return {
        "category": form["category"],
        "filename": form["file"].filename or "",
        "alt_text": form.get("alt_text", ""),
    }


def described(media: Media) -> dict[str, Any]:
    """The members that say where an image will be."""
    key = media.object_key
    return {"object_key": key, "public_url": current_ports().storage.public_url(key)}
