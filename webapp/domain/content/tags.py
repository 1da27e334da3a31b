"""Tags as a resource of their own: list with counts, make, rename, merge, delete."""

from __future__ import annotations

from collections.abc import Collection, Container
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, delete, func, select, true, update

from webapp.domain.audit.events import record
from webapp.domain.content.content_types import TYPES, tag_name_errors
from webapp.domain.content.editing import tag_ids
from webapp.domain.content.models import Edition, EditionTag, Entry, Tag
from webapp.domain.content.policy import may_edit, may_read, may_see_drafts
from webapp.domain.content.rows import is_shown
from webapp.kernel.errors import Conflict, FieldError, Invalid, NotFound
from webapp.kernel.paging import Page, PageRequest, SortKey, fetch_page
from webapp.kernel.text import fold, like_pattern
from webapp.kernel.work import Work, check_unchanged, require

MERGE_MAX = 1000
"""How many tags a choice offers."""

TAG_TAKEN = "Tag with this name already exists"

_BY_NAME = SortKey(Tag.name_key, lambda tag: tag.name_key)


@dataclass(frozen=True, slots=True)
class TagCount:
    """A tag and how many entries have it, as far as the reader sees them."""

    tag: Tag
    count: int


def list_tags(
    work: Work, request: PageRequest, *, q: str | None = None, draft: bool = False
) -> Page[TagCount]:
    """Tags by name, each with its number of entries; optionally those with ``q`` in their name.

    Readers are not told of tags that no published entry has; editors are, with ``draft`` or without.
    """
    if draft:
        require(work.actor, may_see_drafts(work.actor))
    readable = _is_readable(work)
    statement = select(Tag) if draft else select(Tag).where(_is_public(work, readable))
    if q and (wanted := fold(q)):
        statement = statement.where(Tag.name_key.like(like_pattern(wanted), escape="\\"))
    page = fetch_page(work.session, statement, request, (_BY_NAME,))
    counts = _counts(work, [tag.id for tag in page.data], readable, draft=draft)
    return replace(page, data=[TagCount(tag, counts.get(tag.id, 0)) for tag in page.data])


def get_tag(work: Work, tag_id: int, *, draft: bool = False) -> TagCount:
    """One tag. Raises NotFound."""
    if draft:
        require(work.actor, may_see_drafts(work.actor))
    tag = work.session.get(Tag, tag_id)
    if tag is not None:
        found = _counted(work, tag, draft=draft)
        if found.count or may_edit(work.actor):
            return found
    raise NotFound("Tag not found")


def other_tags(work: Work, tag_id: int) -> list[Tag]:
    """The tags that a tag may be merged into, by name; no more than ``MERGE_MAX``."""
    require(work.actor, may_edit(work.actor))
    statement = select(Tag).where(Tag.id != tag_id).order_by(Tag.name_key).limit(MERGE_MAX)
    return list(work.session.scalars(statement))


def create_tag(work: Work, fields: dict[str, Any]) -> TagCount:
    """Make a tag that no entry has yet. Raises Invalid, Conflict for a name that is taken."""
    require(work.actor, may_edit(work.actor))
    name = _checked(fields)
    _check_name_is_free(work, name)
    (tag_id,) = tag_ids(work, [name]).values()
    tag = work.session.get_one(Tag, tag_id)
    record(work, "tag.create", tag.id, {"name": (None, name)})
    return _counted(work, tag)


def rename_tag(
    work: Work, tag_id: int, fields: dict[str, Any], *, expected: Container[str] | None = None
) -> TagCount:
    """Call a tag something else, on every entry at once. Raises NotFound, Stale, Invalid, Conflict."""
    require(work.actor, may_edit(work.actor))
    name = _checked(fields)
    same = work.session.scalar(select(Tag).where(Tag.id == tag_id, Tag.name == name))
    if same is not None:  # its entries stay as they are, their versions too
        check_unchanged(same.tag, expected)
        return _counted(work, same)
    (tag,) = _locked(work, tag_id)
    check_unchanged(tag.tag, expected)
    _check_name_is_free(work, name, tag)
    record(work, "tag.rename", tag.id, {"name": (tag.name, name)})
    tag.name, tag.name_key, tag.updated_at = name, fold(name), work.now
    work.session.flush()
    return _counted(work, tag)


