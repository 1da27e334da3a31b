"""What there is of a person: each feature names its part once, and the download of one's data has it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from webapp.kernel.clock import rfc3339
from webapp.kernel.db import Base

Rows = Iterable[Mapping[str, Any]]
Collect = Callable[[Session, UUID], Rows]


@dataclass(frozen=True, slots=True)
class OwnPart:
    """One part. ``models`` are those whose rows of a person it tells of."""

    name: str
    models: tuple[type[Base], ...]
    collect: Collect

    def rows(self, session: Session, user_id: UUID) -> Iterator[dict[str, Any]]:
        """The part of one person, as JSON values."""
        for row in self.collect(session, user_id):
            yield {name: _json(value) for name, value in row.items()}


_parts: dict[str, OwnPart] = {}


def own_data(name: str, *models: type[Base]) -> Callable[[Collect], Collect]:
    """Make the function a part of what a person may download, called ``name``.

    It is given a session and the person's id, and answers rows without what is secret (hashes, seeds).
    """

    def register(collect: Collect) -> Collect:
        if name in _parts:
            raise ValueError(f"two parts called {name}")
        _parts[name] = OwnPart(name, models, collect)
        return collect

    return register


def parts() -> list[OwnPart]:
    """All of them, by name."""
    return [_parts[name] for name in sorted(_parts)]


def columns(row: object, *names: str) -> dict[str, Any]:
    """The values of some columns of a row, under their names."""
    return {name: getattr(row, name) for name in names}


def _json(value: object) -> object:
    if isinstance(value, datetime):
        return rfc3339(value)
    return str(value) if isinstance(value, UUID | date) else value
