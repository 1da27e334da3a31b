"""An entry as it would be read if its unsaved fields were published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import select

from webapp.domain.content.content_types import ContentType
from webapp.domain.content.kinds import check_kind
from webapp.domain.content.models import Tag
from webapp.domain.content.policy import may_see_drafts
from webapp.domain.content.queries import Key, get_entry
from webapp.domain.content.rows import note_missing_projects
from webapp.domain.content.views import EntryView, TagName
from webapp.kernel.errors import Invalid
from webapp.kernel.text import fold
from webapp.kernel.work import Work, require


def preview_entry(
    work: Work, content_type: ContentType, key: Key | None, changes: Mapping[str, Any]
) -> EntryView:
    """The latest state of an entry with ``changes``, or a new one made of them; nothing is written.

    A tag that would be made has the id 0. Raises NotFound, Invalid with every wrong field.
    """
    require(work.actor, may_see_drafts(work.actor))
    if key is None:
        errors, view = content_type.creation_errors(changes), _new(work, content_type, changes)
    else:
        errors, view = content_type.change_errors(changes), get_entry(work, content_type, key, draft=True)
    if errors:
        raise Invalid(errors)
    view = replace(view, document=content_type.read({**view.document, **changes}))
    check_kind(work, view.document)
    if "tags" in changes:
        view.tags = _tags(work, changes["tags"])
    note_missing_projects(work, [view], draft=True)
    return view


def _new(work: Work, content_type: ContentType, fields: Mapping[str, Any]) -> EntryView:
    return EntryView(
        type=content_type,
        entry_id=0,
        key=fields.get("id", 0),
        revision=1,
        document={},
        created_at=work.now,
        updated_at=work.now,
        published_at=work.now,
        version=1,
    )


def _tags(work: Work, names: Sequence[str]) -> list[TagName]:
    wanted = {fold(name): name for name in reversed(names)}
    found = work.session.scalars(select(Tag).where(Tag.name_key.in_(wanted)))
    known = {tag.name_key: TagName(tag.id, tag.name) for tag in found}
    return [known.get(key) or TagName(0, wanted[key]) for key in dict.fromkeys(map(fold, names))]
