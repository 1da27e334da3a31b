"""Forms of content. What a field may hold is the domain's business; its errors come back to these fields."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, ClassVar

from wtforms import HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import AnyOf, Length

from webapp.console.bulk import BulkForm
from webapp.console.content.entry_texts import Changes, split_tags, to_changes, to_texts
from webapp.console.forms import Form, storable, strip
from webapp.domain.content.bulk import ACTIONS, BULK_MAX
from webapp.domain.content.content_types import LINE_MAX, URL_MAX, ContentType
from webapp.domain.content.fields import Field, JsonObject, Text
from webapp.domain.content.models import MESSAGE_MAX
from webapp.domain.content.views import EntryView
from webapp.kernel.errors import DomainError

LABELS = {
    "appStore": ("App Store", "Address of the app"),
    "playStore": ("Play Store", "Address of the app"),
    "github": ("GitHub", "Address of the source"),
    "content": ("Content", "A JSON object with whatever your pages need"),
    "technologies": ("Technologies", "One on a line"),
    "achievements": ("Achievements", "One on a line"),
    "projects": ("Projects", "Their ids, one on a line"),
    "image": ("Image", "Address of a picture"),
    "link": ("Link", "Where it can be seen"),
    "color": ("Colour", "As your pages take it"),
    "period": ("Period", "As it is to be read, say 2021 – 2023"),
}
"""What the fields are called where their names do not say it, and hints."""


class EntryForm(Form):
    """One entry: every field as text, with the state that its writer has seen."""

    content_type: ClassVar[ContentType]

    tags = StringField("Tags", description="With commas between them")
    message = StringField("What changed", [Length(max=MESSAGE_MAX), storable], [strip])
    tag = HiddenField()
    base = HiddenField()

    @classmethod
    def of(cls, view: EntryView | None) -> Any:
        """The form of an entry's latest state; what was submitted stands above it."""
        if view is None:
            return cls()
        return cls(data={**saved_texts(view), "tag": view.tag, "base": str(view.revision)})

    @property
    def names(self) -> list[str]:
        """The fields of the entry, in the order of its type."""
        return [*(each.name for each in self.content_type.fields), "tags"]

    @property
    def texts(self) -> dict[str, str]:
        """Every field as it stands in the form."""
        return {name: self[name].data or "" for name in self.names}

    def changes(self, saved: dict[str, str] | None) -> Changes:
        """What the form changes; for a new entry everything that it holds."""
        changes = to_changes(self.content_type, self.texts, saved)
        if saved is None and "id" in self:
            changes.fields["id"] = self["id"].data or None
        return changes

    def fill(self, values: dict[str, str]) -> None:
        """Put values into fields as if they had been typed."""
        for name, value in values.items():
            self[name].data = value

    def show(self, error: DomainError) -> None:
        """A fault inside a field stands at the field, with its place."""
        for found in error.errors:
            name, _, place = found.pointer.strip("/").partition("/")
            if name in self:
                detail = f"{self._place(name, place)}{found.detail}"
                self[name].errors = [*self[name].errors, detail]
            else:
                self.form_errors.append(found.detail)
        if not error.errors:
            self.form_errors.append(error.detail)

    def _place(self, name: str, place: str) -> str:
        if not place:
            return ""
        if name in ("content", "tags"):
            return f"{place.replace('/', ' › ')}: "
        return f"Line {int(place) + 1}: " if place.isdigit() else ""


class _NewKey(Form):
    id = StringField("Id", filters=[strip], description="Part of its address; it stays the same")


@lru_cache
def entry_form(content_type: ContentType, *, is_new: bool = False) -> type[EntryForm]:
    """The form of a type's entries."""
    bases = (EntryForm, _NewKey) if is_new and content_type.has_own_keys else (EntryForm,)
    fields = {each.name: _input(each) for each in content_type.fields}
    return type(f"{content_type.name.capitalize()}Form", bases, {"content_type": content_type, **fields})


def _input(field: Field) -> Any:
    label, hint = LABELS.get(field.name, (field.name.capitalize(), ""))
    is_short = isinstance(field.kind, Text) and field.kind.maximum <= max(LINE_MAX, URL_MAX)
    return (StringField if is_short else TextAreaField)(label, description=hint)


def is_json(field: Field) -> bool:
    return isinstance(field.kind, JsonObject)


def saved_texts(view: EntryView) -> dict[str, str]:
    """An entry's latest state as the form shows it."""
    return to_texts(view.type, view.document, [tag.name for tag in view.tags])


class ConfirmForm(Form):
    """A question about one state of a thing."""

    tag = HiddenField()

    def show(self, error: DomainError) -> None:
        """What is wrong concerns the question, not a field of it."""
        self.form_errors.extend([found.detail for found in error.errors] or [error.detail])


class ScheduleForm(Form):
    """When an entry is shown and hidden: local times in a zone."""

    publish_at = StringField("Publish at", filters=[strip])
    unpublish_at = StringField("Unpublish at", filters=[strip])
    time_zone = StringField("Time zone", filters=[strip], description="Where these times are meant")
    tag = HiddenField()

    def fields(self) -> dict[str, Any]:
        """What ``schedule_entry`` takes."""
        sent = {name: self[name].data or None for name in ("publish_at", "unpublish_at", "time_zone")}
        return {**sent, "time_zone": sent["time_zone"] or "UTC"}


class ActionForm(BulkForm):
    """One action on several entries."""

    maximum = BULK_MAX

    action = StringField(validators=[AnyOf(tuple(ACTIONS))])
    tags = StringField("Tags", [storable], description="With commas between them")

    @property
    def asks(self) -> bool:
        return self.action.data in ("unpublish", "trash", *TAGGING)

    @property
    def tag_names(self) -> list[str]:
        return split_tags(self.tags.data or "") if self.action.data in TAGGING else []


TAGGING = ("tag", "untag")


class TagForm(Form):
    name = StringField("Name", filters=[strip])
    tag = HiddenField()


class MergeForm(ConfirmForm):
    into = SelectField("Into", coerce=int, validate_choice=False)


class ItemForm(Form):
    title = StringField("Title", filters=[strip])
    description = TextAreaField("Description")
    tag = HiddenField()

    def fields(self) -> dict[str, Any]:
        return {"title": self.title.data or "", "description": self.description.data or None}
