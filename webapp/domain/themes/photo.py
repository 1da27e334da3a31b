"""Themes made from the colours of a photo."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import hypot

from coloraide import Color as Coloraide

from webapp.domain.themes.color import Rgb, difference, hex_of, parse
from webapp.domain.themes.contrast import fix_all
from webapp.domain.themes.document import Document
from webapp.domain.themes.generation import generate_document
from webapp.kernel.errors import Conflict

LEADS_MAX = 3
APART = 0.12
"""The least distance in OKLab at which two colours of a photo are two colours of a theme."""
GREY = 0.03
"""The chroma in OKLCH under which a colour leads only where there is no other."""


@dataclass(frozen=True, slots=True)
class PhotoTheme:
    """A document around one of the photo's colours, ``lead``."""

    lead: str
    document: Document


def themes_of_photo(colors: Sequence[str]) -> list[PhotoTheme]:
    """Up to three themes, the one around the strongest colour first; every pair that pages show passes AA.

    ``colors`` are CSS colours, the commonest first. Raises Conflict where there are none.
    """
    found = _apart([parse(color).rgb for color in colors])
    if not found:
        raise Conflict("The colours of this image are not known.", code="no_colors")
    strong = sorted(found, key=_chroma, reverse=True)
    leads = [rgb for rgb in strong if _chroma(rgb) >= GREY][:LEADS_MAX] or strong[:1]
    return [PhotoTheme(hex_of(lead), _document(lead, strong)) for lead in leads]


def _document(lead: Rgb, colors: Sequence[Rgb]) -> Document:
    """The theme around ``lead``, with the photo's other strong colours as its companions."""
    document = generate_document(hex_of(lead))
    others = [hex_of(rgb) for rgb in colors if rgb != lead and _chroma(rgb) >= GREY]
    companions = dict(zip(("secondary", "accent"), others, strict=False))
    return fix_all({**document, "colors": document["colors"] | companions})


def _apart(colors: Sequence[Rgb]) -> list[Rgb]:
    """The colours that differ from all before them."""
    kept: list[Rgb] = []
    for rgb in colors:
        if all(difference(rgb, other) >= APART for other in kept):
            kept.append(rgb)
    return kept


def _chroma(rgb: Rgb) -> float:
    _, a, b = Coloraide("srgb", [channel / 255 for channel in rgb]).convert("oklab").coords(nans=False)
    return hypot(a, b)
