"""Finding images by colour: their commonest colours as points in OKLab, and how near those are to another.

OKLab (Björn Ottosson, 2020) is a space in which distances are those that the eye sees.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from uuid import UUID

from coloraide import Color
from sqlalchemy import Integer, Select, func, select, type_coerce

from webapp.domain.media.models import MediaColor

SCALE = 1000
"""Coordinates are kept as whole thousandths, so that every database counts alike."""
REACH = 120
"""How far apart, in thousandths, colours may be that count as near; black and white are 1000 apart."""
CELL = 100
"""The side of the cubes by which near colours are found."""


@dataclass(frozen=True, slots=True)
class Point:
    """A colour in OKLab, in thousandths: lightness 0 to 1000, ``a`` and ``b`` within ±500."""

    lightness: int
    a: int
    b: int

    @property
    def cell(self) -> int:
        """The number of the cube that holds it."""
        return cell_of(self.lightness // CELL, self.a // CELL, self.b // CELL)


def cell_of(lightness: int, a: int, b: int) -> int:
    return (lightness * 100 + a + 50) * 100 + b + 50


def point_of(color: str) -> Point:
    """The point of a colour that is written as ``#rrggbb``."""
    coords = Color(color).convert("oklab").coords(nans=False)
    return Point(*(round(coordinate * SCALE) for coordinate in coords))


def points_of(colors: list[str]) -> list[MediaColor]:
    """The rows of an image's colours."""
    found = [(position, point_of(color)) for position, color in enumerate(colors)]
    return [
        MediaColor(position=position, cell=p.cell, lightness=p.lightness, a=p.a, b=p.b)
        for position, p in found
    ]


def images_near(color: str) -> Select[UUID, int]:
    """Ids of images one of whose colours is near, each with the square of its distance (``distance``)."""
    wanted = point_of(color)
    spans = (
        range((value - REACH) // CELL, (value + REACH) // CELL + 1)
        for value in (wanted.lightness, wanted.a, wanted.b)
    )
    cells = [cell_of(*cube) for cube in product(*spans)]
    squares = (
        (column - value) * (column - value)
        for column, value in (
            (MediaColor.lightness, wanted.lightness),
            (MediaColor.a, wanted.a),
            (MediaColor.b, wanted.b),
        )
    )
    nearest = type_coerce(func.min(sum(squares)), Integer)
    statement = select(MediaColor.media_id, nearest.label("distance")).where(MediaColor.cell.in_(cells))
    return statement.group_by(MediaColor.media_id).having(nearest <= REACH * REACH)
