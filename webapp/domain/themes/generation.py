"""A complete theme made from one colour."""

from __future__ import annotations

from webapp.domain.themes.color import ColorError, at_lightness, darken, hex_of, parse
from webapp.domain.themes.contrast import fix_all
from webapp.domain.themes.document import DEFAULT_DOCUMENT, Document
from webapp.domain.themes.palette import HARMONIES, palette
from webapp.kernel.errors import FieldError, Invalid

DEFAULT_HARMONY = "split-complementary"

_DARK_GROUND = 0.2
_DARK_PART = 0.78


def generate_document(color: str, harmony: str = DEFAULT_HARMONY) -> Document:
    """A document around ``color``, with companions by ``harmony``; every pair that pages show passes AA.

    The colour itself moves only where it could not be seen on its background. Raises Invalid for ``/color``
    and ``/harmony``.
    """
    try:
        found = palette(color, harmony)
    except ColorError as error:
        raise Invalid([FieldError("/color", error.detail, error.code)]) from None
    companions = found.harmonies[harmony]
    night = darken(at_lightness(parse(color).rgb, _DARK_GROUND), 0.2)
    document = {section: dict(fields) for section, fields in DEFAULT_DOCUMENT.items()}
    document["colors"] |= {
        "primary": color,
        "secondary": companions[1],
        "accent": companions[-1],
        "background": found.ramp[50],
        "text": found.ramp[950],
    }
    document["dark_mode"] = {
        "background": hex_of(night),
        "text": found.ramp[50],
        "primary": hex_of(at_lightness(parse(color).rgb, _DARK_PART)),
    }
    return fix_all(document)


__all__ = ["DEFAULT_HARMONY", "HARMONIES", "generate_document"]
