"""Two people changed one thing: what each of them wrote, field by field, and a proposal for every one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from wtforms import BooleanField, RadioField
from wtforms import Field as FormField

from webapp.console.forms import Form

Side = Literal["mine", "theirs"]


@dataclass(frozen=True, slots=True)
class Named:
    """A field that two people may hold differently."""

    field: str
    label: str
    is_color: bool = False


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that both sides hold differently, as a person reads it; both started from ``before``."""

    field: str
    label: str
    mine: str
    theirs: str
    before: str = ""
    is_color: bool = False

    @property
    def is_contested(self) -> bool:
        """Whether both sides changed it."""
        return self.before not in (self.mine, self.theirs)

    @property
    def proposal(self) -> Side:
        """The side that changed it; one's own where both did."""
        return "theirs" if self.mine == self.before else "mine"


def differences(
    fields: Iterable[Named], before: Mapping[str, str], theirs: Mapping[str, str], mine: Mapping[str, str]
) -> list[Difference]:
    """The ``fields`` in which ``mine`` is not ``theirs``; contested ones first."""
    found = [
        Difference(
            each.field,
            each.label,
            mine[each.field],
            theirs[each.field],
            before.get(each.field, ""),
            each.is_color,
        )
        for each in fields
        if theirs[each.field] != mine[each.field]
    ]
    return sorted(found, key=lambda difference: not difference.is_contested)


def merged(theirs: Mapping[str, str], mine: Mapping[str, str], choices: Mapping[str, str]) -> dict[str, str]:
    """Every field of the side that was chosen for it; one's own where nothing was chosen."""
    return {
        field: theirs[field] if choices.get(field) == "theirs" else value for field, value in mine.items()
    }


def choices_in(form: Mapping[str, str]) -> dict[str, str]:
    """The side that was chosen for each field, as ``conflicts.choices`` sends it."""
    prefix = "choice-"
    return {name.removeprefix(prefix): side for name, side in form.items() if name.startswith(prefix)}


def form_differences(form: Form, saved: Mapping[str, Any]) -> list[Difference]:
    """The fields of ``form`` that ``saved`` holds differently."""
    shared = [name for name in saved if name in form]
    named = [Named(name, form[name].label.text) for name in shared]
    mine = {name: shown_as(form[name], form[name].data) for name in shared}
    theirs = {name: shown_as(form[name], saved[name]) for name in shared}
    return differences(named, {}, theirs, mine)


def shown_as(field: FormField, value: Any) -> str:
    """The value as the form would show it to a person."""
    if isinstance(field, BooleanField):
        return "Yes" if value else "No"
    if isinstance(field, RadioField):
        return next((choice.label for choice in field.iter_choices() if choice.value == value), str(value))
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return str(value or "")
