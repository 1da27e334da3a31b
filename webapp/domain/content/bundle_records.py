"""Entries as records of bundles: in the states that count, without history."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select

from webapp.domain.bundles.records import Item
from webapp.domain.content.content_types import ContentType
from webapp.domain.content.editing import search_values
from webapp.domain.content.fields import Text
from webapp.domain.content.kinds import kind_errors_of
from webapp.domain.content.lifecycle import Standing
from webapp.domain.content.models import MESSAGE_MAX, ContentRevision, Edition, Entry
from webapp.domain.content.plans import Key
from webapp.domain.content.rows import dialect_of, fetch, with_columns
from webapp.domain.content.schedules import read_zone
from webapp.domain.content.steps import NewRevision
from webapp.kernel.clock import parse_rfc3339, rfc3339
from webapp.kernel.errors import FieldError, refuse
from webapp.kernel.text import fold
from webapp.kernel.work import Work

NUMBERS = ("latest", "live", "scheduled")
TIMES = ("live_since", "publish_at", "unpublish_at")

Schemas = Mapping[str, Mapping[str, Any]]
"""JSON Schemas by the names of kinds."""


@dataclass(slots=True)
class Here:
    """An entry that is there: its standing as last written, and its states by the number of the revision."""

    entry_id: int
    key: Key
    version: int
    standing: Standing
    created_at: datetime
    changed_at: datetime
    time_zone: str | None
    states: dict[int, dict[str, Any]] = field(default_factory=dict)

    def item(self, now: datetime, spellings: Mapping[str, str]) -> Item:
        """It as a record, with its states from the oldest on: the numbers of revisions differ between
        installations. ``spellings`` are names of tags by their folded names, where these are not as here."""
        standing = self.standing.settled(now)
        numbers = sorted({n for name in NUMBERS if (n := getattr(standing, name)) is not None})
        record: dict[str, Any] = {"created_at": rfc3339(self.created_at), "time_zone": self.time_zone}
        record["states"] = [_spelled(self.states[number], spellings) for number in numbers]
        for name in NUMBERS:
            number = getattr(standing, name)
            record[name] = None if number is None else numbers.index(number)
        for name in TIMES:
            moment = getattr(standing, name)
            record[name] = None if moment is None else rfc3339(moment)
        return Item(str(self.key), record, self.changed_at)


def _spelled(state: dict[str, Any], spellings: Mapping[str, str]) -> dict[str, Any]:
    if not spellings:
        return state
    return {**state, "tags": [spellings.get(fold(name), name) for name in state["tags"]]}


def entries_here(work: Work, content_type: ContentType, keys: Iterable[Key]) -> dict[Key, Here]:
    """Those of some entries that are there, by the ids that clients use; their tags are called as now."""
    column = Entry.key if content_type.has_own_keys else Entry.id
    editions = select(Edition.id).where(
        Entry.type == content_type.name, column.in_(keys), Entry.deleted_at.is_(None)
    )
    statement = with_columns(editions, draft=True, dialect=dialect_of(work)).add_columns(
        ContentRevision.message,
        ContentRevision.created_at.label("saved_at"),
        Entry.updated_at.label("changed_at"),
    )
    found: dict[Key, Here] = {}
    for row in fetch(work, statement):
        key = row.key if content_type.has_own_keys else row.entry_id
        if key not in found:
            standing, times = Standing.of(row), (row.created_at, row.changed_at)
            found[key] = Here(row.entry_id, key, row.version, standing, *times, row.time_zone)
        tags = [name for _, name in row.tags or ()]
        told = {"message": row.message, "saved_at": rfc3339(row.saved_at)}
        found[key].states[row.number] = {"document": row.document, "tags": tags, **told}
    return found


@dataclass(slots=True)
class States:
    """What a record says of an entry, checked. ``kinds`` are the schemas that it was checked by."""

    standing: Standing
    revisions: list[NewRevision]
    created_at: datetime
    time_zone: str | None
    kinds: dict[str, Mapping[str, Any]]


def read_states(content_type: ContentType, item: Item, base: int, kinds: Schemas) -> States:
    """The states of a record, numbered behind ``base``. Raises Invalid for what an entry cannot be, and one
    of ``NO_RECORD`` for what is no record of an entry."""
    sent, found = item.record, list[NewRevision]()
    standing = _standing(sent, base)
    used: dict[str, Mapping[str, Any]] = {}
    windows = standing.windows()
    for number, state in enumerate(sent["states"], base + 1):
        document = _document(content_type, item.key, state, kinds)
        if (kind := document.get("kind")) is not None:
            used[kind] = kinds[kind]
        search = search_values(content_type, document) if number in windows else {}
        tags, saved_at = list(state["tags"]), parse_rfc3339(state["saved_at"])
        found.append(NewRevision(number, document, tags, search, saved_at, state["message"]))
    return States(standing, found, parse_rfc3339(sent["created_at"]), _zone(sent["time_zone"]), used)


def _document(
    content_type: ContentType, key: str, state: Mapping[str, Any], kinds: Schemas
) -> dict[str, Any]:
    own = {"id": key} if content_type.has_own_keys else {}
    refuse(content_type.creation_errors({**state["document"], "tags": state["tags"], **own}))
    document = content_type.read(state["document"])
    if (kind := document.get("kind")) is not None:
        refuse(kind_errors_of(kinds.get(kind), document))
    if state["message"] is not None:
        refuse(Text(MESSAGE_MAX).read(state["message"], "/message")[1])
    return document


def _standing(sent: Mapping[str, Any], base: int) -> Standing:
    """The standing that a record tells of; its latest state is the last."""
    numbers = range(base + 1, base + 1 + len(sent["states"]))
    if not all(sent[name] is None or (type(sent[name]) is int and sent[name] >= 0) for name in NUMBERS):
        raise ValueError("what is no number of a state")
    latest, live, scheduled = (None if sent[name] is None else numbers[sent[name]] for name in NUMBERS)
    since, publish, unpublish = (None if sent[name] is None else parse_rfc3339(sent[name]) for name in TIMES)
    if latest is None or latest != numbers[-1]:
        raise ValueError("its latest state is not the last")
    if (live is None) != (since is None) or (scheduled is None) != (publish is None):
        raise ValueError("its times fit none of its states")
    return Standing(latest, live, since, scheduled, publish, unpublish)


def _zone(name: Any) -> str | None:
    errors: list[FieldError] = []
    zone = read_zone(name, errors)
    refuse(errors)
    return zone.key if zone else None
