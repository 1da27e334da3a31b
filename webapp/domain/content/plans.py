"""What each row of a file will do, worked out by reading, so that writing is all that is done under locks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from webapp.kernel.errors import FieldError

Key = int | str
Fields = dict[str, Any]
Row = tuple[int, Fields]
"""Its number, which counts from 1, and its fields as commands take them."""


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
