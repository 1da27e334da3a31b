"""Colours as an 8-bit sRGB screen shows them, and the arithmetic that themes need.

A person may write a colour in any static form of CSS Color 4. What is shipped, and what contrast is measured
on, is its 8-bit sRGB value; a colour that sRGB cannot show keeps a Display P3 value beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import floor
from typing import Literal

from coloraide import Color as Coloraide

from webapp.domain.themes.color_syntax import ColorError, read_color
from webapp.domain.themes.values import css_number

__all__ = [
    "BLACK",
    "DEFICIENCIES",
    "WHITE",
    "Color",
    "ColorError",
    "Deficiency",
    "Rgb",
    "at_lightness",
    "darken",
    "difference",
    "hex_of",
    "lighten",
    "lightness",
    "mix",
    "over",
    "parse",
    "rotate",
    "simulate",
]

Rgb = tuple[int, int, int]
"""Red, green and blue of sRGB, 0 to 255."""

Deficiency = Literal["protan", "deutan", "tritan"]
DEFICIENCIES: tuple[Deficiency, ...] = ("protan", "deutan", "tritan")

BLACK: Rgb = (0, 0, 0)
WHITE: Rgb = (255, 255, 255)

_HALF_STEP = 0.5 / 255
"""Overshoot of the sRGB gamut that rounding to 8 bits removes anyway."""


@dataclass(frozen=True, slots=True)
class Color:
    """A shipped colour: ``rgb`` and ``alpha`` of 8 bits each.

    ``wide`` is the Display P3 value as CSS, only where mapping to sRGB changed the colour.
    """

    rgb: Rgb
    alpha: int = 255
    wide: str | None = None

    @property
    def css(self) -> str:
        """The sRGB colour as lowercase hex, with alpha only where it is not opaque."""
        return hex_of(self.rgb) + ("" if self.alpha == 255 else f"{self.alpha:02x}")


@lru_cache(maxsize=4096)
def parse(text: str) -> Color:
    """Read a colour that a person wrote. Raises ColorError."""
    written = read_color(text)
    color = Coloraide(written.space, written.coords, written.alpha)
    alpha = _to_byte(written.alpha)
    srgb = color.convert("srgb")
    if srgb.in_gamut(tolerance=_HALF_STEP):
        return Color(_to_8_bits(srgb.coords(nans=False)), alpha)
    wide = color.convert("display-p3").fit().coords(nans=False)
    return Color(_to_8_bits(srgb.fit().coords(nans=False)), alpha, _p3(wide, written.alpha))


def hex_of(rgb: Rgb) -> str:
    """``#rrggbb`` in lowercase."""
    return "#{:02x}{:02x}{:02x}".format(*rgb)


def lighten(rgb: Rgb, factor: float = 0.2) -> Rgb:
    """Each channel moved towards 255 by ``factor`` (0 to 1) and rounded down, as THEMES does it."""
    red, green, blue = (min(255, int(channel + (255 - channel) * factor)) for channel in rgb)
    return red, green, blue


def darken(rgb: Rgb, factor: float = 0.2) -> Rgb:
    """Each channel moved towards 0 by ``factor`` (0 to 1) and rounded down, as THEMES does it."""
    red, green, blue = (max(0, int(channel * (1 - factor))) for channel in rgb)
    return red, green, blue


def mix(rgb: Rgb, other: Rgb, share: float) -> Rgb:
    """``rgb`` with a ``share`` (0 to 1) of ``other``, channel by channel, as browsers blend."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(rgb, other, strict=True))
    return red, green, blue


def over(color: Color, ground: Rgb) -> Rgb:
    """What is seen of a colour that lies on an opaque ground."""
    return mix(ground, color.rgb, color.alpha / 255)


@lru_cache(maxsize=4096)
def lightness(rgb: Rgb) -> float:
    """OKLCH lightness, 0 to 1."""
    return _oklch(rgb)[0]


def at_lightness(rgb: Rgb, value: float) -> Rgb:
    """The colour at OKLCH lightness ``value`` (0 to 1), with its hue and as much chroma as sRGB can show."""
    _, chroma, hue = _oklch(rgb)
    return _from_oklch(value, chroma, hue)


def rotate(rgb: Rgb, degrees: float) -> Rgb:
    """The colour with its OKLCH hue turned by ``degrees``."""
    value, chroma, hue = _oklch(rgb)
    return _from_oklch(value, chroma, (hue + degrees) % 360)


@lru_cache(maxsize=4096)
def simulate(rgb: Rgb, deficiency: Deficiency) -> Rgb:
    """What a person without the long (protan), middle (deutan) or short (tritan) cones sees of a colour."""
    return _to_8_bits(_coloraide(rgb).filter(deficiency, out_space="srgb").coords(nans=False))


def difference(rgb: Rgb, other: Rgb) -> float:
    """How far two colours are apart for the eye: their distance in OKLab, black and white being 1 apart."""
    return _coloraide(rgb).distance(_coloraide(other), space="oklab")


def _coloraide(rgb: Rgb) -> Coloraide:
    return Coloraide("srgb", [channel / 255 for channel in rgb])


@lru_cache(maxsize=4096)
def _oklch(rgb: Rgb) -> tuple[float, float, float]:
    value, chroma, hue = _coloraide(rgb).convert("oklch").coords(nans=False)
    return value, chroma, hue


def _from_oklch(value: float, chroma: float, hue: float) -> Rgb:
    color = Coloraide("oklch", (value, chroma, hue)).convert("srgb")
    if not color.in_gamut(tolerance=_HALF_STEP):
        color.fit(method="raytrace")
    return _to_8_bits(color.coords(nans=False))


def _to_8_bits(coords: Sequence[float]) -> Rgb:
    red, green, blue = (min(255, max(0, _to_byte(channel))) for channel in coords)
    return red, green, blue


def _to_byte(share: float) -> int:
    # Browsers round halves up, Python's round() does not.
    return floor(share * 255 + 0.5)


def _p3(coords: Sequence[float], alpha: float) -> str:
    channels = " ".join(css_number(channel) for channel in coords)
    return f"color(display-p3 {channels}{'' if alpha == 1 else f' / {css_number(alpha)}'})"
