"""The tokens of a theme as the console names them: labels, hints, and the way between document and form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from webapp.console.conflicts import Named
from webapp.domain.themes.document import DARK_OPTIONAL, SECTIONS

_COLORS: Final = {
    "primary": ("Primary", "Main buttons, links, what stands out first"),
    "secondary": ("Secondary", "The second voice: tags, other buttons"),
    "accent": ("Accent", "Small marks that should be noticed"),
    "background": ("Background", "The page itself"),
    "text": ("Text", "What is read; borders and quiet text follow it"),
    "error": ("Error", "Something went wrong"),
    "success": ("Success", "Something went well"),
    "warning": ("Warning", "Something needs care"),
    "info": ("Information", "Something is worth knowing"),
}

_LABELS: Final[Mapping[str, Mapping[str, tuple[str, str]]]] = {
    "colors": _COLORS,
    "dark_mode": _COLORS,
    "typography": {
        "font_family": ("Body font", "Fonts in order of preference, with commas between them"),
        "heading_font": ("Heading font", "For titles; may be the same"),
        "base_size": ("Base size", "Of body text, 8 to 72px or 0.5 to 4.5rem"),
        "scale_ratio": ("Size ratio", "How much each heading is larger than the next, 1 to 2"),
    },
    "spacing": {
        "base_unit": ("Base unit", "The smallest gap, 1 to 64px or 0.0625 to 4rem"),
        "scale_ratio": ("Space ratio", "How much each gap is larger than the next, 1 to 2"),
    },
    "border_radius": {
        "small": ("Small", "Inputs and labels"),
        "medium": ("Medium", "Buttons and notices"),
        "large": ("Large", "Cards and pictures"),
        "round": ("Round", "Avatars and pills"),
    },
}

SECTION_TITLES: Final = {
    "colors": "Colours",
    "dark_mode": "Dark mode",
    "typography": "Typography",
    "spacing": "Spacing",
    "border_radius": "Corners",
}

NUMBERS: Final = frozenset({"typography-scale_ratio", "spacing-scale_ratio"})


@dataclass(frozen=True, slots=True)
class Token:
    """One field of the editor. ``field`` is its name in the form, such as ``colors-primary``."""

    section: str
    name: str
    label: str
    hint: str

    @property
    def field(self) -> str:
        return f"{self.section}-{self.name}"

    @property
    def is_color(self) -> bool:
        return self.section in ("colors", "dark_mode")

    @property
    def is_optional(self) -> bool:
        return self.section == "dark_mode" and self.name in DARK_OPTIONAL

    @property
    def full_label(self) -> str:
        return f"{SECTION_TITLES[self.section]}: {self.label}"


TOKENS: Final = tuple(
    Token(section, name, *_LABELS[section][name]) for section, fields in SECTIONS.items() for name in fields
)


NAMED: Final = (
    Named("name", "Name"),
    *(Named(token.field, token.full_label, token.is_color) for token in TOKENS),
)
"""Everything that two people who edit one theme may disagree about."""


def field_of(pointer: str) -> str:
    """The form's field for a JSON Pointer into a document: ``/colors/text`` → ``colors-text``."""
    return pointer.strip("/").replace("/", "-")


def to_fields(document: Mapping[str, Any]) -> dict[str, str]:
    """A document as the form shows it: text for every token, empty where a dark colour is derived."""
    return {token.field: _as_text(document[token.section].get(token.name)) for token in TOKENS}


def to_changes(fields: Mapping[str, str | None]) -> dict[str, dict[str, Any]]:
    """What the form holds as changes to a document; an empty optional colour means that it is derived."""
    changes: dict[str, dict[str, Any]] = {section: {} for section in SECTIONS}
    for token in TOKENS:
        text = (fields.get(token.field) or "").strip()
        changes[token.section][token.name] = _from_text(token, text)
    return changes


def _as_text(value: str | float | None) -> str:
    return "" if value is None else str(value).removesuffix(".0")


def _from_text(token: Token, text: str) -> str | float | None:
    if token.is_optional and not text:
        return None
    if token.field in NUMBERS:
        try:
            return float(text)
        except ValueError:
            return text
    return text
