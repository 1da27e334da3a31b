"""The steps that every change of an entry is made of: lock, check, save a revision, arrange its editions."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, insert, select

from webapp.domain.content.content_types import TYPES, ContentType
from webapp.domain.content.lifecycle import Standing, Window
from webapp.domain.content.models import MESSAGE_MAX, ContentRevision, Edition, EditionTag, Entry, Tag
from webapp.domain.content.projections import (
    Addition,
    Shown,
    add_to_projection,
    remove_from_projection,
    show_in_projection,
)
from webapp.domain.content.queries import Key, is_entry, not_found, read_key
from webapp.domain.content.search_words import words
from webapp.domain.content.views import TagName, entry_tag
from webapp.kernel.compiled import CompiledStatement
from webapp.kernel.db import upsert
from webapp.kernel.errors import Conflict, FieldError, NotFound, Stale
from webapp.kernel.pieces import pieces
from webapp.kernel.text import KEY_MAX, fold
from webapp.kernel.work import Work

ATTEMPTS = 20
"""How often a new tag looks for one of its name, when others make and delete it at the same moment."""

_NEW_ENTRY = CompiledStatement(insert(Entry).returning(Entry.id))
_NEW_REVISION = CompiledStatement(insert(ContentRevision))
_NEW_EDITION = CompiledStatement(insert(Edition).returning(Edition.id))
_LINK = insert(EditionTag)
_TAGS = select(Tag.name_key, Tag.id, Tag.name).where(Tag.name_key.in_(bindparam("keys", expanding=True)))


def locked_entry(work: Work, content_type: ContentType, key: Key) -> Entry:
    """An entry as it is once nobody else is changing it. Raises NotFound."""
    statement = select(Entry).where(is_entry(content_type, key)).with_for_update()
    entry = work.session.scalar(statement.execution_options(populate_existing=True))
    if entry is None:
        raise not_found(content_type)
    return entry


def lock_entries(work: Work, content_type: ContentType, keys: Iterable[Key]) -> None:
    """Lock those of many entries that are there, in the order in which everybody does, before the first is
    changed."""
    column = Entry.key if content_type.has_own_keys else Entry.id
    wanted = []
    for key in keys:
        with suppress(NotFound):
            wanted.append(read_key(content_type, key))
    statement = select(Entry.id).where(Entry.type == content_type.name, column.in_(wanted))
    work.session.execute(statement.order_by(Entry.id).with_for_update())


def check_expected(work: Work, entry: Entry, expected: Container[str] | None) -> None:
    """Raise Stale unless a writer has seen the entry's latest state, or the one that is shown now."""
    if expected is None:
        return
    standing = entry.standing.settled(work.now)
    numbers = {standing.latest, standing.live}
    tags = {
        entry_tag(TYPES[entry.type], entry.id, entry.version, number)
        for number in numbers
        if number is not None
    }
    if not any(tag in expected for tag in tags):
        raise Stale


def check_key_is_free(work: Work, content_type: ContentType, key: str) -> None:
    """Raise Conflict if an entry outside the trash has the id that a client chose."""
    if work.session.scalar(select(Entry.id).where(is_entry(content_type, key))) is not None:
        detail = f"{content_type.label} with this id already exists"
        raise Conflict(detail, code="id_taken", errors=[FieldError("/id", detail, "taken")])


def state_of(work: Work, entry: Entry, number: int) -> tuple[dict[str, Any], list[str]]:
    """The document and the names of the tags of a revision, as the tags are called now if it is in use."""
    revision = find_revision(work, entry, number)
    statement = select(Edition.id).where(Edition.entry_id == entry.id, Edition.number == number)
    edition_id = work.session.scalar(statement)
    if edition_id is None:
        return revision.document, revision.tags
    names = select(Tag.name).join(EditionTag, EditionTag.tag_id == Tag.id)
    names = names.where(EditionTag.edition_id == edition_id).order_by(EditionTag.position)
    return revision.document, list(work.session.scalars(names))


def find_revision(work: Work, entry: Entry, number: int) -> ContentRevision:
    """One revision of an entry. Raises NotFound."""
    statement = select(ContentRevision).where(
        ContentRevision.entry_id == entry.id, ContentRevision.number == number
    )
    revision = work.session.scalar(statement)
    if revision is None:
        raise NotFound("Revision not found")
    return revision


def key_of(entry: Entry) -> Key:
    """The id that clients use for an entry."""
    return entry.id if entry.key is None else entry.key


def add_entry(work: Work, content_type: ContentType, key: str | None, standing: Standing) -> int:
    """A new entry; answers its number. Its revision and its editions come after it."""
    columns = {
        **standing.columns,
        "type": content_type.name,
        "key": key,
        "version": 1,
        "created_at": work.now,
        "updated_at": work.now,
    }
    return int(_NEW_ENTRY.rows(work.session, columns)[0].id)


