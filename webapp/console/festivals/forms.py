"""Forms of festivals. What a field may hold is the domain's business."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from wtforms import (
    BooleanField,
    FieldList,
    FormField,
    HiddenField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms import Form as PlainForm

from webapp.console.forms import Form, strip
from webapp.console.ordering import OrderForm
from webapp.domain.cards.festival_models import LANGUAGES_MAX, Festival
from webapp.kernel.errors import DomainError
from webapp.ports import STORAGE_KEY

TEXTS = ("name", "slug", "description", "category", "country", "default_message")
OPTIONAL = ("description", "category", "country", "default_message", "calendar", "calendar_name")


class MessageRow(PlainForm):  # type: ignore[misc]
    """The message in one language. A row without a language is not there."""

    language = StringField("Language", filters=[strip])
    message = TextAreaField("Message", filters=[strip])


class FestivalForm(Form):
    name = StringField("Name", filters=[strip])
    slug = StringField("Slug", filters=[strip], description="Without one it is made of the name")
    description = TextAreaField("Description", filters=[strip])
    category = StringField("Category", filters=[strip])
    country = StringField("Country or region", filters=[strip])
    is_active = BooleanField("Shown to everybody", default=True)
    default_message = TextAreaField("Message", filters=[strip], description="For cards without their own")
    messages = FieldList(FormField(MessageRow), max_entries=LANGUAGES_MAX)
    colors = StringField("Colours", filters=[strip], description="With commas between them")
    calendar = StringField("Country code", filters=[strip], description="Two letters, such as IN")
    calendar_name = StringField("Name in that calendar", filters=[strip])
    tag = HiddenField()

    @classmethod
    def of(cls, festival: Festival, **kwargs: Any) -> FestivalForm:
        """The form of a festival; what was submitted stands above it."""
        data = {name: getattr(festival, name) for name in (*TEXTS, "is_active", "calendar", "calendar_name")}
        rows = [{"language": tag, "message": text} for tag, text in sorted(festival.messages.items())]
        data |= {"colors": ", ".join(festival.colors), "messages": rows, "tag": festival.tag}
        return cls(data=data, **kwargs)

    def changes(self) -> dict[str, Any]:
        """What the commands of festivals take."""
        texts = {name: self[name].data or "" for name in (*TEXTS, "calendar", "calendar_name")}
        fields: dict[str, Any] = {
            name: text or None if name in OPTIONAL else text for name, text in texts.items()
        }
        if not fields["slug"]:
            del fields["slug"]
        rows = [row.form for row in self.messages if row.form.language.data]
        fields["messages"] = {row.language.data: row.message.data or "" for row in rows}
        fields["colors"] = split_colors(self.colors.data or "")
        return {**fields, "is_active": self.is_active.data}

    def show(self, error: DomainError) -> None:
        """An error inside a list stands at the list."""
        for found in error.errors:
            name = found.pointer.strip("/").split("/")[0]
            if name in ("colors", "messages") or name in self:
                self[name].errors = [*self[name].errors, found.detail]
            else:
                self.form_errors.append(found.detail)
        if not error.errors:
            self.form_errors.append(error.detail)


def split_colors(text: str) -> list[str]:
    """Colours between commas, but not those inside of ``rgb(1, 2, 3)``."""
    found, depth = [""], 0
    for character in text:
        depth += (character == "(") - (character == ")")
        if character == "," and depth == 0:
            found.append("")
        else:
            found[-1] += character
    return [each.strip() for each in found if each.strip()]


class DateForm(Form):
    """The days of one year."""

    date_start = StringField("First day", filters=[strip])
    date_end = StringField("Last day", filters=[strip])

    def fields(self) -> dict[str, Any]:
        """What ``enter_date`` takes."""
        return {"date_start": self.date_start.data or "", "date_end": self.date_end.data or None}


class ImageForm(Form):
    image_url = StringField(
        "Another image",
        filters=[strip],
        description="From the media library, or an address that begins with https",
    )
    alt_text = StringField("What it shows", filters=[strip])

    def fields(self) -> dict[str, Any]:
        """What ``add_image`` takes; the key of an image in the library stands for its address."""
        image = self.image_url.data or ""
        is_key = STORAGE_KEY.fullmatch(image) is not None
        return {"image_url": f"/media/{image}" if is_key else image, "alt_text": self.alt_text.data or None}


class ImageOrderForm(OrderForm):
    """The ids of a festival's images, and what else is done to one of them: ``primary-…``, ``remove-…``."""

    ids = SelectMultipleField(coerce=UUID, validate_choice=False)
    then = StringField()

    @property
    def wish(self) -> tuple[str, UUID | None]:
        """What is wished, and of which image."""
        what, _, key = (self.then.data or "").partition("-")
        return what, next((each for each in self.ids.data or [] if str(each) == key), None)


class ConfirmForm(Form):
    """A button that changes something."""

    tag = HiddenField()
