"""Who may do what with content."""

from __future__ import annotations

from webapp.domain.content.content_types import ContentType
from webapp.domain.content.models import Item
from webapp.domain.settings.queries import get_setting
from webapp.kernel.work import Actor, Work, require


def may_edit(actor: Actor) -> bool:
    """Editors and admins write content; what is published, everyone may read."""
    return actor.is_editor


def may_see_drafts(actor: Actor) -> bool:
    """Drafts, history and trash are for those who may edit."""
    return may_edit(actor)


def may_read(work: Work, content_type: ContentType) -> bool:
    """Whether what is published of a type is for the one who asks: perhaps for approved people only."""
    if content_type.visibility is None or work.actor.is_approved:
        return True
    return bool(get_setting(work.session, content_type.visibility) == "public")


def require_reader(work: Work, content_type: ContentType, *, draft: bool) -> None:
    """Raise Unauthenticated or Denied unless the one who asks may read entries, or their drafts."""
    require(work.actor, may_see_drafts(work.actor) if draft else may_read(work, content_type))


def may_shape(actor: Actor) -> bool:
    """Kinds decide what everybody may write, so they are for admins."""
    return actor.is_admin


def may_own_items(actor: Actor) -> bool:
    """Every approved person keeps items of their own."""
    return actor.is_approved


def may_use_item(actor: Actor, item: Item) -> bool:
    """A person's items are theirs alone; admins see and change all."""
    return actor.is_admin or actor.id == item.owner_id
