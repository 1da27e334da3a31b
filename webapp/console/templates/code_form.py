"""The editor's form: code in three parts, the fields that cards are asked for, and samples to try it with."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from flask import request
from wtforms import (
    BooleanField,
    FieldList,
    FormField,
    HiddenField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms import Form as PlainForm
from wtforms.validators import Length

from webapp.console.forms import Form, storable, strip
from webapp.domain.cards.layout import SIZES
from webapp.domain.cards.models import NOTE_MAX, Template, TemplateVersion
from webapp.domain.cards.samples import OWN_WORDS, SAMPLES
from webapp.domain.cards.template_config import FIELDS_MAX, NAME, OWN, SIDE_MAX, TYPES, size_of
from webapp.domain.cards.template_parts import NAMES, Parts, split_code
from webapp.kernel.errors import DomainError

DEVICES = {"phone": (390, 844), "tablet": (820, 1180), "desktop": (1280, 800)}
"""Windows in CSS pixels."""
TYPE_LABELS = {"text": "Text", "number": "Number", "choice": "Choice", "color": "Colour", "image": "Image"}
SAMPLE = "sample-"


def newlines(text: str | None) -> str:
    """Text from a browser with the line ends that it was saved with."""
    return (text or "").replace("\r\n", "\n").replace("\r", "\n")


class FieldRow(PlainForm):  # type: ignore[misc]
    """One field that a template declares. A row without a name is not there."""

    name = StringField("Name", filters=[strip])
    label = StringField("Label", filters=[strip])
    type = SelectField(
        "Kind", choices=[SelectChoice(name, TYPE_LABELS[name]) for name in TYPES], validate_choice=False
    )
    default = StringField("Default", filters=[strip])
    choices = StringField("Choices", filters=[strip])
    maximum = StringField("Maximum", filters=[strip])
    required = BooleanField("Required")

    def declaration(self) -> dict[str, Any]:
        """The field as ``template_config`` has it."""
        kind = self.type.data or "text"
        declared: dict[str, Any] = {"name": self.name.data or "", "type": kind}
        if self.label.data:
            declared["label"] = self.label.data
        if self.default.data:
            declared["default"] = number_or_text(self.default.data) if kind == "number" else self.default.data
        if self.maximum.data:
            declared["maximum"] = number_or_text(self.maximum.data)
        if kind == "choice":
            declared["choices"] = [each.strip() for each in (self.choices.data or "").split(",")]
        if self.required.data:
            declared["required"] = True
        return declared


def number_or_text(text: str) -> int | str:
    """A number where it is one; the domain says what it thinks of anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else text


