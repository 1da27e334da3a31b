"""Items, as STARTER has them: small things that each person keeps, and that admins see all of."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from webapp.domain.audit.events import Happening, named, record, record_many
from webapp.domain.content.bulk import RowResult
from webapp.domain.content.fields import Field, Text, unknown_fields
from webapp.domain.content.models import ITEM_DESCRIPTION_MAX, ITEM_TITLE_MAX, Item, ItemRevision
from webapp.domain.content.policy import may_own_items, may_use_item
from webapp.kernel.errors import Denied, FieldError, NotFound, refuse
from webapp.kernel.paging import Page, PageRequest, SortKey, fetch_page
from webapp.kernel.pieces import pieces
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
    work: Work,
    request: PageRequest,
    *,
    q: str | None = None,
    owner_id: UUID | None = None,
    sort: str = "-created_at",
) -> Page[Item]:
    """A person's own items, or everybody's for an admin; optionally those with ``q`` in their title, or those
    of one person."""
    require(work.actor, may_own_items(work.actor))
    statement = readable_items(work, owner_id).where(Item.deleted_at.is_(None))
    if q and (wanted := fold(q)):
        statement = statement.where(Item.title_key.like(like_pattern(wanted), escape="\\"))
    descending, keys = SORTS[sort]
    return fetch_page(work.session, statement, request, keys, descending=descending)


def readable_items(work: Work, owner_id: UUID | None = None) -> Select[Item]:
    """A person's own items, or everybody's for an admin, those in the trash too; optionally of one person."""
    statement = select(Item) if owner_id is None else select(Item).where(Item.owner_id == owner_id)
    return statement if work.actor.is_admin else statement.where(Item.owner_id == work.actor.id)


def list_item_ids(
    work: Work, *, q: str | None = None, owner_id: UUID | None = None, limit: int
) -> list[UUID]:
    """The ids of the newest items of a list."""
    page = list_items(work, PageRequest(limit=limit, counted=False), q=q, owner_id=owner_id)
    return [item.id for item in page.data]


def get_item(work: Work, item_id: UUID) -> Item:
    """One item. Raises NotFound, Denied for somebody else's."""
    require(work.actor, may_own_items(work.actor))
    item = work.session.get(Item, item_id)
    if item is None or item.deleted_at is not None:
        raise NotFound("Item not found")
    if not may_use_item(work.actor, item):
        raise Denied("Not enough permissions")
    return item


def create_item(work: Work, fields: Mapping[str, Any], *, message: str | None = None) -> Item:
    """Make an item of the person who asks. Raises Invalid."""
    require(work.actor, may_own_items(work.actor))
    refuse(item_errors(fields))
    if work.actor.id is None:
        raise Denied("An item needs a person who owns it")
    item = Item(owner_id=work.actor.id, description=None, revision=1)
    item.created_at = item.updated_at = work.now
    _set(item, fields)
    work.session.add(item)
    work.session.flush()
    _add_revision(work, item, message)
    record(work, "item.create", item.id)
    return item


def update_item(
    work: Work,
    item_id: UUID,
    changes: Mapping[str, Any],
    *,
    message: str | None = None,
    expected: Container[str] | None = None,
) -> Item:
    """Change the fields that are sent, as a new revision; saving what is there makes none. Raises NotFound,
    Denied, Stale, Invalid."""
    item = get_item(work, item_id)
    check_unchanged(item.tag, expected)
    refuse(item_errors(changes, partial=True))
    save_item(work, item, changes, message=message)
    return item


def save_item(
    work: Work,
    item: Item,
    changes: Mapping[str, Any],
    *,
    message: str | None = None,
    restored_from: int | None = None,
) -> None:
    """Make a revision of checked fields, unless they say what is there."""
    before = {field.name: getattr(item, field.name) for field in FIELDS}
    _set(item, changes)
    changed = [name for name, value in before.items() if getattr(item, name) != value]
    if changed:
        record(work, "item.restore" if restored_from else "item.update", item.id, named(changed))
        item.revision += 1
        item.updated_at = work.now
        work.session.flush()
        _add_revision(work, item, message, restored_from)


def trash_item(work: Work, item_id: UUID, *, expected: Container[str] | None = None) -> None:
    """Put an item into the trash, where it is kept for 30 days. Raises NotFound, Denied, Stale."""
    item = get_item(work, item_id)
    check_unchanged(item.tag, expected)
    record(work, "item.trash", item.id)
    item.deleted_at = work.now
    work.session.flush()


def trash_items(work: Work, item_ids: Sequence[UUID]) -> list[RowResult]:
    """The same with many; answers those rows that could not be done. Raises Denied."""
    require(work.actor, may_own_items(work.actor))
    failed: list[RowResult] = []
    for piece in pieces(enumerate(item_ids)):
        wanted = select(Item).where(Item.id.in_({item_id for _, item_id in piece})).order_by(Item.id)
        there = {item.id: item for item in work.session.scalars(wanted.with_for_update())}
        good: list[UUID] = []
        for row, item_id in piece:
            item = there.get(item_id)
            if item is None or item.deleted_at is not None or item_id in good:
                failed.append(RowResult(row, item_id, NotFound("Item not found")))
            elif not may_use_item(work.actor, item):
                failed.append(RowResult(row, item_id, Denied("Not enough permissions")))
            else:
                good.append(item_id)
        record_many(work, [Happening("item.trash", item_id) for item_id in good])
        for item_id in good:
            there[item_id].deleted_at = work.now
        work.session.flush()
    return failed


def item_values(fields: Mapping[str, Any], item: Item | None = None) -> dict[str, Any]:
    """All columns that a person writes, with the fields that were sent, and checked."""
    read = {field.name: field.read(fields[field.name])[0] for field in FIELDS if field.name in fields}
    kept = {field.name: getattr(item, field.name, None) for field in FIELDS}
    values = {**kept, **read}
    return {**values, "title_key": fold(values["title"])[:KEY_MAX]}


def _set(item: Item, fields: Mapping[str, Any]) -> None:
    for name, value in item_values(fields, item).items():
        setattr(item, name, value)


def _add_revision(work: Work, item: Item, message: str | None, restored_from: int | None = None) -> None:
    made = {"author_id": work.actor.id, "created_at": work.now, "message": message}
    state = {"title": item.title, "description": item.description, "restored_from": restored_from}
    work.session.add(ItemRevision(item_id=item.id, number=item.revision, **state, **made))
    work.session.flush()
