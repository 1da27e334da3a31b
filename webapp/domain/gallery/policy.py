"""Who may do what in the gallery, beyond what goes for all content."""

from __future__ import annotations

from webapp.kernel.work import Actor


def may_keep_favorites(actor: Actor) -> bool:
    """Every approved person has favourites."""
    return actor.is_approved and actor.id is not None
