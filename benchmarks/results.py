"""A row of the table: a value beside the peer's and the bare route's, its goal, and whether it is met."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

HEADINGS = ("row", "Rangoli", "peer", "bare", "to peer", "to bare", "goal", "met")
NUMERIC = range(1, 6)
"""Columns that are aligned to the right."""


@dataclass(frozen=True, slots=True)
class Goal:
    """Bounds of a row; those that are None are not asked for. ``at_most`` is in the unit of the row."""

    to_peer: float | None = None
    to_bare: float | None = None
    at_most: float | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """One measured row. ``unit`` is what stands behind the values; ratios are those of rates."""

    name: str
    value: float
    unit: str
    goal: Goal = Goal()
    peer: float | None = None
    bare: float | None = None
    to_peer: float | None = None
    to_bare: float | None = None

    @property
    def met(self) -> bool | None:
        """Whether every bound holds; None when there is no goal."""
        checks = [
            reached is not None and reached >= bound
            for reached, bound in ((self.to_peer, self.goal.to_peer), (self.to_bare, self.goal.to_bare))
            if bound is not None
        ]
        if self.goal.at_most is not None:
            checks.append(self.value <= self.goal.at_most)
        return all(checks) if checks else None

    def cells(self) -> tuple[str, ...]:
        return (
            self.name,
            _quantity(self.value, self.unit),
            _quantity(self.peer, self.unit),
            _quantity(self.bare, self.unit),
            "" if self.to_peer is None else f"{self.to_peer:.1f} ×",
            "" if self.to_bare is None else f"{self.to_bare:.0%}",
            self._goal_words(),
            {True: "yes", False: "NO", None: ""}[self.met],
        )

    def _goal_words(self) -> str:
        words = []
        if self.goal.to_bare is not None:
            words.append(f"≥ {self.goal.to_bare:.0%} of bare")
        if self.goal.to_peer is not None:
            words.append(f"≥ {self.goal.to_peer:g} × peer")
        if self.goal.at_most is not None:
            words.append(f"≤ {_quantity(self.goal.at_most, self.unit)}")
        return ", ".join(words)


def table(results: Sequence[Result]) -> str:
    """The results as a Markdown table that also reads well in a terminal."""
    rows = [HEADINGS, *(result.cells() for result in results)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
    rule = ["-" * (width - 1) + (":" if column in NUMERIC else "-") for column, width in enumerate(widths)]
    return "\n".join(_line(row, widths) for row in (rows[0], rule, *rows[1:]))


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = (
        cell.rjust(width) if column in NUMERIC else cell.ljust(width)
        for column, (cell, width) in enumerate(zip(cells, widths, strict=True))
    )
    return f"| {' | '.join(padded)} |"


def _quantity(value: float | None, unit: str) -> str:
    if value is None:
        return ""
    return f"{value:,.1f} {unit}" if unit == "ms" and value < 100 else f"{value:,.0f} {unit}"
