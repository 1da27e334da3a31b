"""A strict reader of the static colours of CSS Color 4: hex, names and colour functions.

Escapes and comments are not taken, and nothing is completed that a person left open. What needs a page
to be resolved (``calc()``, ``color-mix()``, relative and system colours, ``currentcolor``) is not static.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import isfinite

from webapp.domain.themes.color_names import NAMED_COLORS
from webapp.domain.themes.values import TokenError

COLOR_MAX = 128


class ColorError(TokenError):
    """A text that is not a colour we can use."""


@dataclass(frozen=True, slots=True)
class ReadColor:
    """A colour as it was written: ``coords`` in the units of coloraide's ``space``, ``alpha`` from 0 to 1."""

    space: str
    coords: tuple[float, float, float]
    alpha: float = 1.0


@dataclass(frozen=True, slots=True)
class _Channel:
    """How a component counts: 100% is ``full``, the number 1 is ``one``; the result is clamped."""

    full: float = 1.0
    one: float = 1.0
    low: float = -1000.0
    high: float = 1000.0


@dataclass(frozen=True, slots=True)
class _Term:
    """One component: a number with its unit, or ``none``, which counts as 0 (section 4.4)."""

    number: float
    unit: str


_HUE = _Channel()
_ANY = _Channel()
_RGB = _Channel(one=1 / 255, low=0, high=1)
_PERCENT = _Channel(one=0.01, low=0, high=1)

_FUNCTIONS = {
    "rgb": ("srgb", (_RGB, _RGB, _RGB)),
    "hsl": ("hsl", (_HUE, _PERCENT, _PERCENT)),
    "hwb": ("hwb", (_HUE, _PERCENT, _PERCENT)),
    "lab": ("lab", (_Channel(100, low=0, high=100), _Channel(125), _Channel(125))),
    "lch": ("lch", (_Channel(100, low=0, high=100), _Channel(150, low=0), _HUE)),
    "oklab": ("oklab", (_Channel(low=0, high=1), _Channel(0.4), _Channel(0.4))),
    "oklch": ("oklch", (_Channel(low=0, high=1), _Channel(0.4, low=0), _HUE)),
}
_ALIASES = {"rgba": "rgb", "hsla": "hsl"}
_SPACES = {
    name: "xyz-d65" if name == "xyz" else name
    for name in (
        *("srgb", "srgb-linear", "display-p3", "a98-rgb", "prophoto-rgb", "rec2020"),
        *("xyz", "xyz-d50", "xyz-d65"),
    )
}
_DEGREES = {"": 1.0, "none": 1.0, "deg": 1.0, "grad": 0.9, "rad": 57.29577951308232, "turn": 360.0}

# The signs between and around components; a component itself is "".
_MODERN = (["", "", ""], ["", "", "", "/", ""])
_LEGACY = (["", ",", "", ",", ""], ["", ",", "", ",", "", ",", ""])

_HEX = re.compile(r"#([0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})")
_SPACE_NAME = re.compile(r"[ \t\n\r\f]*([a-z0-9-]+)[ \t\n\r\f]+")
_CALL = re.compile(r"([a-z]+)\(([^()]*)\)")
_TOKEN = re.compile(
    r"([+-]?(?:[0-9]*\.)?[0-9]+(?:e[+-]?[0-9]+)?)(%|[a-z]*)|(none)(?![a-z0-9-])|([,/])|[ \t\n\r\f]+"
)
_DYNAMIC_FUNCTION = re.compile(
    r"(?:^|[^a-z-])(?:color-mix|light-dark|contrast-color|device-cmyk|calc|clamp|min|max|var|env|attr)\("
    r"|\([ \t\n\r\f]*from[ \t\n\r\f]"
)
_DYNAMIC_WORDS = frozenset(
    {
        "currentcolor",
        "inherit",
        "initial",
        "unset",
        "revert",
        "revert-layer",
        "accentcolor",
        "accentcolortext",
        "activetext",
        "buttonborder",
        "buttonface",
        "buttontext",
        "canvas",
        "canvastext",
        "field",
        "fieldtext",
        "graytext",
        "highlight",
        "highlighttext",
        "linktext",
        "mark",
        "marktext",
        "selecteditem",
        "selecteditemtext",
        "visitedtext",
    }
)


