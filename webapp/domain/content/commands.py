"""What is done with entries of every type: create, change, put into the trash."""

from __future__ import annotations

from collections.abc import Container, Mapping
from contextlib import nullcontext
from typing import Any

from webapp.domain.audit.events import named, record
from webapp.domain.content.content_types import ContentType
from webapp.domain.content.diff import same
from webapp.domain.content.editing import (
    SavedState,
    add_edition,
    add_entry,
    add_revision,
    arrange,
    check_expected,
    check_key_is_free,
    key_of,
    locked_entry,
    state_of,
)
from webapp.domain.content.kinds import check_kind
from webapp.domain.content.lifecycle import Standing
from webapp.domain.content.models import Entry
from webapp.domain.content.policy import may_edit
from webapp.domain.content.queries import Key, get_entry
from webapp.domain.content.records import record_entry
from webapp.domain.content.rows import view_of_new
from webapp.domain.content.views import EntryView
from webapp.kernel.db import unless_taken
from webapp.kernel.errors import refuse
from webapp.kernel.text import fold
from webapp.kernel.work import Work, require


def create_entry(
    work: Work,
    content_type: ContentType,
    fields: Mapping[str, Any],
    *,
    draft: bool = False,
    message: str | None = None,
) -> EntryView:
    """Create an entry from its fields, ``tags`` and, where clients choose it, ``id``.

    It is published at once, unless it is to be a ``draft``. Raises Invalid with every wrong field, Conflict
    for an id that is taken.
    """
    require(work.actor, may_edit(work.actor))
    refuse(content_type.creation_errors(fields))

    def check() -> None:
        if content_type.has_own_keys:
            check_key_is_free(work, content_type, fields["id"])

    check()
    document = content_type.read(fields)
    check_kind(work, document)
    key, tags = fields.get("id"), fields.get("tags", ())
    standing = Standing(1) if draft else Standing(1).published(1, work.now)
    with unless_taken(work.session, check) if content_type.has_own_keys else nullcontext():
        entry_id = add_entry(work, content_type, key, standing)
    add_revision(work, entry_id, 1, document, tags, message=message)
    saved = SavedState(1, document, tags, work.now)
    found = add_edition(work, content_type, entry_id, saved, standing.windows()[1])
    key = entry_id if key is None else key
    record(work, f"{content_type.name}.{'create_draft' if draft else 'create'}", key)
    return view_of_new(work, content_type, entry_id, key, standing, document, found)


def update_entry(
    work: Work,
    content_type: ContentType,
    key: Key,
    changes: Mapping[str, Any],
    *,
    draft: bool = False,
    expected: Container[str] | None = None,
    message: str | None = None,
) -> EntryView:
    """Save the fields that are sent as a new revision; it is published at once, unless it is a ``draft``.

    The rest is taken from the published revision, which is what the writer has read, or for a draft from the
    latest one. Saving what is there already makes no revision. Raises NotFound, Stale, Invalid.
    """
    require(work.actor, may_edit(work.actor))
    refuse(content_type.change_errors(changes))
    entry = locked_entry(work, content_type, key)
    check_expected(work, entry, expected)
    standing = entry.standing.settled(work.now)
    base = standing.latest if draft or standing.live is None else standing.live
    document, tags = state_of(work, entry, base)
    document = content_type.read({**document, **changes})
    if {"kind", "content"} & changes.keys():
        check_kind(work, document)
    save_state(work, entry, document, changes.get("tags", tags), draft=draft, message=message)
    return get_entry(work, content_type, key_of(entry), draft=True)


def save_state(
    work: Work,
    entry: Entry,
    document: Mapping[str, Any],
    tags: list[str],
    *,
    draft: bool,
    message: str | None = None,
    restored_from: int | None = None,
) -> None:
    """Make a revision of a checked state unless it is the latest already; publish it unless a ``draft``."""
    standing = entry.standing.settled(work.now)
    changed = changed_fields((document, tags), state_of(work, entry, standing.latest))
    is_publication = not (changed or draft or restored_from or standing.live == standing.latest)
    verb = "publish" if is_publication else "restore" if restored_from else "update"
    record_entry(work, f"{verb}_draft" if draft else verb, entry, named(changed))
    if changed:
        number = standing.latest + 1
        add_revision(work, entry.id, number, document, tags, message=message, restored_from=restored_from)
        standing = standing.saved(number)
    arrange(work, entry, standing if draft else standing.published(standing.latest, work.now))


def trash_entry(
    work: Work, content_type: ContentType, key: Key, *, expected: Container[str] | None = None
) -> None:
    """Put an entry into the trash, where editors find it for 30 days. Raises NotFound, Stale."""
    require(work.actor, may_edit(work.actor))
    entry = locked_entry(work, content_type, key)
    check_expected(work, entry, expected)
    entry.deleted_at = work.now
    entry.deleted_by = work.actor.id
    record_entry(work, "trash", entry)
    arrange(work, entry, entry.standing.settled(work.now))


State = tuple[Mapping[str, Any], list[str]]


def changed_fields(one: State, other: State) -> list[str]:
    """The fields in which two states differ."""
    tags = [list(dict.fromkeys(fold(name) for name in state[1])) for state in (one, other)]
    fields = {*one[0], *other[0]}
    changed = [name for name in fields if not same(one[0].get(name), other[0].get(name))]
    return changed if tags[0] == tags[1] else [*changed, "tags"]
