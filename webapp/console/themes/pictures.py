"""The small picture of a theme: both schemes side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from webapp.domain.themes.color import hex_of
from webapp.domain.themes.document import COLOR_NAMES
from webapp.domain.themes.scheme import resolve


@dataclass(frozen=True, slots=True)
class Picture:
    """What a card draws of one scheme: every colour as opaque hex, the nine named ones and the derived."""

    scheme: str
    colors: Mapping[str, str]

    @property
    def named(self) -> list[tuple[str, str]]:
        return [(name, self.colors[name]) for name in COLOR_NAMES]


def picture_of(document: Mapping[str, Any]) -> list[Picture]:
    """The light and the dark picture of a checked document."""
    return [
        Picture(name, {key: hex_of(rgb) for key, rgb in {**scheme.derived, **scheme.solid}.items()})
        for name, scheme in resolve(document).items()
    ]
