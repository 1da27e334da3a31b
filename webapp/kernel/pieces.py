"""Much of something, dealt with some at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

PIECE = 500
"""How many rows a statement is about."""
Each = TypeVar("Each")


def pieces(rows: Iterable[Each], size: int = PIECE) -> Iterator[list[Each]]:
    """The rows, ``size`` at a time."""
    left = iter(rows)
    while piece := list(islice(left, size)):
        yield piece
