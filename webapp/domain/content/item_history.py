"""The revisions of an item, and the trash that items wait in."""

from __future__ import annotations

from collections.abc import Container, Sequence
from uuid import UUID

from sqlalchemy import delete, select

from webapp.domain.audit.events import Happening, record, record_many
from webapp.domain.content.diff import FieldChange, diff
from webapp.domain.content.history import RevisionState, revision_views
from webapp.domain.content.items import get_item, readable_items, save_item
from webapp.domain.content.models import Item, ItemRevision
from webapp.domain.content.policy import may_own_items, may_use_item
from webapp.domain.content.trash import KEPT_FOR, NOT_THERE
from webapp.kernel.errors import Denied, NotFound
from webapp.kernel.paging import Page, PageRequest, SortKey, fetch_page
from webapp.kernel.work import Work, check_unchanged, require

_NUMBER = SortKey(ItemRevision.number, lambda revision: revision.number)
_DELETED = (
    SortKey(Item.deleted_at, lambda item: item.deleted_at),
    SortKey(Item.id, lambda item: item.id),
)


def list_revisions(work: Work, item_id: UUID, request: PageRequest) -> Page[RevisionState]:
    """What an item held, newest first. Raises NotFound, Denied."""
    item = get_item(work, item_id)
    statement = select(ItemRevision).where(ItemRevision.item_id == item_id)
    page = fetch_page(work.session, statement, request, (_NUMBER,), descending=True)
    return Page(_states(work, item, page.data), page.total, page.request, page.next_after)


def get_revision(work: Work, item_id: UUID, number: int) -> RevisionState:
    """One revision. Raises NotFound, Denied."""
    item = get_item(work, item_id)
    return _states(work, item, [_found(work, item_id, number)])[0]


def diff_revisions(work: Work, item_id: UUID, number: int, against: int | None = None) -> list[FieldChange]:
    """What changed by field from revision ``against`` (default: the one before) to ``number``."""
    get_item(work, item_id)
    after = _found(work, item_id, number)
    if against is None and number == 1:
        return []
    before = _found(work, item_id, number - 1 if against is None else against)
    return list(diff(before.document, after.document))


def restore_revision(
    work: Work,
    item_id: UUID,
    number: int,
    *,
    message: str | None = None,
    expected: Container[str] | None = None,
) -> Item:
    """Make a new revision of an older one. Raises NotFound, Denied, Stale."""
    item = get_item(work, item_id)
    check_unchanged(item.tag, expected)
    older = _found(work, item_id, number)
    save_item(work, item, older.document, message=message, restored_from=number)
    return item


def list_trash(work: Work, request: PageRequest, *, owner_id: UUID | None = None) -> Page[Item]:
    """A person's own items in the trash, or everybody's for an admin, optionally of one person; what was
    deleted last is first."""
    require(work.actor, may_own_items(work.actor))
    statement = readable_items(work, owner_id).where(Item.deleted_at > work.now - KEPT_FOR)
    return fetch_page(work.session, statement, request, _DELETED, descending=True)


def get_trashed(work: Work, item_id: UUID) -> Item:
    """One item in the trash. Raises NotFound, Denied."""
    return _trashed(work, item_id)


def restore_item(work: Work, item_id: UUID) -> Item:
    """Take an item out of the trash. Raises NotFound, Denied."""
    item = _trashed(work, item_id)
    record(work, "item.take_back", item.id)
    item.deleted_at = None
    work.session.flush()
    return item


def delete_for_good(work: Work, item_id: UUID) -> None:
    """Delete an item that is in the trash, with its history. Raises NotFound, Denied."""
    item = _trashed(work, item_id)
    record(work, "item.delete", item.id)
    work.session.delete(item)
    work.session.flush()


def empty_expired(work: Work) -> int:
    """Delete what has been in the trash for longer than it is kept; answers how many items."""
    expired = delete(Item).where(Item.deleted_at <= work.now - KEPT_FOR).returning(Item.id)
    gone = work.session.scalars(expired, execution_options={"synchronize_session": False}).all()
    record_many(work, [Happening("item.delete", item_id) for item_id in gone])
    return len(gone)


def _trashed(work: Work, item_id: UUID) -> Item:
    require(work.actor, may_own_items(work.actor))
    wanted = select(Item).where(Item.id == item_id, Item.deleted_at > work.now - KEPT_FOR)
    item = work.session.scalar(wanted.with_for_update())
    if item is None:
        raise NotFound(NOT_THERE)
    if not may_use_item(work.actor, item):
        raise Denied("Not enough permissions")
    return item


def _found(work: Work, item_id: UUID, number: int) -> ItemRevision:
    revision = work.session.get(ItemRevision, (item_id, number))
    if revision is None:
        raise NotFound("Revision not found")
    return revision


def _states(work: Work, item: Item, revisions: Sequence[ItemRevision]) -> list[RevisionState]:
    views = revision_views(work, revisions, latest=item.revision, live=item.revision)
    return [
        RevisionState(view, revision.document, []) for view, revision in zip(views, revisions, strict=True)
    ]
