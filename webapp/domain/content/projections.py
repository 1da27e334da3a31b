"""What features keep beside the editions of a content type, so that lists of their own are fast."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from webapp.domain.content.models import Edition, Entry
from webapp.kernel.work import Work


class Projection(Protocol):
    """Kept in step with the editions, which take their rows along when they go (``ON DELETE CASCADE``)."""

    def add(self, work: Work, entry: Entry, edition: Edition, document: Mapping[str, Any]) -> None:
        """A revision can be read as ``edition`` says."""
        ...

    def show(self, work: Work, edition: Edition) -> None:
        """An edition can be read at other times than before."""
        ...

    def remove(self, work: Work, edition: Edition) -> None:
        """An edition can be read no more."""
        ...


_projections: dict[str, Projection] = {}


def add_to_projection(work: Work, entry: Entry, edition: Edition, document: Mapping[str, Any]) -> None:
    """Tell the feature behind the entry's type, if it keeps something, of a new edition."""
    if projection := _projections.get(edition.type):
        projection.add(work, entry, edition, document)


def show_in_projection(work: Work, edition: Edition) -> None:
    """The same of an edition whose times have changed."""
    if projection := _projections.get(edition.type):
        projection.show(work, edition)


def remove_from_projection(work: Work, edition: Edition) -> None:
    """The same of an edition that goes."""
    if projection := _projections.get(edition.type):
        projection.remove(work, edition)


def keep_projection(type_name: str, projection: Projection) -> None:
    """Have ``projection`` told of every edition of a type."""
    if type_name in _projections:
        raise ValueError(f"two projections of {type_name}")
    _projections[type_name] = projection
