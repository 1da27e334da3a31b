"""Content in a bundle: kinds, tags, and entries in the states that count, without history."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from sqlalchemy import func, select, text

from webapp.domain.bundles.registry import Item, Part, add_part
from webapp.domain.content.content_types import KIND_MAX, TYPES, ContentType
from webapp.domain.content.editing import arrange, find_revision, resolve_tags, state_of
from webapp.domain.content.kinds import check_kind, create_kind, update_kind
from webapp.domain.content.lifecycle import Standing
from webapp.domain.content.models import ContentRevision, Entry, Kind, Tag
from webapp.domain.content.queries import read_key
from webapp.domain.content.records import record_entry
from webapp.domain.content.tags import create_tag
from webapp.kernel.clock import parse_rfc3339, rfc3339
from webapp.kernel.db import is_storable
from webapp.kernel.errors import Conflict, refuse
from webapp.kernel.text import fold
from webapp.kernel.work import Work

PIECE = 500
NUMBERS = ("latest", "live", "scheduled")
TIMES = ("live_since", "publish_at", "unpublish_at")


# --- kinds ----------------------------------------------------------------------------------


def _kind(kind: Kind) -> Item:
    return Item(kind.name, {"label": kind.label, "schema": kind.schema}, kind.updated_at)


def dump_kinds(work: Work) -> Iterator[Item]:
    return (_kind(kind) for kind in work.session.scalars(select(Kind).order_by(Kind.name)).all())


def find_kind(work: Work, key: str) -> Item | None:
    kind = work.session.get(Kind, key) if len(key) <= KIND_MAX and is_storable(key) else None
    return None if kind is None else _kind(kind)


def save_kind(work: Work, item: Item) -> None:
    if find_kind(work, item.key) is None:
        create_kind(work, {"name": item.key, **item.record})
    else:
        update_kind(work, item.key, item.record)


# --- tags -----------------------------------------------------------------------------------


def dump_tags(work: Work) -> Iterator[Item]:
    names = work.session.scalars(select(Tag.name).order_by(Tag.name_key)).all()
    return (Item(fold(name), {"name": name}) for name in names)


def find_tag(work: Work, key: str) -> Item | None:
    """Written as it is here: spelling a tag differently is no difference."""
    name = work.session.scalar(select(Tag.name).where(Tag.name_key == key)) if is_storable(key) else None
    return None if name is None else Item(key, {"name": name})


def save_tag(work: Work, item: Item) -> None:
    if find_tag(work, item.key) is None:
        create_tag(work, item.record)
    else:
        tag = work.session.scalars(select(Tag).where(Tag.name_key == item.key)).one()
        tag.name = str(item.record["name"])
        work.session.flush()


# --- entries --------------------------------------------------------------------------------


def dump_entries(content_type: ContentType, work: Work) -> Iterator[Item]:
    last: Any = 0 if not content_type.has_own_keys else ""
    column = Entry.key if content_type.has_own_keys else Entry.id
    found = select(Entry).where(Entry.type == content_type.name, Entry.deleted_at.is_(None)).order_by(column)
    while entries := work.session.scalars(found.where(column > last).limit(PIECE)).all():
        last = entries[-1].key if content_type.has_own_keys else entries[-1].id
        yield from [_entry_item(work, entry) for entry in entries]
        work.session.expire_all()


def _entry_item(work: Work, entry: Entry) -> Item:
    """An entry with its states, the oldest first; the numbers of revisions differ between installations."""
    standing = entry.standing.settled(work.now)
    numbers = sorted({n for name in NUMBERS if (n := getattr(standing, name)) is not None})
    record: dict[str, Any] = {"created_at": rfc3339(entry.created_at), "time_zone": entry.time_zone}
    record["states"] = [_state(work, entry, number) for number in numbers]
    for name in NUMBERS:
        number = getattr(standing, name)
        record[name] = None if number is None else numbers.index(number)
    for name in TIMES:
        moment = getattr(standing, name)
        record[name] = None if moment is None else rfc3339(moment)
    return Item(str(entry.id if entry.key is None else entry.key), record, entry.updated_at)


def _state(work: Work, entry: Entry, number: int) -> dict[str, Any]:
    revision = find_revision(work, entry, number)
    document, tags = state_of(work, entry, number)
    told = {"message": revision.message, "saved_at": rfc3339(revision.created_at)}
    return {"document": document, "tags": tags, **told}


def find_entry(content_type: ContentType, work: Work, key: str) -> Item | None:
    entry = _found(work, content_type, key)
    return None if entry is None else _entry_item(work, entry)


def _found(work: Work, content_type: ContentType, key: str) -> Entry | None:
    """The entry with an id. Raises Conflict where something else has its number."""
    own = read_key(content_type, key)
    if content_type.has_own_keys:
        statement = select(Entry).where(Entry.type == content_type.name, Entry.key == own)
        return work.session.scalar(statement.where(Entry.deleted_at.is_(None)))
    entry = work.session.get(Entry, own)
    if entry is not None and (entry.type != content_type.name or entry.deleted_at is not None):
        what = "something in the trash" if entry.deleted_at is not None else "another entry"
        raise Conflict(f"Here {what} has this number.")
    return entry


def save_entry(content_type: ContentType, work: Work, item: Item) -> None:
    """Make an entry, or give the one that is there these states on top of its own."""
    sent = item.record
    _check(work, content_type, item.key, sent["states"])
    entry = _found(work, content_type, item.key)
    if entry is None:
        own = read_key(content_type, item.key)
        entry = Entry(type=content_type.name, updated_at=work.now)
        entry.key, entry.id = (own, entry.id) if content_type.has_own_keys else (None, own)  # type: ignore[assignment]
        entry.latest_number = base = 0
    else:
        base = work.session.scalar(
            select(func.max(ContentRevision.number)).where(ContentRevision.entry_id == entry.id)
        ) or 0  # fmt: skip
    standing = _standing(sent, base)
    entry.standing, entry.created_at = standing, parse_rfc3339(sent["created_at"])
    work.session.add(entry)
    work.session.flush()
    if base == 0 and not content_type.has_own_keys:
        _count_on(work)
    for number, state in enumerate(sent["states"], base + 1):
        work.session.add(_revision(work, entry, number, state))
        resolve_tags(work, state["tags"])
    work.session.flush()
    entry.time_zone = sent["time_zone"]
    record_entry(work, "take_over", entry)
    arrange(work, entry, standing)
    entry.updated_at = item.changed_at or work.now
    work.session.flush()


def _check(work: Work, content_type: ContentType, key: str, states: Sequence[dict[str, Any]]) -> None:
    own = {"id": key} if content_type.has_own_keys else {}
    for state in states:
        fields = {**state["document"], "tags": state["tags"], **own}
        refuse(content_type.creation_errors(fields))
        check_kind(work, state["document"])


def _revision(work: Work, entry: Entry, number: int, state: dict[str, Any]) -> ContentRevision:
    return ContentRevision(
        entry_id=entry.id,
        number=number,
        document=TYPES[entry.type].read(state["document"]),
        tags=list(state["tags"]),
        message=state["message"],
        author_id=work.actor.id,
        created_at=parse_rfc3339(state["saved_at"]),
    )


def _standing(sent: dict[str, Any], base: int) -> Standing:
    """The standing that a record tells of, its states being numbered from ``base`` on."""
    numbers = range(base + 1, base + 1 + len(sent["states"]))
    latest, live, scheduled = (None if sent[name] is None else numbers[sent[name]] for name in NUMBERS)
    since, publish, unpublish = (sent[name] and parse_rfc3339(sent[name]) for name in TIMES)
    if latest is None:
        raise ValueError("no latest state")
    return Standing(latest, live, since, scheduled, publish, unpublish)


def _count_on(work: Work) -> None:
    """Let PostgreSQL count on behind the numbers that were given; SQLite does by itself."""
    if work.session.get_bind().dialect.name == "postgresql":
        sequence = "pg_get_serial_sequence('content_entries', 'id')"
        highest = "SELECT max(id) FROM content_entries"
        work.session.execute(text(f"SELECT setval({sequence}, GREATEST(nextval({sequence}), ({highest})))"))


add_part(30, Part("kinds", "Kinds", dump_kinds, find_kind, save_kind))
add_part(31, Part("tags", "Tags", dump_tags, find_tag, save_tag))
for _order, _type in enumerate(TYPES.values(), 32):
    add_part(
        _order,
        Part(
            _type.name,
            f"{_type.label}s",
            partial(dump_entries, _type),
            partial(find_entry, _type),
            partial(save_entry, _type),
        ),
    )
