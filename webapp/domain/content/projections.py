"""What features keep beside the editions of a content type, so that lists of their own are fast."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

from webapp.domain.content.lifecycle import Window
from webapp.kernel.work import Work


@dataclass(frozen=True, slots=True)
class Shown:
    """An edition, and when it can be read."""

    edition_id: int
    window: Window

    names: ClassVar = tuple(Window().columns)

    @property
    def values(self) -> dict[str, Any]:
        """The window by the names of columns."""
        return self.window.columns


@dataclass(frozen=True, slots=True)
class Addition:
    """A revision that can be read from now on."""

    shown: Shown
    entry_id: int
    headline: str
    document: Mapping[str, Any]


class Projection(Protocol):
    """Kept in step with the editions, which take their rows along when they go (``ON DELETE CASCADE``)."""

    def add(self, work: Work, additions: Sequence[Addition]) -> None:
        """Some revisions can be read, each as an edition that is there."""
        ...

    def show(self, work: Work, editions: Sequence[Shown]) -> None:
        """Some editions can be read at other times than before."""
        ...

    def remove(self, work: Work, edition_ids: Sequence[int]) -> None:
        """Some editions can be read no more."""
        ...


_projections: dict[str, Projection] = {}


def add_to_projection(work: Work, type_name: str, additions: Sequence[Addition]) -> None:
    """Tell the feature behind a type, if it keeps something, of new editions."""
    if projection := _projections.get(type_name):
        projection.add(work, additions)


def show_in_projection(work: Work, type_name: str, editions: Sequence[Shown]) -> None:
    """The same of editions whose times have changed."""
    if projection := _projections.get(type_name):
        projection.show(work, editions)


def remove_from_projection(work: Work, type_name: str, edition_ids: Sequence[int]) -> None:
    """The same of editions that go."""
    if projection := _projections.get(type_name):
        projection.remove(work, edition_ids)


def keep_projection(type_name: str, projection: Projection) -> None:
    """Have ``projection`` told of every edition of a type."""
    if type_name in _projections:
        raise ValueError(f"two projections of {type_name}")
    _projections[type_name] = projection
