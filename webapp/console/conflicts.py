"""What differs between a form and what somebody else has saved meanwhile."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from wtforms import BooleanField, Field, RadioField

from webapp.console.forms import Form


@dataclass(frozen=True, slots=True)
class Difference:
    """One field with both values as a person reads them; empty where there is none."""

    label: str
    mine: str
    saved: str


def differences(form: Form, saved: Mapping[str, Any]) -> list[Difference]:
    """The fields of ``form`` that ``saved`` holds differently."""
    shown = [
        (form[name].label.text, shown_as(form[name], form[name].data), shown_as(form[name], value))
        for name, value in saved.items()
        if name in form
    ]
    return [Difference(*values) for values in shown if values[1] != values[2]]


def shown_as(field: Field, value: Any) -> str:
    """The value as the form would show it to a person."""
    if isinstance(field, BooleanField):
        return "Yes" if value else "No"
    if isinstance(field, RadioField):
        return next((choice.label for choice in field.iter_choices() if choice.value == value), str(value))
    return str(value or "")
