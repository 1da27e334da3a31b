"""The sizes that cards are exported in, and how a card's own size is laid out in them."""

from __future__ import annotations

import math
from dataclasses import dataclass

SIZES = {
    "instagram-post": (1080, 1080),
    "instagram-story": (1080, 1920),
    "facebook-post": (1200, 630),
    "facebook-cover": (1200, 315),
    "twitter-post": (1200, 675),
    "linkedin-post": (1200, 627),
}
"""Pixels, by the names that people who share cards know."""
PAPERS = {
    "a4": (210.0, 297.0),
    "a5": (148.0, 210.0),
    "a6": (105.0, 148.0),
    "letter": (215.9, 279.4),
    "postcard": (152.0, 102.0),
}
"""Millimetres."""
DPI = 300
MM_PER_INCH = 25.4
CSS_PER_INCH = 96
PRINT_MIN, PRINT_MAX = 0.1, 2.0
"""How large Chromium prints a page, in ratio to its window (``Page.printToPDF``)."""
BLEED_MAX = 5.0
PIXELS_MAX = 40_000_000
SIDE_MIN, SIDE_MAX = 16, 8_000


@dataclass(frozen=True, slots=True)
class Frame:
    """A window of ``width`` × ``height`` CSS pixels that ``scale`` makes a picture of ``size`` pixels."""

    width: int
    height: int
    scale: float
    size: tuple[int, int]


def frame(design: tuple[int, int], size: tuple[int, int]) -> Frame:
    """The window for a card drawn for ``design`` CSS pixels in a picture of ``size`` pixels.

    The card's own size always fits into the window; what the picture has more in one direction, the window
    has too, for the card's background.
    """
    factor = min(size[0] / design[0], size[1] / design[1])
    width = max(1, math.ceil(size[0] / factor - 1e-6))
    scale = size[0] / width
    return Frame(width, max(1, math.ceil(size[1] / scale - 1e-6)), scale, size)


def paper_pixels(paper: tuple[float, float]) -> tuple[int, int]:
    """The pixels of a sheet of paper at 300 dots to the inch."""
    return round(paper[0] / MM_PER_INCH * DPI), round(paper[1] / MM_PER_INCH * DPI)
