"""What rows do to entries: planned without a lock, written in a few statements for hundreds of rows.

What is written is what ``create_entry`` and ``update_entry`` would write for each row; a test compares them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from webapp.domain.content.commands import State, changed_fields
from webapp.domain.content.content_types import ContentType
from webapp.domain.content.editing import search_values
from webapp.domain.content.kinds import kind_errors_of
from webapp.domain.content.lifecycle import Standing
from webapp.domain.content.models import Edition, Entry, Kind
from webapp.domain.content.plans import Fields, Key, Plan, Row
from webapp.domain.content.queries import not_found, read_key
from webapp.domain.content.rows import dialect_of, fetch, with_columns
from webapp.kernel.errors import FieldError, NotFound
from webapp.kernel.pieces import pieces
from webapp.kernel.work import Work


@dataclass(slots=True)
class Found:
    """An entry that is there: its standing as last written, and its states by the number of the revision."""

    id: int
    key: Key
    version: int
    standing: Standing
    states: dict[int, State] = field(default_factory=dict)


@dataclass(slots=True)
class Change:
    """What is written for a row. ``found`` is None for a new entry; ``changed`` names the fields that differ
    from the latest revision; ``kind`` is the kind that the content was checked with, and its version;
    ``search`` is what the edition of a new revision is found by."""

    document: dict[str, Any]
    tags: list[str]
    settled: Standing
    found: Found | None = None
    changed: list[str] = field(default_factory=list)
    kind: tuple[str, int] | None = None
    search: dict[str, str] = field(default_factory=dict)


def plan_entries(content_type: ContentType, work: Work, rows: Iterable[Row], draft: bool) -> list[Plan]:
    """What each row would do, or what is wrong with it."""
    statement = select(Kind).execution_options(populate_existing=True)
    kinds = {kind.name: kind for kind in work.session.scalars(statement)}
    plans = []
    for piece in pieces(rows):
        found = find_entries(work, content_type, (fields.get("id") for _, fields in piece))
        for number, fields in piece:
            plan = Plan(number, fields)
            _plan(plan, content_type, work, found, draft)
            if plan.state is not None and (name := plan.state.document.get("kind")) is not None:
                _check_kind(plan, kinds.get(name))
            if plan.state is not None and (plan.is_new or plan.state.changed):
                plan.state.search = search_values(content_type, plan.state.document)
            plans.append(plan)
    return plans


def find_entries(work: Work, content_type: ContentType, keys: Iterable[Any]) -> dict[Key, Found]:
    """Those of some entries that are there, by the ids that clients use, with the states that count."""
    wanted = {key for sent in keys if (key := _as_key(content_type, sent)) is not None}
    if not wanted:
        return {}
    column = Entry.key if content_type.has_own_keys else Entry.id
    editions = select(Edition.id).where(
        Entry.type == content_type.name, column.in_(wanted), Entry.deleted_at.is_(None)
    )
    found: dict[Key, Found] = {}
    for row in fetch(work, with_columns(editions, draft=True, dialect=dialect_of(work))):
        key = row.key if content_type.has_own_keys else row.entry_id
        entry = found.setdefault(key, Found(row.entry_id, key, row.version, Standing.of(row)))
        entry.states[row.number] = (row.document, [name for _, name in row.tags or ()])
    return found


def outdated_entries(content_type: ContentType, work: Work, plans: Sequence[Plan]) -> list[Plan]:
    """Those plans that no longer hold, since somebody else has written. The entries of the others are locked,
    in the order in which everybody does."""
    versions = lock_versions(work, (plan.state.found.id for plan in plans if plan.state.found))
    taken = set[str]()
    if content_type.has_own_keys:
        taken = taken_keys(work, content_type, (plan.key for plan in plans if plan.is_new))
    kinds = dict(work.session.execute(select(Kind.name, Kind.version)).all())

    def holds(plan: Plan) -> bool:
        change: Change = plan.state
        if change.kind and kinds.get(change.kind[0]) != change.kind[1]:
            return False
        if change.found is None:
            return plan.key is None or plan.key not in taken
        is_same = versions.get(change.found.id) == change.found.version
        return is_same and change.found.standing.settled(work.now) == change.settled

    return [plan for plan in plans if not holds(plan)]


def lock_versions(work: Work, entry_ids: Iterable[int]) -> dict[int, int]:
    """Lock those of some entries that are there, in the order in which everybody does; answers their
    versions."""
    versions: dict[int, int] = {}
    for piece in pieces(sorted(entry_ids)):
        there = select(Entry.id, Entry.version).where(Entry.id.in_(piece), Entry.deleted_at.is_(None))
        versions.update(work.session.execute(there.order_by(Entry.id).with_for_update()).all())
    return versions


def taken_keys(work: Work, content_type: ContentType, keys: Iterable[Any]) -> set[str]:
    """Those of some ids that entries outside the trash have."""
    taken: set[str] = set()
    for piece in pieces(keys):
        is_taken = (Entry.type == content_type.name, Entry.key.in_(piece), Entry.deleted_at.is_(None))
        taken.update(key for key in work.session.scalars(select(Entry.key).where(*is_taken)) if key)
    return taken


def _plan(
    plan: Plan, content_type: ContentType, work: Work, entries: Mapping[Key, Found], draft: bool
) -> None:
    sent, key = plan.fields.get("id"), _as_key(content_type, plan.fields.get("id"))
    rest = {name: value for name, value in plan.fields.items() if name != "id"}
    found = None if key is None else entries.get(key)
    if found is not None:
        plan.key, plan.errors = found.key, content_type.change_errors(rest)
        if not plan.errors:
            plan.state = _change(content_type, found, rest, found.standing.settled(work.now), draft)
        return
    plan.is_new = True
    if sent not in (None, "") and not content_type.has_own_keys:
        error = not_found(content_type)
        plan.errors = [FieldError("", error.detail, error.code)]
        return
    fields = plan.fields if sent not in (None, "") else rest
    plan.errors = content_type.creation_errors(fields)
    if not plan.errors:
        plan.key = fields.get("id")
        plan.state = Change(content_type.read(fields), list(fields.get("tags", ())), Standing(1))


def _change(
    content_type: ContentType, found: Found, changes: Fields, standing: Standing, draft: bool
) -> Change:
    base = standing.latest if draft or standing.live is None else standing.live
    document, tags = found.states[base]
    state = (content_type.read({**document, **changes}), list(changes.get("tags", tags)))
    return Change(*state, standing, found, changed_fields(state, found.states[standing.latest]))


def _check_kind(plan: Plan, kind: Kind | None) -> None:
    if not plan.is_new and not {"kind", "content"} & plan.fields.keys():
        return
    plan.errors = kind_errors_of(kind.schema if kind else None, plan.state.document)
    plan.state.kind = kind and (kind.name, kind.version)
    if plan.errors:
        plan.state = None


def _as_key(content_type: ContentType, sent: Any) -> Key | None:
    try:
        return None if sent in (None, "") else read_key(content_type, sent)
    except NotFound:
        return None
