"""What the API answers of festivals, templates and cards."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from webapp.api.fields import Answer, Moment
from webapp.domain.cards.models import Standing
from webapp.domain.cards.template_pictures import picture_path
from webapp.web import current_ports

MEDIA = "/media/"


class FestivalDateSchema(Answer):
    """When a festival is in one year."""

    year = fields.Integer()
    date_start = fields.Date()
    date_end = fields.Date()
    is_estimated = fields.Boolean()
    is_manual = fields.Boolean(metadata={"description": "Entered by a person; no calendar changes it."})


class ImageAddress(fields.String):
    """The address of an image, of ours the public one."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        if isinstance(value, str) and value.startswith(MEDIA):
            return current_ports().storage.public_url(value.removeprefix(MEDIA))
        return super()._serialize(value, attr, obj, **kwargs)


class FestivalImageSchema(Answer):
    """An image of a festival."""

    id = fields.UUID()
    festival_id = fields.UUID()
    image_url = ImageAddress()
    alt_text = fields.String(allow_none=True)
    is_primary = fields.Boolean()
    sort_order = fields.Integer()
    uploaded_by = fields.UUID(allow_none=True)
    created_at = Moment()


class FestivalSchema(Answer):
    """A festival; `date_start` and `date_end` are those of the present or next time."""

    id = fields.UUID()
    name = fields.String()
    slug = fields.String()
    description = fields.String(allow_none=True)
    category = fields.String(allow_none=True)
    country = fields.String(allow_none=True)
    date_start = fields.Date(allow_none=True)
    date_end = fields.Date(allow_none=True)
    is_estimated = fields.Boolean()
    dates = fields.List(fields.Nested(FestivalDateSchema))
    is_active = fields.Boolean()
    default_message = fields.String(allow_none=True)
    messages = fields.Raw(metadata={"type": "object"})
    colors = fields.List(fields.String())
    calendar = fields.String(allow_none=True)
    calendar_name = fields.String(allow_none=True)
    images = fields.List(fields.Nested(FestivalImageSchema))
    created_by = fields.UUID(allow_none=True)
    created_at = Moment()
    updated_at = Moment()


class CategorySchema(Answer):
    """A category of templates."""

    id = fields.UUID()
    name = fields.String()
    slug = fields.String()
    description = fields.String(allow_none=True)
    icon = fields.String(allow_none=True)
    sort_order = fields.Integer()
    is_active = fields.Boolean()


class PictureAddress(fields.String):
    """The address of the maker's picture of a template, or else of the one that was drawn of it."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        site = current_ports().site
        drawn = picture_path(obj, site.secret)
        return f"{site.origin}{drawn}" if drawn else super()._serialize(value, attr, obj, **kwargs)


class TemplateSchema(Answer):
    """A template in its latest version."""

    id = fields.UUID()
    name = fields.String()
    slug = fields.String()
    description = fields.String(allow_none=True)
    category_id = fields.UUID(allow_none=True)
    template_code = fields.String()
    template_config = fields.Raw(metadata={"type": "object"})
    preview_image_url = PictureAddress(
        allow_none=True,
        metadata={"description": "Its maker's, or else one that is drawn of it in the active theme."},
    )
    tags = fields.List(fields.String())
    is_public = fields.Boolean()
    is_featured = fields.Boolean()
    is_premium = fields.Boolean(
        metadata={
            "description": "Only premium members make cards of it; everybody may read it, and its code."
        }
    )
    created_by = fields.UUID(allow_none=True)
    view_count = fields.Integer()
    usage_count = fields.Integer()
    like_count = fields.Integer()
    review_count = fields.Integer()
    rating = fields.Float(allow_none=True)
    version = fields.Integer()
    parent_template_id = fields.UUID(allow_none=True)
    standing = fields.String(metadata={"enum": [each.value for each in Standing]})
    created_at = Moment()
    updated_at = Moment()


class TemplateVersionSchema(Answer):
    """One saved state of a template's code and fields."""

    version = fields.Integer(attribute="number")
    message = fields.String(allow_none=True)
    restored_from = fields.Integer(allow_none=True)
    author = fields.UUID(attribute="author_id", allow_none=True)
    created_at = Moment()


class TemplateVersionDetailSchema(TemplateVersionSchema):
    """The same with what it holds."""

    template_code = fields.String(attribute="code")
    template_config = fields.Raw(attribute="config", metadata={"type": "object"})


class LikeSchema(Answer):
    """Whether a template is liked now, and by how many."""

    liked = fields.Boolean()
    like_count = fields.Integer()


class ReviewSchema(Answer):
    """What one person thinks of a template."""

    id = fields.UUID()
    template_id = fields.UUID()
    user_id = fields.UUID()
    rating = fields.Integer()
    review_text = fields.String(allow_none=True)
    created_at = Moment()
    updated_at = Moment()


class CardRowSchema(Answer):
    """A card in a list."""

    id = fields.UUID()
    user_id = fields.UUID()
    template_id = fields.UUID(allow_none=True)
    template_version = fields.Integer()
    festival_id = fields.UUID(allow_none=True)
    title = fields.String(allow_none=True)
    message = fields.String(allow_none=True)
    sender_name = fields.String(allow_none=True)
    custom_image_url = fields.String(allow_none=True)
    values = fields.Raw(metadata={"type": "object"})
    width = fields.Integer()
    height = fields.Integer()
    generated_image_url = fields.String(
        metadata={"description": "Its picture as JPEG; needs no token, and ends with the card's next change."}
    )
    is_public = fields.Boolean()
    created_at = Moment()
    updated_at = Moment()


class CardSchema(CardRowSchema):
    """A card with its page, whose images stay where they are."""

    generated_html = fields.String()


class SharedCardSchema(Answer):
    """A card as those see it who have a link."""

    title = fields.String(allow_none=True)
    message = fields.String(allow_none=True)
    sender_name = fields.String(allow_none=True)
    width = fields.Integer()
    height = fields.Integer()
    generated_html = fields.String()
    created_at = Moment()


class PreflightSchema(Answer):
    """What would not come out well."""

    overflows = fields.List(fields.String(), metadata={"description": "Fields that do not fit."})
    broken_images = fields.Integer()
    missing_characters = fields.String(metadata={"description": "Characters that no font has."})


class NewShareSchema(Answer):
    """A new link; its token is told only now."""

    id = fields.UUID()
    share_token = fields.String()
    share_url = fields.String()
    expires_at = Moment(allow_none=True)
    max_opens = fields.Integer(allow_none=True)


class ShareSchema(Answer):
    """A link as its maker sees it."""

    id = fields.UUID()
    expires_at = Moment(allow_none=True)
    max_opens = fields.Integer(allow_none=True)
    opens = fields.Integer()
    has_password = fields.Boolean()
    created_at = Moment()
    revoked_at = Moment(allow_none=True)


class CollectionSchema(Answer):
    """Templates that a person keeps together."""

    id = fields.UUID()
    user_id = fields.UUID()
    name = fields.String()
    description = fields.String(allow_none=True)
    is_public = fields.Boolean()
    created_at = Moment()
    updated_at = Moment()


class CollectionDetailSchema(CollectionSchema):
    """The same with its templates, the last added first."""

    templates = fields.List(fields.Nested(TemplateSchema))