class CodeForm(Form):
    """A version of a template, with the state that its writer has seen."""

    html = TextAreaField("HTML", filters=[newlines])
    css = TextAreaField("CSS", filters=[newlines])
    js = TextAreaField("JavaScript", filters=[newlines])
    width = StringField("Width", filters=[strip])
    height = StringField("Height", filters=[strip])
    fields = FieldList(FormField(FieldRow), max_entries=FIELDS_MAX)
    message = StringField("What changed", [Length(max=NOTE_MAX), storable], [strip])
    language = SelectField(
        "Texts",
        choices=[
            SelectChoice(OWN_WORDS, "The template's own"),
            *(SelectChoice(name, sample.label) for name, sample in SAMPLES.items()),
        ],
        validate_choice=False,
    )
    shown = SelectField("Shown as", validate_choice=False)
    scheme = StringField(default="light")
    fits = HiddenField()
    tag = HiddenField()

    @classmethod
    def of(cls, template: Template, version: TemplateVersion) -> CodeForm:
        """The form of a version; what was submitted stands above it."""
        parts, config = split_code(version.code), version.config
        width, height = size_of(config)
        form = cls(
            data={
                **{name: getattr(parts, name) for name in NAMES},
                "width": str(width),
                "height": str(height),
                "fields": [row_of(field) for field in config.get("fields", [])],
                "tag": template.tag,
            }
        )
        form.shown.choices = shown_choices()
        return form

    devices = DEVICES

    @property
    def parts(self) -> Parts:
        """The code as it stands in the form."""
        return Parts(self.html.data, self.css.data, self.js.data)

    @property
    def rows(self) -> list[Any]:
        """The rows of fields that have a name or a label."""
        return [row for row in self.fields if row.form.name.data or row.form.label.data]

    def config(self, saved: Mapping[str, Any]) -> dict[str, Any]:
        """``template_config`` as it stands in the form, with members that the form does not know."""
        sides = {name: number_or_text(self[name].data or "") for name in ("width", "height")}
        config = {**saved, **sides}
        if self.rows or "fields" in saved:
            config["fields"] = [row.form.declaration() for row in self.rows]
        return {name: value for name, value in config.items() if name not in sides or value != ""}

    @property
    def samples(self) -> dict[str, Any]:
        """The values to try the template with, where somebody wrote one."""
        numbers = {row.form.name.data for row in self.rows if row.form.type.data == "number"}
        sent = {
            name.removeprefix(SAMPLE): value.strip()
            for name, value in request.form.items()
            if name.startswith(SAMPLE) and value.strip()
        }
        return {name: number_or_text(value) if name in numbers else value for name, value in sent.items()}

    @property
    def sample_names(self) -> list[str]:
        """The fields that may be given a value to try."""
        declared = [row.form.name.data for row in self.rows if row.form.name.data]
        return list(dict.fromkeys((*OWN, *declared)))

    @property
    def measured(self) -> dict[str, float] | None:
        """The sizes of fitted texts that the last check answered; None where there was none."""
        try:
            found = json.loads(self.fits.data or "")
        except ValueError:
            return None
        if not isinstance(found, dict) or not all(NAME.fullmatch(name) for name in found):
            return None
        is_sound = all(type(size) in (int, float) and 0 < size < SIDE_MAX for size in found.values())
        return found if is_sound else None

    @property
    def window(self) -> tuple[int, int] | None:
        """The window that the preview is shown in; None for the card's own size."""
        return SIZES.get(self.shown.data or "") or DEVICES.get(self.shown.data or "")

    def show(self, error: DomainError) -> None:
        """An error of a row stands at its input, one of the code at its part with its line."""
        for found in error.errors:
            steps = found.pointer.strip("/").split("/")
            if steps[:2] == ["template_config", "fields"] and len(steps) > 3:
                row = self.rows[int(steps[2])].form
                field = row[steps[3]] if steps[3] in row else row["name"]
                field.errors = [*field.errors, found.detail]
            elif steps[0] == "template_config" and len(steps) == 2 and steps[1] in ("width", "height"):
                self[steps[1]].errors = [*self[steps[1]].errors, found.detail]
            elif steps[0] == "template_code":
                self.form_errors.append("The code has an error; the line is marked below.")
            else:
                self.form_errors.append(found.detail)
        if not error.errors:
            self.form_errors.append(error.detail)


def row_of(field: Mapping[str, Any]) -> dict[str, Any]:
    """A declared field as its row shows it."""
    texts = {name: str(field[name]) for name in ("default", "maximum") if field.get(name) is not None}
    return {
        "name": field["name"],
        "label": field.get("label", ""),
        "type": field.get("type", "text"),
        "choices": ", ".join(field.get("choices", [])),
        "required": field.get("required", False),
        **texts,
    }


def shown_choices() -> dict[str, list[SelectChoice]]:
    """Sizes and devices that a preview may be shown in."""
    sizes = [
        SelectChoice(name, f"{name.replace('-', ' ').capitalize()} ({width} × {height})")
        for name, (width, height) in SIZES.items()
    ]
    devices = [SelectChoice(name, name.capitalize()) for name in DEVICES]
    return {"Sizes": [SelectChoice("card", "The card itself"), *sizes], "Devices": devices}
