"""Data items over HTTP."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException
from sqlalchemy.orm import Session

from benchmarks.peer import items
from benchmarks.peer.database import get_db
from benchmarks.peer.models import DataItem
from benchmarks.peer.schemas import DataItemChange, DataItemIn, DataItemOut, DataPage

router = APIRouter(prefix="/data", tags=["data"])
Db = Annotated[Session, Depends(get_db)]


def get_item(db: Session, item_id: int) -> DataItem:
    item = items.find(db, item_id)
    if item is None:
        raise HTTPException(404, "Data item not found")
    return item


@router.get("/", response_model=DataPage)
def list_items(db: Db, skip: int = 0, limit: int = 100, tag: str | None = None) -> dict[str, Any]:
    return items.list_page(db, skip, limit, tag)


@router.post("/", response_model=DataItemOut, status_code=201)
def create_item(wanted: DataItemIn, db: Db) -> DataItem:
    return items.create(db, wanted)


@router.get("/search", response_model=DataPage)
def search_items(q: str, db: Db, skip: int = 0, limit: int = 100) -> dict[str, Any]:
    return items.search(db, q, skip, limit)


@router.get("/{item_id}", response_model=DataItemOut)
def read_item(item_id: int, db: Db) -> DataItem:
    return get_item(db, item_id)


@router.put("/{item_id}", response_model=DataItemOut)
def update_item(item_id: int, change: DataItemChange, db: Db) -> DataItem:
    return items.update(db, get_item(db, item_id), change)


@router.delete("/{item_id}", status_code=204)
def delete_item(item_id: int, db: Db) -> None:
    items.delete(db, get_item(db, item_id))
