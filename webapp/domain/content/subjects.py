"""What moves by tables: entries of each type, and items. How each is read, and how a row is saved."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from webapp.domain.content import items
from webapp.domain.content.commands import create_entry, update_entry
from webapp.domain.content.content_types import TYPES, ContentType
from webapp.domain.content.fields import Field
from webapp.domain.content.members import members
from webapp.domain.content.models import Item
from webapp.domain.content.policy import may_edit, may_own_items
from webapp.domain.content.queries import Filters, get_entry, list_entries
from webapp.domain.content.texts import to_texts
from webapp.domain.content.views import EntryView
from webapp.kernel.clock import rfc3339
from webapp.kernel.errors import NotFound
from webapp.kernel.paging import Page, PageRequest
from webapp.kernel.work import Actor, Work

ITEMS = "items"
Key = int | str
Fields = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Subject:
    """One sort of record. ``page`` lists them, ``texts`` and ``members`` are a record as a row of text and as
    an object of JSON, ``save`` makes or changes one and answers its id and whether it is new."""

    name: str
    fields: tuple[Field, ...]
    columns: tuple[str, ...]
    may_use: Callable[[Actor], bool]
    page: Callable[[Work, PageRequest, Filters], Page[Any]]
    texts: Callable[[Any], dict[str, str]]
    members: Callable[[Any], Fields]
    save: Callable[[Work, Fields, bool], tuple[Key, bool]]


def _entry_texts(view: EntryView) -> dict[str, str]:
    return {"id": str(view.key), **to_texts(view.type, view.document, [tag.name for tag in view.tags])}


def _save_entry(content_type: ContentType, work: Work, fields: Fields, draft: bool) -> tuple[Key, bool]:
    key = fields.get("id")
    rest = {name: value for name, value in fields.items() if name != "id"}
    if key is None or key == "":
        return create_entry(work, content_type, rest, draft=draft).key, True
    try:
        get_entry(work, content_type, key, draft=True)
    except NotFound:
        if not content_type.has_own_keys:
            raise
        return create_entry(work, content_type, fields, draft=draft).key, True
    return update_entry(work, content_type, key, rest, draft=draft).key, False


def _entries(content_type: ContentType) -> Subject:
    return Subject(
        name=content_type.name,
        fields=content_type.fields,
        columns=("id", *(field.name for field in content_type.fields), "tags"),
        may_use=may_edit,
        page=lambda work, request, filters: list_entries(work, content_type, request, filters),
        texts=_entry_texts,
        members=partial(members, draft=True),
        save=partial(_save_entry, content_type),
    )


def _item_texts(item: Item) -> dict[str, str]:
    return {"id": str(item.id), "title": item.title, "description": item.description or ""}


def _item_members(item: Item) -> Fields:
    times = {"created_at": rfc3339(item.created_at), "updated_at": rfc3339(item.updated_at)}
    owned = {"id": str(item.id), "owner_id": str(item.owner_id)}
    return {**owned, "title": item.title, "description": item.description, **times}


def _save_item(work: Work, fields: Fields, draft: bool) -> tuple[Key, bool]:
    rest = {name: value for name, value in fields.items() if name != "id"}
    if not fields.get("id"):
        return str(items.create_item(work, rest).id), True
    try:
        item_id = UUID(str(fields["id"]))
    except ValueError as error:
        raise NotFound("Item not found") from error
    return str(items.update_item(work, item_id, rest).id), False


SUBJECTS = {
    **{name: _entries(content_type) for name, content_type in TYPES.items()},
    ITEMS: Subject(
        name=ITEMS,
        fields=items.FIELDS,
        columns=("id", *(field.name for field in items.FIELDS)),
        may_use=may_own_items,
        page=lambda work, request, filters: items.list_items(work, request, q=filters.q, sort="created_at"),
        texts=_item_texts,
        members=_item_members,
        save=_save_item,
    ),
}
"""By the name that stands in paths."""
