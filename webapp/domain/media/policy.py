"""Who may do what with images."""

from __future__ import annotations

from webapp.domain.media.models import Media
from webapp.kernel.work import Actor

OF_EVERYBODY = ("avatars", "cards", "templates")
"""Categories in which every approved person may put images; the rest is for editors."""


def may_upload(actor: Actor, category: str) -> bool:
    """Whether a person may add an image to ``category``."""
    return actor.is_editor or (actor.is_approved and category in OF_EVERYBODY)


def may_browse(actor: Actor) -> bool:
    """Every approved person sees their own images, editors see all."""
    return actor.is_approved


def may_change(actor: Actor, media: Media) -> bool:
    """An image is changed and deleted by its owner and by editors."""
    return actor.is_editor or (actor.is_approved and actor.id is not None and actor.id == media.owner_id)


def has_quota(actor: Actor) -> bool:
    """Editors keep the catalogue, which is as large as it is."""
    return not actor.is_editor
