"""What each row of a file will do, worked out by reading, so that writing is all that is done under locks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar

from webapp.kernel.errors import FieldError

Key = int | str
Fields = dict[str, Any]
Row = tuple[int, Fields]
"""Its number, which counts from 1, and its fields as commands take them."""
PIECE = 500
"""How many rows a statement is about."""
Each = TypeVar("Each")


@dataclass(slots=True)
class Plan:
    """One row: ``key`` is the id of its record once that is known; ``state`` is what the subject needs to
    write it, None for a row that is wrong."""

    number: int
    fields: Fields
    errors: Sequence[FieldError] = ()
    key: Key | None = None
    is_new: bool = False
    state: Any = None


def pieces(rows: Iterable[Each], size: int = PIECE) -> Iterable[list[Each]]:
    """The rows, some at a time."""
    left = iter(rows)
    while piece := list(islice(left, size)):
        yield piece
