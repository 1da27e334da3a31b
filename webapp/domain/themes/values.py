"""The values of a theme document that are no colours and no fonts: text, dimensions and ratios."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

_DIMENSION = re.compile(r"([0-9]+(?:\.[0-9]+)?|\.[0-9]+)(px|rem|em|%)", re.IGNORECASE | re.ASCII)
_DIMENSION_MAX = 16

SCALE_RATIO_MIN = 1.0
SCALE_RATIO_MAX = 2.0


class TokenError(ValueError):
    """A value that cannot be used; ``code`` is stable, ``detail`` is for people and never repeats it."""

    def __init__(self, code: str, detail: str) -> None:
        self.code = code
        self.detail = detail
        super().__init__(detail)


@dataclass(frozen=True, slots=True)
class Dimension:
    """A length or percentage: ``value`` counts ``unit``, one of px, rem, em, %."""

    value: float
    unit: str

    @property
    def css(self) -> str:
        """The dimension as CSS writes it, such as ``1.25rem``."""
        return css_number(self.value) + self.unit

    def times(self, factor: float) -> Dimension:
        """The dimension scaled by ``factor``."""
        return Dimension(self.value * factor, self.unit)


def css_number(value: float) -> str:
    """A number with at most four decimals and never an exponent."""
    text = f"{value:.4f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def read_text(value: object) -> str:
    """``value`` itself when it is text."""
    if not isinstance(value, str):
        raise TokenError("invalid_type", "Must be text.")
    return value


def read_dimension(value: object, bounds: Mapping[str, tuple[float, float]]) -> Dimension:
    """A number and one of the units in ``bounds``, which gives the least and greatest value for each.

    Neither signs nor exponents nor spaces are taken.
    """
    text = read_text(value)
    units = " or ".join((", ".join(list(bounds)[:-1]), list(bounds)[-1]))
    match = _DIMENSION.fullmatch(text) if len(text) <= _DIMENSION_MAX else None
    if match is None or match[2].lower() not in bounds:
        raise TokenError("invalid_dimension", f"Must be a number followed by {units}, such as 4px.")
    number, unit = float(match[1]), match[2].lower()
    low, high = bounds[unit]
    if not low <= number <= high:
        raise TokenError("out_of_range", f"Must be {css_number(low)} to {css_number(high)} {unit}.")
    return Dimension(number, unit)


def read_ratio(value: object) -> float:
    """A scale ratio: a finite number from 1 to 2."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TokenError("invalid_type", "Must be a number.")
    if not SCALE_RATIO_MIN <= value <= SCALE_RATIO_MAX:
        raise TokenError("out_of_range", "Must be a number from 1 to 2.")
    return float(value)
