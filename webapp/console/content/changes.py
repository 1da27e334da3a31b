"""Differences by field as the pages show them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from webapp.domain.content.diff import FieldChange, Kind
from webapp.domain.content.texts import pretty


@dataclass(frozen=True, slots=True)
class ShownChange:
    """A field before and after, as text; None where it was or is not there."""

    token: str
    before: str | None
    after: str | None


def shown_changes(changes: Iterable[FieldChange]) -> list[ShownChange]:
    return [
        ShownChange(
            _name_of(change.pointer),
            None if change.kind is Kind.ADDED else _text_of(change.before),
            None if change.kind is Kind.REMOVED else _text_of(change.after),
        )
        for change in changes
    ]


def _name_of(pointer: str) -> str:
    steps = [step.replace("~1", "/").replace("~0", "~") for step in pointer.strip("/").split("/")]
    return " › ".join(steps)


def _text_of(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return "\n".join(value)
    return pretty(value)
