"""The form of an entry: its type's fields, and the members that its kind declares."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from wtforms import HiddenField, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import Length

from webapp.console.content.kind_form import Member, content_texts, members_of, read_content
from webapp.console.forms import Form, storable, strip
from webapp.domain.content.content_types import LINE_MAX, URL_MAX, ContentType
from webapp.domain.content.fields import Field, Flag, ImageKey, JsonObject, Text
from webapp.domain.content.models import MESSAGE_MAX, Kind
from webapp.domain.content.texts import Changes, to_changes, to_texts
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
    "r2_object_key": ("Image", "Its key in the media library"),
    "designer_name": ("Designer", ""),
    "collection_name": ("Collection", ""),
    "featured": ("Featured", "Shown in front"),
    "archived": ("Archived", "Kept out of sight, and no draft either"),
    "period": ("Period", "As it is to be read, say 2021 – 2023"),
}
"""What the fields are called where their names do not say it, and hints."""


class EntryForm(Form):
    """One entry: every field as text, with the state that its writer has seen."""

    content_type: ClassVar[ContentType]
    members: ClassVar[Sequence[Member]]
    """What takes the place of the field ``content``; empty where it is written as JSON."""

    tags = StringField("Tags", description="With commas between them")
    message = StringField("What changed", [Length(max=MESSAGE_MAX), storable], [strip])
    tag = HiddenField()
    base = HiddenField()

    @property
    def names(self) -> list[str]:
        """The fields of the entry, in the order of its type."""
        names: list[str] = []
        for field in self.content_type.fields:
            if self.members and isinstance(field.kind, JsonObject):
                names += [member.field for member in self.members]
            elif field.name in self:
                names.append(field.name)
        return [*names, "tags"]

    @property
    def texts(self) -> dict[str, str]:
        """Every field as it stands in the form."""
        return {name: self[name].data or "" for name in self.names}

    def texts_of(self, document: Mapping[str, Any], tags: Iterable[str]) -> dict[str, str]:
        """A state of the entry as the form shows it."""
        texts = to_texts(self.content_type, document, tags)
        if self.members:
            texts |= content_texts(self.members, document.get("content", {}))
        return {name: texts[name] for name in self.names}

    def saved_texts(self, view: EntryView) -> dict[str, str]:
        """The latest state of the entry as the form shows it."""
        return self.texts_of(view.document, [tag.name for tag in view.tags])

    def changes(self, view: EntryView | None) -> Changes:
        """What the form changes; for a new entry everything that it holds."""
        saved = self.saved_texts(view) if view else None
        fields = [field for field in self.content_type.fields if field.name in self.names]
        changes = to_changes(fields, self.texts, saved)
        if self.members:
            read_content(self.members, view.document["content"] if view else {}, self.texts, changes)
        if view is None and "id" in self:
            changes.fields["id"] = self["id"].data or None
        return changes

    def fill(self, values: Mapping[str, str]) -> None:
        """Put values into fields as if they had been typed."""
        for name, value in values.items():
            self[name].data = value

    def show(self, error: DomainError) -> None:
        """A fault inside a field stands at the field, with its place."""
        for found in error.errors:
            name, _, place = found.pointer.strip("/").partition("/")
            member = f"{name}-{_unescape(place.partition('/')[0])}"
            if member in self:
                self[member].errors = [*self[member].errors, found.detail]
            elif name in self:
                self[name].errors = [*self[name].errors, f"{_place(name, place)}{found.detail}"]
            else:
                self.form_errors.append(found.detail)
        if not error.errors:
            self.form_errors.append(error.detail)


class _NewKey(Form):
    id = StringField("Id", filters=[strip], description="Part of its address; it stays the same")


def entry_form(
    content_type: ContentType,
    kinds: Sequence[Kind] = (),
    kind: Kind | None = None,
    *,
    view: EntryView | None = None,
) -> EntryForm:
    """The form of an entry's latest state, or of a new one; what was submitted stands above it.

    ``kinds`` are those to choose from, ``kind`` the one whose members the form has.
    """
    is_new = view is None
    bases = (EntryForm, _NewKey) if is_new and content_type.has_own_keys else (EntryForm,)
    members = members_of(kind.schema) if kind else []
    fields = {field.name: _input(field) for field in content_type.fields if field.name != "kind"}
    if kinds:
        choices = [
            SelectChoice("", "None: any JSON object"),
            *(SelectChoice(each.name, each.label) for each in kinds),
        ]
        fields["kind"] = SelectField("Kind", choices=choices, validate_choice=False)
    if members:
        del fields["content"]
    fields |= {member.field: member.input() for member in members}
    attributes = {"content_type": content_type, "members": members, **fields}
    form_type: Any = type(f"{content_type.name.capitalize()}Form", bases, attributes)
    if view is None:
        found: EntryForm = form_type(data={"kind": kind.name} if kind else None)
        return found
    empty: EntryForm = form_type(formdata=None)
    filled: EntryForm = form_type(
        data={**empty.saved_texts(view), "tag": view.tag, "base": str(view.revision)}
    )
    return filled


def _input(field: Field) -> Any:
    label, hint = LABELS.get(field.name, (field.name.capitalize(), ""))
    if isinstance(field.kind, Flag):
        choices = [SelectChoice("", "No"), SelectChoice("true", "Yes")]
        return SelectField(label, choices=choices, description=hint, validate_choice=False)
    if isinstance(field.kind, ImageKey):
        return StringField(label, description=hint)
    is_short = isinstance(field.kind, Text) and field.kind.maximum <= max(LINE_MAX, URL_MAX)
    return (StringField if is_short else TextAreaField)(label, description=hint)


def is_json(field: Field) -> bool:
    return isinstance(field.kind, JsonObject)


def _place(name: str, place: str) -> str:
    if not place:
        return ""
    if name in ("content", "tags"):
        return f"{place.replace('/', ' › ')}: "
    return f"Line {int(place) + 1}: " if place.isdigit() else ""


def _unescape(step: str) -> str:
    return step.replace("~1", "/").replace("~0", "~")
