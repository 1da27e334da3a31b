"""Who may do what with themes."""

from __future__ import annotations

from webapp.kernel.work import Actor


def may_edit(actor: Actor) -> bool:
    """Editors and admins keep the look; what is live, everyone may read."""
    return actor.is_editor


def may_see_history(actor: Actor) -> bool:
    """Revisions hold drafts, so they are for those who may edit."""
    return may_edit(actor)
