"""Font family lists: read strictly, written so that no name can leave its CSS string."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from webapp.domain.themes.values import TokenError, read_text

FAMILIES_MAX = 10
FAMILY_MAX = 64

# CSS Fonts 4, section 2.1.4, and two vendor names that browsers only know without quotes.
_KEYWORDS = {
    name.lower(): name
    for name in (
        *("serif", "sans-serif", "monospace", "cursive", "fantasy", "math", "emoji", "fangsong", "system-ui"),
        *("ui-serif", "ui-sans-serif", "ui-monospace", "ui-rounded", "-apple-system", "BlinkMacSystemFont"),
    )
}
_RESERVED = frozenset({"inherit", "initial", "unset", "revert", "revert-layer", "default"})

_ITEM = re.compile(r"""((?:"[^"]*"|'[^']*'|[^"',])*)(,|\Z)""")
_FORBIDDEN = frozenset('\\{};@()/*"')


@dataclass(frozen=True, slots=True)
class Family:
    """One font family; a keyword stands bare in CSS, every other name is a string."""

    name: str
    keyword: bool = False

    @property
    def css(self) -> str:
        """The family as an item of ``font-family``."""
        return self.name if self.keyword else css_string(self.name)


def css_string(text: str) -> str:
    r"""A CSS string; ``"``, ``\``, ``<`` and controls are hex escapes, so it is inert inside HTML too."""
    return '"' + re.sub(r'["\\<\x00-\x1f\x7f]', lambda found: f"\\{ord(found[0]):x} ", text) + '"'


def css_families(families: tuple[Family, ...]) -> str:
    """The list as the value of ``font-family``."""
    return ",".join(family.css for family in families)


def read_families(value: object) -> tuple[Family, ...]:
    """A comma-separated list of 1 to 10 families of at most 64 characters each, quoted or not.

    Unquoted names may hold letters, digits, ``-``, ``_`` and spaces; a name with anything else needs quotes.
    """
    text = read_text(value)
    if len(text) > FAMILIES_MAX * (FAMILY_MAX + len('"", ')):
        raise TokenError("too_long", "The list of fonts is too long.")
    families = []
    position, separator = 0, ","
    while separator:
        match = _ITEM.match(text, position)
        if match is None:
            raise TokenError("invalid_font_family", "A quoted font name must end with the same quote.")
        families.append(_read_family(match[1].strip(" ")))
        position, separator = match.end(), match[2]
    if len(families) > FAMILIES_MAX:
        raise TokenError("too_many_fonts", f"Must have at most {FAMILIES_MAX} fonts.")
    return tuple(families)


def _read_family(item: str) -> Family:
    quote = item[:1] if item[:1] in ('"', "'") else ""
    name = item[1:-1] if quote else re.sub(" +", " ", item)
    if not name.strip():
        raise TokenError("invalid_font_family", "A font name must not be empty.")
    if len(name) > FAMILY_MAX:
        raise TokenError("too_long", f"A font name must have at most {FAMILY_MAX} characters.")
    if quote:
        if item.find(quote, 1) != len(item) - 1 or not all(map(_may_be_quoted, name)):
            raise TokenError("invalid_font_family", "A quoted font name must be plain text.")
        return Family(name)
    if not all(map(_may_be_bare, name)):
        raise TokenError("invalid_font_family", "A font name with punctuation needs quotes around it.")
    if name.lower() in _RESERVED:
        raise TokenError("invalid_font_family", "This is a CSS keyword and not a font.")
    keyword = _KEYWORDS.get(name.lower())
    return Family(keyword, keyword=True) if keyword else Family(name)


def _may_be_quoted(sign: str) -> bool:
    return sign not in _FORBIDDEN and (sign == " " or unicodedata.category(sign)[0] not in "CZ")


def _may_be_bare(sign: str) -> bool:
    return sign in " -_" or unicodedata.category(sign)[0] in "LMN"