def merge_tag(work: Work, tag_id: int, into: int, *, expected: Container[str] | None = None) -> TagCount:
    """Give every entry of a tag the tag ``into`` instead, and delete it. Raises NotFound, Stale, Invalid."""
    require(work.actor, may_edit(work.actor))
    if into == tag_id:
        raise Invalid([FieldError("/into", "Must be another tag.", "invalid_choice")])
    tag, target = _locked(work, tag_id, into)
    check_unchanged(tag.tag, expected)
    has_both = select(EditionTag.edition_id).where(EditionTag.tag_id == into)
    own = EditionTag.tag_id == tag_id
    record(work, "tag.merge", tag_id, {"name": (tag.name, target.name)})
    run = work.session.execute
    run(delete(EditionTag).where(own, EditionTag.edition_id.in_(has_both)), execution_options=_UNSYNCHRONISED)
    run(update(EditionTag).where(own).values(tag_id=into), execution_options=_UNSYNCHRONISED)
    work.session.delete(tag)
    work.session.flush()
    return _counted(work, target)


def delete_tag(work: Work, tag_id: int, *, expected: Container[str] | None = None) -> None:
    """Take a tag from every entry and delete it. Raises NotFound, Stale."""
    require(work.actor, may_edit(work.actor))
    (tag,) = _locked(work, tag_id)
    check_unchanged(tag.tag, expected)
    record(work, "tag.delete", tag_id, {"name": (tag.name, None)})
    work.session.delete(tag)
    work.session.flush()


# --- the parts ------------------------------------------------------------------------------

_UNSYNCHRONISED = {"synchronize_session": False}


def _checked(fields: dict[str, Any]) -> str:
    if errors := tag_name_errors(fields.get("name")):
        raise Invalid(errors)
    name: str = fields["name"].strip()
    return name


def _locked(work: Work, tag_id: int, *others: int) -> list[Tag]:
    """Tags as they are once nobody else is changing them, before the first of them is changed.

    Its entries come first: whoever saves an entry locks it and then its tags, so nobody waits in a circle.
    They show their tags' names, so their versions, and with them their entity tags, change too.
    """
    tagged = select(EditionTag.entry_id).where(EditionTag.tag_id == tag_id)
    entries = select(Entry.id).where(Entry.id.in_(tagged)).order_by(Entry.id).with_for_update()
    work.session.execute(entries)
    raised = update(Entry).where(Entry.id.in_(tagged)).values(version=Entry.version + 1)
    work.session.execute(raised, execution_options=_UNSYNCHRONISED)
    wanted = (tag_id, *others)
    statement = select(Tag).where(Tag.id.in_(wanted)).order_by(Tag.id).with_for_update()
    rows = work.session.scalars(statement.execution_options(populate_existing=True))
    found = {tag.id: tag for tag in rows}
    if found.keys() != set(wanted):
        raise NotFound("Tag not found")
    return [found[each] for each in wanted]


def _check_name_is_free(work: Work, name: str, tag: Tag | None = None) -> None:
    taken = work.session.scalar(select(Tag.id).where(Tag.name_key == fold(name)))
    if taken is not None and (tag is None or taken != tag.id):
        raise Conflict(TAG_TAKEN, code="name_taken", errors=[FieldError("/name", TAG_TAKEN, "taken")])


def _is_public(work: Work, readable: ColumnElement[bool]) -> ColumnElement[bool]:
    """Tags that the reader may know of."""
    if may_edit(work.actor):
        return true()
    return (
        select(Edition.id)
        .join(EditionTag, EditionTag.edition_id == Edition.id)
        .where(EditionTag.tag_id == Tag.id, is_shown(work.now, draft=False), readable)
        .correlate(Tag)
        .exists()
    )


def _is_readable(work: Work) -> ColumnElement[bool]:
    """Editions of types that the reader may read."""
    closed = [name for name, content_type in TYPES.items() if not may_read(work, content_type)]
    return Edition.type.not_in(closed) if closed else true()


def _counted(work: Work, tag: Tag, *, draft: bool = True) -> TagCount:
    return TagCount(tag, _counts(work, [tag.id], _is_readable(work), draft=draft).get(tag.id, 0))


def _counts(
    work: Work, tag_ids: Collection[int], readable: ColumnElement[bool], *, draft: bool
) -> dict[int, int]:
    if not tag_ids:
        return {}
    statement = (
        select(EditionTag.tag_id, func.count())
        .join(Edition, Edition.id == EditionTag.edition_id)
        .where(EditionTag.tag_id.in_(tag_ids), is_shown(work.now, draft=draft), readable)
        .group_by(EditionTag.tag_id)
    )
    return {row[0]: row[1] for row in work.session.execute(statement)}