def add_revision(
    work: Work,
    entry_id: int,
    number: int,
    document: Mapping[str, Any],
    tags: Sequence[str],
    *,
    message: str | None = None,
    restored_from: int | None = None,
) -> None:
    """Save a state of an entry; what is done with it, ``arrange`` decides."""
    columns = {
        "entry_id": entry_id,
        "number": number,
        "document": dict(document),
        "tags": list(tags),
        "message": (message or "").strip()[:MESSAGE_MAX] or None,
        "restored_from": restored_from,
        "author_id": work.actor.id,
        "created_at": work.now,
    }
    _NEW_REVISION.rows(work.session, columns)


def arrange(work: Work, entry: Entry, standing: Standing) -> None:
    """Let an entry stand as ``standing`` says: its editions are exactly those that somebody may read."""
    entry.standing = standing
    entry.updated_at = work.now
    windows = standing.windows()
    if entry.deleted_at is not None:
        windows = dict.fromkeys(windows, Window())
    editions = work.session.scalars(select(Edition).where(Edition.entry_id == entry.id)).all()
    found = {edition.number: edition for edition in editions}
    for number, edition in found.items():
        if number in windows:
            _show(edition, windows[number])
            show_in_projection(work, entry.type, [Shown(edition.id, windows[number])])
        else:
            remove_from_projection(work, entry.type, [edition.id])
            work.session.delete(edition)
    for number in windows.keys() - found.keys():
        revision = find_revision(work, entry, number)
        saved = SavedState(number, revision.document, revision.tags, revision.created_at)
        add_edition(work, TYPES[entry.type], entry.id, saved, windows[number])
    work.session.flush()


def _show(edition: Edition, window: Window) -> None:
    for name, value in window.columns.items():
        setattr(edition, name, value)


class SavedState(NamedTuple):
    """What a revision holds, as far as editions need it."""

    number: int
    document: Mapping[str, Any]
    tags: Sequence[str]
    saved_at: datetime


def add_edition(
    work: Work, content_type: ContentType, entry_id: int, saved: SavedState, window: Window
) -> list[TagName]:
    """Let a revision be read as ``window`` says; it gets its sort keys, its words and its tags, which are
    answered."""
    search = search_values(content_type, saved.document)
    columns = {
        "entry_id": entry_id,
        "number": saved.number,
        "type": content_type.name,
        "updated_at": saved.saved_at,
        **search,
        **window.columns,
    }
    edition_id = int(_NEW_EDITION.rows(work.session, columns)[0].id)
    addition = Addition(Shown(edition_id, window), entry_id, search["headline"], saved.document)
    add_to_projection(work, content_type.name, [addition])
    tags = resolve_tags(work, saved.tags)
    if tags:
        links = [
            {"edition_id": edition_id, "tag_id": tag.id, "entry_id": entry_id, "position": position}
            for position, tag in enumerate(tags)
        ]
        work.session.connection().execute(_LINK, links)
    return tags


def search_values(content_type: ContentType, document: Mapping[str, Any]) -> dict[str, str]:
    """What an edition of a document is sorted and found by."""
    headline = fold(content_type.headline_of(document))
    text = headline + "\n" + fold(document.get("description") or "")
    return {
        "headline": headline[:KEY_MAX],
        "search_text": text,
        "search_words": " ".join(sorted(set(words(text)))),
    }


def resolve_tags(work: Work, names: Iterable[str]) -> list[TagName]:
    """The tags called ``names``, each once, in that order; those that are missing are made."""
    return list(_tags_by_key(work, names).values())


def tag_ids(work: Work, names: Iterable[str]) -> dict[str, int]:
    """The ids of the same by their folded names."""
    return {key: tag.id for key, tag in _tags_by_key(work, names).items()}


def _tags_by_key(work: Work, names: Iterable[str]) -> dict[str, TagName]:
    wanted: dict[str, str] = {}
    for name in names:
        wanted.setdefault(fold(name), name)
    work.session.flush()
    run, found = work.session.connection().execute, dict[str, TagName]()
    shared = {"version": 1, "created_at": work.now, "updated_at": work.now}
    for keys in pieces(sorted(wanted)):  # in one order, so that two writers never lock crosswise
        for _ in range(ATTEMPTS):
            found.update((key, TagName(id_, name)) for key, id_, name in run(_TAGS, {"keys": keys}))
            missing = [key for key in keys if key not in found]
            if not missing:
                break
            making = upsert(work.session, Tag).on_conflict_do_nothing(index_elements=[Tag.name_key])
            run(making, [{"name": wanted[key], "name_key": key, **shared} for key in missing])
        else:
            raise Conflict
    return {key: found[key] for key in wanted}
