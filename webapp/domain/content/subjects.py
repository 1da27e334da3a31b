"""What moves by tables: entries of each type, and items. How each is read, and how a row is saved."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from webapp.domain.content import items
from webapp.domain.content.content_types import TYPES, ContentType
from webapp.domain.content.entry_plans import outdated_entries, plan_entries
from webapp.domain.content.fields import Field
from webapp.domain.content.item_plans import outdated_items, plan_items, write_items
from webapp.domain.content.members import members
from webapp.domain.content.models import Item
from webapp.domain.content.plans import Fields, Plan, Row
from webapp.domain.content.policy import may_edit, may_own_items
from webapp.domain.content.queries import Filters, list_entries
from webapp.domain.content.texts import to_texts
from webapp.domain.content.views import EntryView
from webapp.domain.content.writing_many import write_entries
from webapp.kernel.clock import rfc3339
from webapp.kernel.paging import Page, PageRequest
from webapp.kernel.work import Actor, Work

ITEMS = "items"


@dataclass(frozen=True, slots=True)
class Subject:
    """One sort of record. ``page`` lists them, ``texts`` and ``members`` are a record as a row of text and as
    an object of JSON. ``plan`` reads what rows would do, and whether as drafts; ``outdated`` locks what they
    change and tells which plans do not hold any more; ``write`` carries plans out."""

    name: str
    fields: tuple[Field, ...]
    columns: tuple[str, ...]
    may_use: Callable[[Actor], bool]
    page: Callable[[Work, PageRequest, Filters], Page[Any]]
    texts: Callable[[Any], dict[str, str]]
    members: Callable[[Any], Fields]
    plan: Callable[[Work, Iterable[Row], bool], list[Plan]]
    outdated: Callable[[Work, Sequence[Plan]], list[Plan]]
    write: Callable[[Work, Sequence[Plan], bool], None]


def _entry_texts(view: EntryView) -> dict[str, str]:
    return {"id": str(view.key), **to_texts(view.type, view.document, [tag.name for tag in view.tags])}


def _entries(content_type: ContentType) -> Subject:
    return Subject(
        name=content_type.name,
        fields=content_type.fields,
        columns=("id", *(field.name for field in content_type.fields), "tags"),
        may_use=may_edit,
        page=lambda work, request, filters: list_entries(work, content_type, request, filters),
        texts=_entry_texts,
        members=partial(members, draft=True),
        plan=partial(plan_entries, content_type),
        outdated=partial(outdated_entries, content_type),
        write=partial(write_entries, content_type),
    )


def _item_texts(item: Item) -> dict[str, str]:
    return {"id": str(item.id), "title": item.title, "description": item.description or ""}


def _items(work: Work, request: PageRequest, filters: Filters) -> Page[Item]:
    return items.list_items(work, request, q=filters.q, owner_id=filters.owner_id, sort="created_at")


def item_members(item: Item) -> Fields:
    """An item as the API answers it."""
    times = {"created_at": rfc3339(item.created_at), "updated_at": rfc3339(item.updated_at)}
    owned = {"id": str(item.id), "owner_id": str(item.owner_id)}
    return {**owned, "title": item.title, "description": item.description, **times}


SUBJECTS = {
    **{name: _entries(content_type) for name, content_type in TYPES.items()},
    ITEMS: Subject(
        name=ITEMS,
        fields=items.FIELDS,
        columns=("id", *(field.name for field in items.FIELDS)),
        may_use=may_own_items,
        page=_items,
        texts=_item_texts,
        members=item_members,
        plan=plan_items,
        outdated=outdated_items,
        write=write_items,
    ),
}
"""By the name that stands in paths."""
