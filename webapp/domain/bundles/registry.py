"""The parts of a bundle: each feature says how its records leave and come."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from webapp.domain.bundles.records import About, Item, Plan
from webapp.kernel.work import Work
from webapp.ports import Ports


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


class LargePart(Protocol):
    """One sort of record of which there are very many: they are compared and checked while others write, and
    then written in a few statements for hundreds of them. What comes behind it does not refer to it."""

    @property
    def name(self) -> str: ...

    @property
    def label(self) -> str: ...

    def dump(self, work: Work) -> Iterator[Item]:
        """All records in the order of their keys; the same is said of them as of those of a ``Part``."""
        ...

    def plan(self, work: Work, items: Iterable[Item], about: About) -> list[Plan]:
        """What becomes of each record, or what is wrong with it. Only reads."""
        ...

    def outdated(self, work: Work, plans: Sequence[Plan]) -> list[Plan]:
        """Those of some plans to write that do not hold, since others have written. What the other plans are
        about is locked."""
        ...

    def write(self, work: Work, plans: Sequence[Plan]) -> None:
        """Carry out plans that hold."""
        ...


@runtime_checkable
class FilePart(LargePart, Protocol):
    """One whose keys are those of files in storage, which a bundle may hold too. A record without its file
    can be changed, and not made."""

    def look_at(self, ports: Ports, item: Item, data: bytes) -> Any:
        """What is found in a file that may be kept under the record's key. Raises a DomainError otherwise."""
        ...


AnyPart = Part | LargePart

_parts: dict[str, tuple[int, AnyPart]] = {}


def add_part(order: int, part: AnyPart) -> None:
    """Make a sort of record a part of bundles; those that others refer to have lower numbers."""
    if part.name in _parts:
        raise ValueError(f"two parts called {part.name}")
    _parts[part.name] = (order, part)


def parts() -> dict[str, AnyPart]:
    """All parts by name, in the order in which they are loaded."""
    return {part.name: part for _, part in sorted(_parts.values(), key=lambda pair: pair[0])}
