"""What can be done with data items: ORM queries, a count for each list, tags loaded lazily item by item."""

from typing import Any

from sqlalchemy import func, or_
from sqlalchemy.orm import Query, Session

from benchmarks.peer.models import DataItem, Tag
from benchmarks.peer.schemas import DataItemChange, DataItemIn


def find(db: Session, item_id: int) -> DataItem | None:
    return db.query(DataItem).filter(DataItem.id == item_id).first()


def list_page(db: Session, skip: int, limit: int, tag: str | None) -> dict[str, Any]:
    query = db.query(DataItem)
    if tag:
        query = query.join(DataItem.tags).filter(Tag.name == tag)
    return _page(query, skip, limit)


def search(db: Session, text: str, skip: int, limit: int) -> dict[str, Any]:
    """Items with ``text`` in the title or the description, without regard to case."""
    pattern = func.lower(f"%{text}%")
    matches = or_(func.lower(DataItem.title).like(pattern), func.lower(DataItem.description).like(pattern))
    return _page(db.query(DataItem).filter(matches), skip, limit)


def create(db: Session, wanted: DataItemIn) -> DataItem:
    item = DataItem(title=wanted.title, description=wanted.description, content=wanted.content)
    for name in wanted.tags:
        item.tags.append(_tag(db, name))
    db.add(item)
    return _saved(db, item)


def update(db: Session, item: DataItem, change: DataItemChange) -> DataItem:
    sent = change.model_dump(exclude_unset=True)
    for key in ("title", "description", "content"):
        if key in sent:
            setattr(item, key, sent[key])
    if "tags" in sent:
        item.tags = [_tag(db, name) for name in sent["tags"] or []]
    return _saved(db, item)


def delete(db: Session, item: DataItem) -> None:
    db.delete(item)
    db.commit()


def _page(query: Query[DataItem], skip: int, limit: int) -> dict[str, Any]:
    total = query.count()
    return {
        "data": query.offset(skip).limit(limit).all(),
        "total": total,
        "page": skip // limit + 1 if limit else 1,
        "page_size": limit,
        "total_pages": -(-total // limit) if limit else 1,
    }


def _tag(db: Session, name: str) -> Tag:
    tag = db.query(Tag).filter(Tag.name == name).first()
    if tag is None:
        tag = Tag(name=name)
        db.add(tag)
        db.commit()
        db.refresh(tag)
    return tag


def _saved(db: Session, item: DataItem) -> DataItem:
    db.commit()
    db.refresh(item)
    return item
