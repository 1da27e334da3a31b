"""The two schemes of a theme: every colour a page may use, as set by a person or derived from what was set.

A set value is never altered. Derived values keep their hue and move in OKLCH lightness until they can be
read: 4.5:1 for text, 3:1 for parts of the interface, both on background and surface of their scheme.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from webapp.domain.themes.color import BLACK, WHITE, Color, Rgb, darken, lighten, mix, over, parse
from webapp.domain.themes.document import COLOR_NAMES
from webapp.domain.themes.palette import complementary
from webapp.domain.themes.wcag import INTERFACE, TEXT, black_or_white, nearest_passing, ratio

Origin = Literal["set", "derived"]
SchemeName = Literal["light", "dark"]

_SURFACE_SHARE = 0.04
_MUTED_SHARE = 0.35
_BORDER_SHARE = 0.75


@dataclass(frozen=True, slots=True)
class Scheme:
    """``colors`` are the nine named colours as shipped, ``solid`` the same as seen on the background.

    ``derived`` maps the names of all further colours (``on-primary``, ``primary-text``, ``surface`` …).
    ``origins`` says for each of the nine whether a person set it.
    """

    colors: Mapping[str, Color]
    solid: Mapping[str, Rgb]
    derived: Mapping[str, Rgb]
    origins: Mapping[str, Origin]


def resolve(document: Mapping[str, Any]) -> Mapping[SchemeName, Scheme]:
    """Both schemes of a checked document."""
    light = {name: parse(document["colors"][name]) for name in COLOR_NAMES}
    chosen = {name: parse(value) for name, value in document["dark_mode"].items() if value is not None}
    background = over(chosen["background"], BLACK)
    dark = {name: chosen.get(name) or _readable_part(light[name], background) for name in COLOR_NAMES}
    return {
        "light": _scheme(light, frozenset(COLOR_NAMES), WHITE),
        "dark": _scheme(dark, frozenset(chosen), BLACK),
    }


def surface_of(background: Rgb, text: Rgb) -> Rgb:
    """A ground just apart from the background; the background itself where text would not be readable."""
    shade = mix(background, text, _SURFACE_SHARE)
    return shade if ratio(text, shade) >= TEXT else background


def _scheme(colors: Mapping[str, Color], chosen: frozenset[str], canvas: Rgb) -> Scheme:
    """``canvas`` is what browsers paint behind a translucent background."""
    background = over(colors["background"], canvas)
    solid = {name: over(color, background) for name, color in colors.items()} | {"background": background}
    text, primary = solid["text"], solid["primary"]
    surface = surface_of(background, text)
    grounds = (background, surface)
    derived = {f"on-{name}": black_or_white(solid[name]) for name in COLOR_NAMES}
    derived |= {f"{name}-text": _moved(solid[name], grounds, TEXT) for name in COLOR_NAMES}
    derived |= {
        "primary-light": lighten(primary, 0.3),
        "primary-dark": darken(primary, 0.3),
        "complementary": complementary(primary),
        "surface": surface,
        "border": _moved(mix(text, background, _BORDER_SHARE), grounds, INTERFACE),
        "text-muted": _moved(mix(text, background, _MUTED_SHARE), grounds, TEXT),
        "focus": _moved(primary, grounds, INTERFACE),
    }
    origins: dict[str, Origin] = {name: "set" if name in chosen else "derived" for name in COLOR_NAMES}
    return Scheme(colors, solid, derived, origins)


def _readable_part(color: Color, background: Rgb) -> Color:
    seen = over(color, background)
    if ratio(seen, background) >= INTERFACE:
        return color
    return Color(_moved(seen, (background,), INTERFACE))


def _moved(rgb: Rgb, grounds: tuple[Rgb, ...], target: float) -> Rgb:
    """``rgb`` moved until it reads on all grounds. Some text reads on them all, so black or white does."""
    return nearest_passing(rgb, grounds, target) or black_or_white(grounds[0])
