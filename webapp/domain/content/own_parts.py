"""What content tells of a person: their items in full, what they wrote for the site by reference."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.domain.accounts.own_data import Rows, columns, own_data
from webapp.domain.content.autosave import Autosave
from webapp.domain.content.models import ContentRevision, Entry, Item, ItemRevision


@own_data("items", Item)
def items(session: Session, user_id: UUID) -> Rows:
    for item in session.scalars(select(Item).where(Item.owner_id == user_id).order_by(Item.created_at)):
        yield columns(item, "id", "title", "description", "created_at", "updated_at", "deleted_at")


@own_data("item_revisions", ItemRevision)
def item_revisions(session: Session, user_id: UUID) -> Rows:
    """The history of their items."""
    found = select(ItemRevision).join(Item, Item.id == ItemRevision.item_id).where(Item.owner_id == user_id)
    for revision in session.scalars(found.order_by(ItemRevision.item_id, ItemRevision.number)):
        yield columns(revision, "item_id", "number", "title", "description", "message", "created_at")


@own_data("content", ContentRevision, Entry)
def content(session: Session, user_id: UUID) -> Rows:
    """The revisions that the person saved, and what they put into the trash."""
    written = select(
        ContentRevision.entry_id, ContentRevision.number, ContentRevision.created_at, Entry.type, Entry.key
    )
    mine = written.join(Entry, Entry.id == ContentRevision.entry_id).where(
        ContentRevision.author_id == user_id
    )
    for entry_id, number, created_at, type_, key in session.execute(mine.order_by(ContentRevision.id)):
        yield {"type": type_, "id": key or entry_id, "revision": number, "created_at": created_at}
    for entry in session.scalars(select(Entry).where(Entry.deleted_by == user_id)):
        yield {"type": entry.type, "id": entry.key or entry.id, "deleted_at": entry.deleted_at}


@own_data("unsaved", Autosave)
def unsaved(session: Session, user_id: UUID) -> Rows:
    for row in session.scalars(select(Autosave).where(Autosave.user_id == user_id).order_by(Autosave.place)):
        yield columns(row, "place", "texts", "saved_at")
