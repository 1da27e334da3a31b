"""Items, as STARTER has them: small things that each person keeps, and that admins see all of."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select

from webapp.domain.audit.events import Happening, named, record, record_many
from webapp.domain.content.fields import Field, Text, unknown_fields
from webapp.domain.content.models import ITEM_DESCRIPTION_MAX, ITEM_TITLE_MAX, Item
from webapp.domain.content.policy import may_own_items, may_use_item
from webapp.kernel.errors import Denied, FieldError, NotFound, refuse
from webapp.kernel.paging import Page, PageRequest, SortKey, fetch_page
from webapp.kernel.text import KEY_MAX, fold, like_pattern
from webapp.kernel.work import Work, check_unchanged, require

FIELDS = (
    Field("title", Text(ITEM_TITLE_MAX, minimum=1, is_line=True)),
    Field("description", Text(ITEM_DESCRIPTION_MAX), required=False),
)

_ID = SortKey(Item.id, lambda item: item.id)
_CREATED = SortKey(Item.created_at, lambda item: item.created_at)
_TITLE = SortKey(Item.title_key, lambda item: item.title_key)
SORTS = {
    "created_at": (False, (_CREATED, _ID)),
    "-created_at": (True, (_CREATED, _ID)),
    "title": (False, (_TITLE, _ID)),
    "-title": (True, (_TITLE, _ID)),
}
"""The orders of a list: descending?, and by which values."""


def item_errors(sent: Mapping[str, Any], *, partial: bool = False) -> list[FieldError]:
    """Everything that is wrong with the fields of an item."""
    errors = [error for field in FIELDS if field.name in sent for error in field.read(sent[field.name])[1]]
    if "title" not in sent and not partial:
        errors.append(FieldError("/title", "This field is required.", "required"))
    return errors + unknown_fields(sent, {field.name for field in FIELDS})


def list_items(
    work: Work, request: PageRequest, *, q: str | None = None, sort: str = "-created_at"
) -> Page[Item]:
    """A person's own items, or everybody's for an admin; optionally those with ``q`` in their title."""
    require(work.actor, may_own_items(work.actor))
    statement = select(Item)
    if not work.actor.is_admin:
        statement = statement.where(Item.owner_id == work.actor.id)
    if q and (wanted := fold(q)):
        statement = statement.where(Item.title_key.like(like_pattern(wanted), escape="\\"))
    descending, keys = SORTS[sort]
    return fetch_page(work.session, statement, request, keys, descending=descending)


def list_item_ids(work: Work, *, q: str | None = None, limit: int) -> list[UUID]:
    """The ids of the newest items of a list."""
    page = list_items(work, PageRequest(limit=limit, counted=False), q=q)
    return [item.id for item in page.data]


def get_item(work: Work, item_id: UUID) -> Item:
    """One item. Raises NotFound, Denied for somebody else's."""
    require(work.actor, may_own_items(work.actor))
    item = work.session.get(Item, item_id)
    if item is None:
        raise NotFound("Item not found")
    if not may_use_item(work.actor, item):
        raise Denied("Not enough permissions")
    return item


def create_item(work: Work, fields: Mapping[str, Any]) -> Item:
    """Make an item of the person who asks. Raises Invalid."""
    require(work.actor, may_own_items(work.actor))
    refuse(item_errors(fields))
    if work.actor.id is None:
        raise Denied("An item needs a person who owns it")
    item = Item(owner_id=work.actor.id, description=None, created_at=work.now, updated_at=work.now)
    _set(item, fields)
    work.session.add(item)
    work.session.flush()
    record(work, "item.create", item.id)
    return item


def update_item(
    work: Work, item_id: UUID, changes: Mapping[str, Any], *, expected: Container[str] | None = None
) -> Item:
    """Change the fields that are sent. Raises NotFound, Denied, Stale, Invalid."""
    item = get_item(work, item_id)
    check_unchanged(item.tag, expected)
    refuse(item_errors(changes, partial=True))
    _set(item, changes)
    item.updated_at = work.now
    record(work, "item.update", item.id, named(changes))
    work.session.flush()
    return item


def delete_item(work: Work, item_id: UUID, *, expected: Container[str] | None = None) -> None:
    """Delete an item for good. Raises NotFound, Denied, Stale."""
    item = get_item(work, item_id)
    check_unchanged(item.tag, expected)
    record(work, "item.delete", item.id)
    work.session.delete(item)
    work.session.flush()


def delete_items(work: Work, item_ids: Iterable[UUID]) -> int:
    """Delete many items for good; answers how many were still there. Raises Denied."""
    require(work.actor, may_own_items(work.actor))
    items = list(work.session.scalars(select(Item).where(Item.id.in_(item_ids)).with_for_update()))
    if not all(may_use_item(work.actor, item) for item in items):
        raise Denied("Not enough permissions")
    record_many(work, [Happening("item.delete", item.id) for item in items])
    work.session.execute(delete(Item).where(Item.id.in_([item.id for item in items])))
    return len(items)


def item_values(fields: Mapping[str, Any], item: Item | None = None) -> dict[str, Any]:
    """All columns that a person writes, with the fields that were sent, and checked."""
    read = {field.name: field.read(fields[field.name])[0] for field in FIELDS if field.name in fields}
    kept = {field.name: getattr(item, field.name, None) for field in FIELDS}
    values = {**kept, **read}
    return {**values, "title_key": fold(values["title"])[:KEY_MAX]}


def _set(item: Item, fields: Mapping[str, Any]) -> None:
    for name, value in item_values(fields, item).items():
        setattr(item, name, value)
