"""Entries in a bundle: compared and checked without a lock, hundreds written in a few statements."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, insert, or_, select, text, update

from webapp.domain.audit.events import Happening, record_many
from webapp.domain.bundles.records import About, Action, Item, Plan
from webapp.domain.content.bundle_records import Here, Schemas, States, entries_here, read_states
from webapp.domain.content.content_types import TYPES, ContentType
from webapp.domain.content.editing import tag_ids
from webapp.domain.content.entry_plans import lock_versions, taken_keys
from webapp.domain.content.kinds import kind_errors
from webapp.domain.content.models import Entry, Kind
from webapp.domain.content.plans import Key
from webapp.domain.content.queries import read_key
from webapp.domain.content.rows import dialect_of
from webapp.domain.content.steps import Step, run, take_steps
from webapp.kernel.db import reserve_ids
from webapp.kernel.errors import Conflict, NotFound
from webapp.kernel.pieces import PIECE, pieces
from webapp.kernel.work import Work

Before = Mapping[str, Sequence[Plan]]
"""Plans of other parts, by part."""

ANOTHER = "Here another entry has this number."
TRASHED = "Here something in the trash has this number."
TWICE = "It is in the bundle twice."


@dataclass(slots=True)
class Write:
    """What is written of a record; ``here`` is the entry that is there, None for a new one."""

    key: Key
    here: Here | None
    states: States


@dataclass(frozen=True, slots=True)
class Entries:
    """The part of a content type."""

    content_type: ContentType

    @property
    def name(self) -> str:
        return self.content_type.name

    @property
    def label(self) -> str:
        return f"{self.content_type.label}s"

    def dump(self, work: Work) -> Iterator[Item]:
        own = self.content_type.has_own_keys
        column: Any = Entry.key if own else Entry.id
        last: Any = "" if own else 0
        found = select(column).where(Entry.type == self.name, Entry.deleted_at.is_(None)).order_by(column)
        while keys := run(work, found.where(column > last).limit(PIECE)).scalars().all():
            here, last = entries_here(work, self.content_type, keys), keys[-1]
            yield from [here[key].item(work.now, {}) for key in keys if key in here]

    def plan(self, work: Work, items: Iterable[Item], about: About) -> list[Plan]:
        kinds, spellings = _kinds(work, about.before), _spellings(about.before)
        refused, plans = self._given(about.before), list[Plan]()
        for piece in pieces(items):
            keys = [key for item in piece if (key := self._key(item)) is not None]
            here = entries_here(work, self.content_type, keys)
            taken = self._taken(work, keys)
            for item in piece:
                plan = Plan(item)
                plans.append(plan)
                with plan.refusing():
                    key = read_key(self.content_type, item.key)
                    if reason := taken.get(key) or refused.get(key):
                        raise Conflict(reason)
                    refused[key], found = TWICE, here.get(key)
                    plan.decide(found.item(work.now, spellings) if found else None, replace=about.replace)
                    if plan.is_written:
                        base = found.standing.latest if found else 0
                        plan.state = Write(key, found, read_states(self.content_type, item, base, kinds))
        return plans

    def outdated(self, work: Work, plans: Sequence[Plan]) -> list[Plan]:
        there = [plan.state.here.entry_id for plan in plans if plan.state.here]
        new = [plan.state.key for plan in plans if not plan.state.here]
        versions = lock_versions(work, there)
        taken: set[Any] = set()
        if self.content_type.has_own_keys:
            taken = taken_keys(work, self.content_type, new)
        else:
            for keys in pieces(new):
                taken.update(work.session.scalars(select(Entry.id).where(Entry.id.in_(keys))))
        kinds = _kinds(work, {})

        def holds(write: Write) -> bool:
            if any(kinds.get(name) != schema for name, schema in write.states.kinds.items()):
                return False
            if write.here is None:
                return write.key not in taken
            return versions.get(write.here.entry_id) == write.here.version

        return [plan for plan in plans if not holds(plan.state)]

    def write(self, work: Work, plans: Sequence[Plan]) -> None:
        work.session.flush()
        writes: list[Write] = [plan.state for plan in plans]
        revisions = (revision for each in writes for revision in each.states.revisions)
        tags = tag_ids(work, (name for revision in revisions for name in revision.tags))
        for piece in pieces(zip(plans, writes, strict=True)):
            new = [pair for pair in piece if pair[1].here is None]
            old = [pair for pair in piece if pair[1].here is not None]
            take_steps(work, self.content_type, [*self._created(work, new), *_changed(work, old)], tags)
            record_many(work, [Happening(f"{self.name}.take_over", each.key) for _, each in piece])
        if not self.content_type.has_own_keys and any(each.here is None for each in writes):
            _count_on(work)
        work.session.expire_all()

    def _created(self, work: Work, pairs: Sequence[tuple[Plan, Write]]) -> list[Step]:
        if not pairs:
            return []
        own = self.content_type.has_own_keys
        ids = reserve_ids(work.session, Entry, len(pairs)) if own else [each.key for _, each in pairs]
        shared = {"type": self.name, "version": 1}
        rows = [
            {**shared, "id": entry_id, "key": each.key if own else None, **_columns(work, plan, each)}
            for (plan, each), entry_id in zip(pairs, ids, strict=True)
        ]
        run(work, insert(Entry), rows)
        return [
            Step(int(entry_id), each.states.standing.windows(), each.states.revisions, is_new=True)
            for (_, each), entry_id in zip(pairs, ids, strict=True)
        ]

    def _key(self, item: Item) -> Key | None:
        with suppress(NotFound):
            return read_key(self.content_type, item.key)
        return None

    def _taken(self, work: Work, keys: Sequence[Key]) -> dict[Key, str]:
        """The numbers that something else has, and what; ids that clients choose are free for each type."""
        if self.content_type.has_own_keys:
            return {}
        is_other = or_(Entry.type != self.name, Entry.deleted_at.is_not(None))
        found = select(Entry.id, Entry.deleted_at).where(Entry.id.in_(keys), is_other)
        return {id_: ANOTHER if deleted_at is None else TRASHED for id_, deleted_at in run(work, found)}

    def _given(self, before: Before) -> dict[Key, str]:
        """The numbers that entries of other types in the bundle have."""
        if self.content_type.has_own_keys:
            return {}
        types = [TYPES[name] for name in before if name in TYPES]
        plans = [plan for each in types if not each.has_own_keys for plan in before[each.name]]
        return {plan.state.key: ANOTHER for plan in plans if plan.is_written}


def _changed(work: Work, pairs: Sequence[tuple[Plan, Write]]) -> list[Step]:
    if not pairs:
        return []
    rows = [{"entry": each.here.entry_id, **_columns(work, plan, each)} for plan, each in pairs if each.here]
    values: dict[str, Any] = {name: bindparam(name) for name in rows[0] if name != "entry"}
    statement = update(Entry).where(Entry.id == bindparam("entry"))
    run(work, statement.values(version=Entry.version + 1, **values), rows)
    return [
        Step(each.here.entry_id, each.states.standing.windows(), each.states.revisions)
        for _, each in pairs
        if each.here
    ]


def _columns(work: Work, plan: Plan, write: Write) -> dict[str, Any]:
    states = write.states
    times = {"created_at": states.created_at, "updated_at": plan.item.changed_at or work.now}
    return {**states.standing.columns, **times, "time_zone": states.time_zone}


def _kinds(work: Work, before: Before) -> Schemas:
    """The schemas of kinds as they are once those of the bundle are written."""
    kinds: dict[str, Any] = dict(work.session.execute(select(Kind.name, Kind.schema)).all())
    for plan in before.get("kinds", ()):
        if plan.is_written and not kind_errors(plan.item.record):
            kinds[plan.item.key] = plan.item.record["schema"]
    return kinds


def _spellings(before: Before) -> dict[str, str]:
    """The tags that the bundle spells in another way, by their folded names."""
    plans = before.get("tags", ())
    return {plan.item.key: plan.state.name for plan in plans if plan.action is Action.UPDATE}


def _count_on(work: Work) -> None:
    """Let PostgreSQL count on behind the numbers that were given; SQLite does by itself."""
    if dialect_of(work) == "postgresql":
        sequence = "pg_get_serial_sequence('content_entries', 'id')"
        highest = "SELECT max(id) FROM content_entries"
        work.session.execute(text(f"SELECT setval({sequence}, GREATEST(nextval({sequence}), ({highest})))"))
