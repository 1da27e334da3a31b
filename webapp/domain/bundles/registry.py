"""The parts of a bundle: each feature says how its records leave and come."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from webapp.kernel.work import Work
from webapp.ports import Ports


@dataclass(frozen=True, slots=True)
class Item:
    """One record: its key, which is the same in every installation, and what it holds, as JSON.

    ``changed_at`` is when it was changed last; None where nobody's change can be lost.
    """

    key: str
    record: dict[str, Any]
    changed_at: datetime | None = None


class FilePart(Protocol):
    """How records come whose keys are those of files in storage, where a bundle holds the files too."""

    def look_at(self, ports: Ports, item: Item, data: bytes) -> Any:
        """What is found in a file that may be kept under the record's key. Raises a DomainError otherwise."""
        ...

    def make(self, work: Work, item: Item, found: Any) -> None:
        """Make the record, whose file is kept."""
        ...


@dataclass(frozen=True, slots=True)
class Part:
    """One sort of record. ``dump`` lists them in the order of their keys, ``find`` answers the one with a
    key, and ``save`` makes or changes it, so that ``find`` answers the same record then.

    ``find`` and ``save`` raise a DomainError for what cannot be carried over. No person and no secret may
    be in a record.
    """

    name: str
    label: str
    dump: Callable[[Work], Iterator[Item]]
    find: Callable[[Work, str], Item | None]
    save: Callable[[Work, Item], None]
    creates: bool = True
    """Whether ``save`` can make what is not there."""
    files: FilePart | None = None


_parts: dict[str, tuple[int, Part]] = {}


def add_part(order: int, part: Part) -> None:
    """Make a sort of record a part of bundles; those that others refer to have lower numbers."""
    if part.name in _parts:
        raise ValueError(f"two parts called {part.name}")
    _parts[part.name] = (order, part)


def parts() -> dict[str, Part]:
    """All parts by name, in the order in which they are loaded."""
    return {part.name: part for _, part in sorted(_parts.values(), key=lambda pair: pair[0])}
