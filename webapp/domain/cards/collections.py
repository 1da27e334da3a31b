"""Collections of templates."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, or_, select

from webapp.domain.audit.events import named, record
from webapp.domain.cards.fields import Flag, read_fields
from webapp.domain.cards.models import DESCRIPTION_MAX, NAME_MAX, Collection, CollectionItem, Template
from webapp.domain.cards.policy import may_create, may_curate, may_use_collection
from webapp.domain.cards.template_queries import LISTED, get_template
from webapp.domain.content.fields import Field, Text
from webapp.kernel.db import lock
from webapp.kernel.errors import Conflict, FieldError, NotFound, refuse
from webapp.kernel.paging import Page, PageRequest, SortKey, fetch_page
from webapp.kernel.work import Work, check_unchanged, require

TEMPLATES_MAX = 200
FIELDS = (
    Field("name", Text(NAME_MAX, minimum=1, is_line=True)),
    Field("description", Text(DESCRIPTION_MAX), required=False),
    Field("is_public", Flag()),
)
_NEWEST = (
    SortKey(Collection.created_at, lambda collection: collection.created_at),
    SortKey(Collection.id, lambda collection: collection.id),
)


def collection_errors(sent: Mapping[str, Any], *, partial: bool = False) -> list[FieldError]:
    """Everything that is wrong with the fields of a collection."""
    return read_fields(FIELDS, sent, partial=partial, required=("name",))[1]


def list_collections(work: Work, request: PageRequest) -> Page[Collection]:
    """One's own collections, newest first."""
    require(work.actor, may_create(work.actor))
    statement = select(Collection).where(Collection.user_id == work.actor.id)
    return fetch_page(work.session, statement, request, _NEWEST, descending=True)


def get_collection(work: Work, collection_id: UUID) -> Collection:
    """One's own collection, or a public one. Raises NotFound."""
    collection = work.session.get(Collection, collection_id)
    if collection is None or not (collection.is_public or may_use_collection(work.actor, collection)):
        raise NotFound("Collection not found")
    return collection


def templates_of(work: Work, collection: Collection) -> Sequence[Template]:
    """The templates of a collection that the reader may see, the last added first."""
    statement = (
        select(Template)
        .join(CollectionItem, CollectionItem.template_id == Template.id)
        .where(CollectionItem.collection_id == collection.id)
        .order_by(CollectionItem.added_at.desc(), CollectionItem.id.desc())
    )
    if not may_curate(work.actor):
        statement = statement.where(or_(LISTED, Template.created_by == work.actor.id))
    return work.session.scalars(statement).all()


def create_collection(work: Work, fields: Mapping[str, Any]) -> Collection:
    """Begin a collection. Raises Invalid."""
    require(work.actor, may_create(work.actor))
    refuse(collection_errors(fields))
    collection = Collection(user_id=work.actor.id, created_at=work.now)
    _set(work, collection, fields)
    work.session.add(collection)
    work.session.flush()
    record(work, "collection.create", collection.id)
    return collection


def update_collection(
    work: Work, collection_id: UUID, changes: Mapping[str, Any], *, expected: Container[str] | None = None
) -> Collection:
    """Change the fields that are sent. Raises NotFound, Denied, Stale, Invalid."""
    collection = _own(work, collection_id, expected)
    refuse(collection_errors(changes, partial=True))
    _set(work, collection, changes)
    record(work, "collection.update", collection.id, named(changes))
    work.session.flush()
    return collection


def delete_collection(work: Work, collection_id: UUID, *, expected: Container[str] | None = None) -> None:
    """Delete a collection; its templates stay. Raises NotFound, Denied, Stale."""
    work.session.delete(_own(work, collection_id, expected))
    record(work, "collection.delete", collection_id)
    work.session.flush()


def add_template(work: Work, collection_id: UUID, template_id: UUID) -> Collection:
    """Put a template into a collection; once is enough. Raises NotFound, Denied, Conflict when it is full."""
    collection = _own(work, collection_id, None)
    template = get_template(work, template_id)
    lock(work.session, f"collection {collection_id}")
    there = select(CollectionItem.template_id).where(CollectionItem.collection_id == collection_id)
    templates = set(work.session.scalars(there))
    if template.id in templates:
        return collection
    if len(templates) >= TEMPLATES_MAX:
        raise Conflict(f"A collection holds at most {TEMPLATES_MAX} templates.", code="collection_full")
    item = CollectionItem(collection_id=collection.id, template_id=template.id, added_at=work.now)
    work.session.add(item)
    record(work, "collection.add", collection.id)
    work.session.flush()
    return collection


def remove_template(work: Work, collection_id: UUID, template_id: UUID) -> None:
    """Take a template from a collection. Raises NotFound, Denied."""
    _own(work, collection_id, None)
    this = CollectionItem.collection_id == collection_id, CollectionItem.template_id == template_id
    found = work.session.scalar(select(CollectionItem).where(*this))
    if found is None:
        raise NotFound("The collection does not hold this template")
    work.session.execute(delete(CollectionItem).where(*this))
    record(work, "collection.remove", collection_id)


def _own(work: Work, collection_id: UUID, expected: Container[str] | None) -> Collection:
    collection = get_collection(work, collection_id)
    require(work.actor, may_use_collection(work.actor, collection))
    check_unchanged(collection.tag, expected)
    return collection


def _set(work: Work, collection: Collection, fields: Mapping[str, Any]) -> None:
    for name, value in read_fields(FIELDS, fields, partial=True)[0].items():
        setattr(collection, name, value)
    collection.updated_at = work.now
