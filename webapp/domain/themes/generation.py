"""A complete theme made from one colour."""

from __future__ import annotations

from webapp.domain.themes.color import WHITE, ColorError, at_lightness, darken, hex_of, mix, parse
from webapp.domain.themes.contrast import fix_all
from webapp.domain.themes.document import DEFAULT_DOCUMENT, Document
from webapp.domain.themes.palette import palette
from webapp.domain.themes.wcag import INTERFACE, ratio
from webapp.kernel.errors import FieldError, Invalid

DEFAULT_HARMONY = "split-complementary"

_TINT = 0.5
_DARK_GROUND = 0.2
_DARK_PART = 0.78


def generate_document(color: str, harmony: str = DEFAULT_HARMONY) -> Document:
    """A document around ``color``, with companions by ``harmony``; every pair that pages show passes AA.

    The background has a touch of the colour, which itself moves only where it could not be seen on white.
    Raises Invalid for ``/color`` and ``/harmony``.
    """
    try:
        found = palette(color, harmony)
    except ColorError as error:
        raise Invalid([FieldError("/color", error.detail, error.code)]) from None
    companions, rgb = found.harmonies[harmony], parse(color).rgb
    ground = mix(WHITE, parse(found.ramp[50]).rgb, _TINT)
    night = darken(at_lightness(rgb, _DARK_GROUND), 0.2)
    document = {section: dict(fields) for section, fields in DEFAULT_DOCUMENT.items()}
    document["colors"] |= {
        "primary": color,
        "secondary": companions[1],
        "accent": companions[-1],
        "background": hex_of(ground if ratio(rgb, ground) >= INTERFACE else WHITE),
        "text": found.ramp[950],
    }
    document["dark_mode"] = {
        "background": hex_of(night),
        "text": found.ramp[50],
        "primary": hex_of(at_lightness(rgb, _DARK_PART)),
    }
    return fix_all(document)
