"""Charts as SVG needs them: shapes in whole units, drawn on the server."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

WIDTH, HEIGHT = 720, 200
"""Of the area in which bars stand; axes and words lie around it."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One day or category; places are in the units of the drawing."""

    label: str
    value: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars over days, with round numbers at the axis: ``lines`` are (y, number), ``marks`` (x, words)."""

    bars: list[Bar]
    lines: list[tuple[float, int]]
    marks: list[tuple[float, str]]
    total: int


def chart_of(days: Sequence[tuple[date, int]]) -> Chart:
    """Bars of one number for each day."""
    top = round_top(max((number for _, number in days), default=0))
    step = WIDTH / max(len(days), 1)
    bars = [
        Bar(f"{day:%-d %B}", number, round(n * step + step * 0.12, 2), *_span(number, top, step))
        for n, (day, number) in enumerate(days)
    ]
    every = max(1, -(-len(days) // 5))
    marked = list(enumerate(days))[::every]
    marks = [(round((n + 0.5) * step, 1), f"{day:%-d %b}") for n, (day, _) in marked]
    lines = [(round(HEIGHT - HEIGHT * share / 4, 1), top * share // 4) for share in (0, 2, 4)]
    return Chart(bars, lines, marks, sum(number for _, number in days))


def round_top(highest: int) -> int:
    """The smallest of 4, 8, 20, 40, 80, 200 … not below ``highest``: half of it is whole."""
    size = 4
    while True:
        for factor in (1, 2, 5):
            if size * factor >= highest:
                return size * factor
        size *= 10


def _span(number: int, top: int, step: float) -> tuple[float, float, float]:
    height = HEIGHT * number / top
    return round(HEIGHT - height, 2), round(step * 0.76, 2), round(height, 2)
