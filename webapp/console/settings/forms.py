"""The form of the product settings, made from their definitions."""

from __future__ import annotations

from wtforms import BooleanField, Field, HiddenField, RadioField, SelectChoice, StringField
from wtforms.validators import InputRequired, Length

from webapp.console.forms import Form, storable, strip
from webapp.domain.settings.registry import DEFINITIONS, SettingDefinition


def field_of(definition: SettingDefinition) -> Field:
    """A choice as radio buttons, a switch as a checkbox, anything else as text."""
    described = {"label": definition.label, "description": definition.description}
    if definition.is_switch:
        return BooleanField(**described)
    if definition.choices is not None:
        choices = [SelectChoice(value, text) for value, text in definition.choices.items()]
        return RadioField(choices=choices, **described)
    limits = [InputRequired(), Length(max=definition.maximum or -1), storable]
    return StringField(validators=limits, filters=[strip], **described)


class SettingsForm(Form):
    """One field for each setting, under its key; ``tag`` is the state that the person saw."""

    tag = HiddenField()


for _definition in DEFINITIONS:
    setattr(SettingsForm, _definition.key, field_of(_definition))
