"""What changed between two revisions, told by field for people to read."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from webapp.domain.content.fields import escape


class Kind(StrEnum):
    """What became of a field."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field that differs; lists are told whole. ``pointer`` is a JSON Pointer, say ``/content/price``."""

    pointer: str
    kind: Kind
    before: Any = None
    after: Any = None


def diff(before: Mapping[str, Any], after: Mapping[str, Any], pointer: str = "") -> Iterator[FieldChange]:
    """The fields of two documents that were written differently, in the order of the newer one."""
    for name in [*after, *(name for name in before if name not in after)]:
        here = f"{pointer}/{escape(name)}"
        if name not in before:
            yield FieldChange(here, Kind.ADDED, after=after[name])
        elif name not in after:
            yield FieldChange(here, Kind.REMOVED, before=before[name])
        elif isinstance(before[name], dict) and isinstance(after[name], dict):
            yield from diff(before[name], after[name], here)
        elif not same(before[name], after[name]):
            yield FieldChange(here, Kind.CHANGED, before[name], after[name])


def same(one: Any, other: Any) -> bool:
    """Whether two values are written alike; ``1``, ``1.0`` and ``true`` are not."""
    return json.dumps(one) == json.dumps(other)
