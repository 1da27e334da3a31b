"""Differences by token as the pages show them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from webapp.domain.themes.color import ColorError, parse
from webapp.domain.themes.diff import TokenChange


@dataclass(frozen=True, slots=True)
class ShownChange:
    """A token before and after; None where it was or is not set."""

    token: str
    before: str | None
    after: str | None
    is_color: bool


def shown_changes(changes: Iterable[TokenChange]) -> list[ShownChange]:
    """Differences, with the mark of those that are colours."""
    return [
        ShownChange(change.token, change.before, change.after, change.token.startswith(("color.", "dark.")))
        for change in changes
    ]


def swatch_of(text: str) -> str | None:
    """A person's colour as hex for a swatch; None for what is no colour."""
    try:
        return parse(text).css
    except ColorError:
        return None
