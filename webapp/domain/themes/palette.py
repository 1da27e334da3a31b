"""Palettes from one colour: THEMES' four colours, harmonies and the ramp of eleven steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from webapp.domain.themes.color import Rgb, at_lightness, darken, hex_of, lighten, lightness, parse, rotate
from webapp.kernel.errors import FieldError, Invalid

# Steps to 400 carry black text and steps from 600 carry white text at 4.5:1, whatever the hue.
RAMP_LIGHTNESS: Mapping[int, float] = {
    50: 0.975,
    100: 0.945,
    200: 0.89,
    300: 0.82,
    400: 0.73,
    500: 0.64,
    600: 0.54,
    700: 0.46,
    800: 0.39,
    900: 0.32,
    950: 0.25,
}

_TURNS: Mapping[str, tuple[int, ...]] = {
    "analogous": (0, 30, -30),
    "triadic": (0, 120, 240),
    "tetradic": (0, 90, 180, 270),
    "split-complementary": (0, 150, 210),
}
HARMONIES = (*_TURNS, "monochromatic")

_MONOCHROMATIC_SPAN = (-0.3, -0.15, 0.0, 0.15, 0.3)


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours that go with one colour. ``primary`` is kept as it was written; all others are lowercase hex.

    ``ramp`` maps the steps 50 to 950 to colours, ``harmonies`` a name to its colours, the given one first.
    """

    primary: str
    primary_light: str
    primary_dark: str
    complementary: str
    ramp: Mapping[int, str]
    harmonies: Mapping[str, tuple[str, ...]]


def palette(color: str, harmony: str | None = None) -> Palette:
    """The palette of a CSS colour, with one named harmony or with all. Alpha is not part of a palette.

    Raises ColorError, or Invalid with ``/harmony`` for a harmony that is not in HARMONIES.
    """
    if harmony is not None and harmony not in HARMONIES:
        raise Invalid([FieldError("/harmony", f"Must be one of {', '.join(HARMONIES)}.", "invalid_choice")])
    rgb = parse(color).rgb
    names = HARMONIES if harmony is None else (harmony,)
    return Palette(
        primary=color,
        primary_light=hex_of(lighten(rgb, 0.3)),
        primary_dark=hex_of(darken(rgb, 0.3)),
        complementary=hex_of(complementary(rgb)),
        ramp={step: hex_of(shade) for step, shade in ramp(rgb).items()},
        harmonies={name: tuple(map(hex_of, _harmony(rgb, name))) for name in names},
    )


def complementary(rgb: Rgb) -> Rgb:
    """Every channel subtracted from 255, as THEMES does it."""
    red, green, blue = rgb
    return 255 - red, 255 - green, 255 - blue


@lru_cache(maxsize=1024)
def ramp(rgb: Rgb) -> Mapping[int, Rgb]:
    """Eleven steps of fixed OKLCH lightness with the hue of the colour, mapped into sRGB."""
    return {step: at_lightness(rgb, value) for step, value in RAMP_LIGHTNESS.items()}


def _harmony(rgb: Rgb, name: str) -> list[Rgb]:
    if name in _TURNS:
        return [rotate(rgb, turn) if turn else rgb for turn in _TURNS[name]]
    start = min(max(lightness(rgb), 0.4), 0.65)
    shades = (at_lightness(rgb, start + step) for step in _MONOCHROMATIC_SPAN if step)
    return [rgb, *shades]
