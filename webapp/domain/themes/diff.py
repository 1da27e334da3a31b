"""What changed between two themes, told by token name for people to read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from webapp.domain.themes.values import css_number

_GROUPS = {
    "colors": "color",
    "dark_mode": "dark",
    "typography": "typography",
    "spacing": "spacing",
    "border_radius": "radius",
}


@dataclass(frozen=True, slots=True, order=True)
class TokenChange:
    """One token, such as ``typography.base-size``, before and after; None where it was or is not set."""

    token: str
    before: str | None
    after: str | None


def diff(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[TokenChange]:
    """The tokens of two documents that were written differently, sorted by name."""
    old, new = _tokens(before), _tokens(after)
    return [
        TokenChange(token, old.get(token), new.get(token))
        for token in sorted(old.keys() | new.keys())
        if old.get(token) != new.get(token)
    ]


def _tokens(document: Mapping[str, Any]) -> dict[str, str]:
    return {
        f"{group}.{name.replace('_', '-')}": value if isinstance(value, str) else css_number(value)
        for section, group in _GROUPS.items()
        for name, value in document.get(section, {}).items()
        if value is not None
    }
