"""Contrast as WCAG 2.2 defines it, measured on the 8-bit colours that are shipped and compared unrounded."""

from __future__ import annotations

from functools import lru_cache

from webapp.domain.themes.color import BLACK, WHITE, Rgb, at_lightness, lightness

TEXT = 4.5
"""Success criterion 1.4.3 (AA): text of ordinary size."""
LARGE_TEXT = 3.0
"""1.4.3 (AA): text from 24 px, or from 18.66 px when bold."""
ENHANCED_TEXT = 7.0
"""1.4.6 (AAA): text of ordinary size."""
INTERFACE = 3.0
"""1.4.11 (AA): parts of the interface."""

_BISECTIONS = 8
"""Halvings of at most the whole scale: finer than the 8 bits that are shipped."""


@lru_cache(maxsize=32768)
def luminance(rgb: Rgb) -> float:
    """Relative luminance, 0 (black) to 1 (white)."""
    red, green, blue = (_LINEAR[channel] for channel in rgb)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def ratio(rgb: Rgb, other: Rgb) -> float:
    """The contrast ratio of two colours, 1 to 21."""
    dark, light = sorted((luminance(rgb), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def black_or_white(ground: Rgb) -> Rgb:
    """Whichever reads better on ``ground``; it reaches 4.58:1 on any."""
    return max(BLACK, WHITE, key=lambda ink: ratio(ink, ground))


@lru_cache(maxsize=8192)
def nearest_passing(rgb: Rgb, grounds: tuple[Rgb, ...], target: float) -> Rgb | None:
    """The colour that reaches ``target`` on every ground with the least change of OKLCH lightness.

    Hue stays; None when no lightness reaches the target.
    """
    if _passes(rgb, grounds, target):
        return rgb
    start = lightness(rgb)
    nearest, distance = None, 1.0
    for sign, room, extreme in ((-1, start, BLACK), (1, 1 - start, WHITE)):
        far = min(room, distance)
        shade = extreme if far == room else at_lightness(rgb, start + sign * far)
        if not _passes(shade, grounds, target):
            continue
        near = 0.0
        for _ in range(_BISECTIONS):
            middle = (near + far) / 2
            candidate = at_lightness(rgb, start + sign * middle)
            if _passes(candidate, grounds, target):
                far, shade = middle, candidate
            else:
                near = middle
        nearest, distance = shade, far
    return nearest


def _passes(rgb: Rgb, grounds: tuple[Rgb, ...], target: float) -> bool:
    return all(ratio(rgb, ground) >= target for ground in grounds)


_LINEAR = tuple(
    share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4
    for share in (level / 255 for level in range(256))
)
