"""Forms of images."""

from __future__ import annotations

from typing import Any, ClassVar

from wtforms import (
    FloatField,
    HiddenField,
    MultipleFileField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange

from webapp.console.bulk import BulkForm
from webapp.console.forms import Form, storable, strip
from webapp.domain.content.texts import join_tags, split_tags
from webapp.domain.media.keys import CATEGORIES
from webapp.domain.media.models import ALT_TEXT_MAX, Media

TAGGING = ("tag", "untag")


class UploadForm(Form):
    """Files for one purpose."""

    files = MultipleFileField("Images")
    category = SelectField("For", choices=[SelectChoice(name, name.capitalize()) for name in CATEGORIES])


class ImageForm(Form):
    """What can be changed of an image; the focal point is in per cent."""

    alt_text = TextAreaField("What it shows", [Length(max=ALT_TEXT_MAX), storable], [strip])
    tags = StringField("Tags", [storable])
    focal_x = FloatField("From the left", [InputRequired("Say how many per cent."), NumberRange(0, 100)])
    focal_y = FloatField("From the top", [InputRequired("Say how many per cent."), NumberRange(0, 100)])
    tag = HiddenField()

    @classmethod
    def of(cls, media: Media) -> ImageForm:
        return cls(
            data={
                "alt_text": media.alt_text,
                "tags": join_tags(media.tags),
                "focal_x": round(media.focal_x * 100, 1),
                "focal_y": round(media.focal_y * 100, 1),
                "tag": media.tag,
            }
        )

    def changes(self) -> dict[str, Any]:
        return {
            "alt_text": self.alt_text.data or "",
            "tags": split_tags(self.tags.data or ""),
            "focal_x": (self.focal_x.data or 0) / 100,
            "focal_y": (self.focal_y.data or 0) / 100,
        }


class LibraryForm(BulkForm):
    """An action on many images."""

    maximum: ClassVar[int] = 200

    tags = StringField("Tags", [storable], description="With commas between them")

    @property
    def asks(self) -> bool:
        return True

    @property
    def tag_names(self) -> list[str]:
        return split_tags(self.tags.data or "")