def read_color(text: str) -> ReadColor:
    """Read one colour of at most 128 characters.

    Raises ColorError with code ``too_long``, ``unsupported_color_syntax``, ``out_of_range`` (alpha outside 0
    to 1, or a number that is not finite) or ``invalid_color``.
    """
    if len(text) > COLOR_MAX:
        raise ColorError("too_long", f"A colour must have at most {COLOR_MAX} characters.")
    if not text.isascii():
        raise _invalid()
    text = text.lower()
    if match := _HEX.fullmatch(NAMED_COLORS.get(text, text)):
        return _from_hex(match[1])
    if text == "transparent":
        return ReadColor("srgb", (0.0, 0.0, 0.0), 0.0)
    if text in _DYNAMIC_WORDS or _DYNAMIC_FUNCTION.search(text):
        raise ColorError(
            "unsupported_color_syntax",
            "Must be a colour that stands for itself, without calculation or reference.",
        )
    if match := _CALL.fullmatch(text):
        return _from_function(match[1], match[2])
    raise _invalid()


def _invalid() -> ColorError:
    return ColorError("invalid_color", "Must be a CSS colour, such as #8b5cf6 or oklch(0.6 0.2 290).")


def _from_hex(digits: str) -> ReadColor:
    if len(digits) < 6:
        digits = "".join(digit * 2 for digit in digits)
    red, green, blue, alpha = (int(digits[i : i + 2] or "ff", 16) / 255 for i in (0, 2, 4, 6))
    return ReadColor("srgb", (red, green, blue), alpha)


def _from_function(name: str, body: str) -> ReadColor:
    name = _ALIASES.get(name, name)
    if name == "color":
        match = _SPACE_NAME.match(body)
        if match is None or match[1] not in _SPACES:
            raise _invalid()
        space, body, channels = _SPACES[match[1]], body[match.end() :], (_ANY, _ANY, _ANY)
    elif name in _FUNCTIONS:
        space, channels = _FUNCTIONS[name]
    else:
        raise _invalid()
    terms, alpha = _components(name, _tokens(body))
    first, second, third = map(_coordinate, terms, channels)
    return ReadColor(space, (first, second, third), 1.0 if alpha is None else _alpha(alpha))


def _tokens(body: str) -> list[_Term | str]:
    """The terms and the signs ``,`` and ``/`` of a function's body, without its spaces."""
    tokens: list[_Term | str] = []
    position = 0
    while position < len(body):
        match = _TOKEN.match(body, position)
        if match is None:
            raise _invalid()
        number, unit, none, sign = match.groups()
        if number is not None:
            tokens.append(_Term(float(number), unit))
        elif none is not None:
            tokens.append(_Term(0.0, "none"))
        elif sign is not None:
            tokens.append(sign)
        position = match.end()
    return tokens


def _components(name: str, tokens: list[_Term | str]) -> tuple[list[_Term], _Term | None]:
    """The three components and the alpha, in the modern syntax or in the legacy one with commas."""
    terms = [token for token in tokens if isinstance(token, _Term)]
    signs = ["" if isinstance(token, _Term) else token for token in tokens]
    legacy = "," in signs
    if signs not in (_LEGACY if legacy else _MODERN):
        raise _invalid()
    if legacy:
        units = [term.unit for term in terms[:3]]
        if name == "rgb":
            sound = units in (["", "", ""], ["%", "%", "%"])
        else:
            sound = name == "hsl" and units[0] in _DEGREES and units[1:] == ["%", "%"]
        if not sound or any(term.unit == "none" for term in terms):
            raise _invalid()
    return terms[:3], terms[3] if len(terms) == 4 else None


def _coordinate(term: _Term, channel: _Channel) -> float:
    if channel is _HUE:
        if term.unit not in _DEGREES:
            raise _invalid()
        return _finite(term.number * _DEGREES[term.unit]) % 360
    if term.unit not in ("", "%", "none"):
        raise _invalid()
    scale = channel.full / 100 if term.unit == "%" else channel.one
    return min(max(_finite(term.number * scale), channel.low), channel.high)


def _alpha(term: _Term) -> float:
    if term.unit not in ("", "%", "none"):
        raise _invalid()
    alpha = term.number / 100 if term.unit == "%" else term.number
    if not 0 <= alpha <= 1:
        raise ColorError("out_of_range", "The alpha of a colour must be from 0 to 1.")
    return alpha


def _finite(number: float) -> float:
    if not isfinite(number):
        raise ColorError("out_of_range", "The numbers of a colour must be finite.")
    return number
