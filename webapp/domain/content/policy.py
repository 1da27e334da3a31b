"""Who may do what with content."""

from __future__ import annotations

from webapp.domain.content.models import Item
from webapp.kernel.work import Actor


def may_edit(actor: Actor) -> bool:
    """Editors and admins write content; what is published, everyone may read."""
    return actor.is_editor


def may_see_drafts(actor: Actor) -> bool:
    """Drafts, history and trash are for those who may edit."""
    return may_edit(actor)


def may_shape(actor: Actor) -> bool:
    """Kinds decide what everybody may write, so they are for admins."""
    return actor.is_admin


def may_own_items(actor: Actor) -> bool:
    """Every approved person keeps items of their own."""
    return actor.is_approved


def may_use_item(actor: Actor, item: Item) -> bool:
    """A person's items are theirs alone; admins see and change all."""
    return actor.is_admin or actor.id == item.owner_id
