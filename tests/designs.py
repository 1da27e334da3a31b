"""Designs as tests make them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from webapp.domain.content.commands import update_entry
from webapp.domain.content.content_types import DESIGN
from webapp.domain.gallery.commands import create_design
from webapp.domain.media.colors import points_of
from webapp.domain.media.models import Media, MediaState
from webapp.kernel.db import new_uuid
from webapp.kernel.work import Work

KEY = "designs/2026/11/20261121120000_0123456789abcdef.jpg"


def design(title: str = "Red saree", **fields: Any) -> dict[str, Any]:
    """A design as clients send it."""
    return {"title": title, "r2_object_key": KEY, "category": "Sarees", **fields}


def add_design(work: Work, title: str = "Red saree", *, status: str = "published", **fields: Any) -> int:
    """Make a design; its id."""
    return create_design(work, design(title, **fields), status=status).entry.entry_id


def add_image(work: Work, *colors: str, owner_id: UUID | None = None, **fields: Any) -> str:
    """An image of these colours that is ready; its key. There is no file behind it."""
    media_id = new_uuid()
    media = Media(
        id=media_id,
        object_key=f"designs/2026/11/20261121120000_{media_id.hex}.jpg",
        owner_id=owner_id,
        category="designs",
        state=MediaState.READY,
        source_type="image/jpeg",
        size=1000,
        width=60,
        height=40,
        colors=list(colors),
        color_points=points_of(list(colors)),
        created_at=work.now,
        updated_at=work.now,
    )
    for name, value in fields.items():
        setattr(media, name, value)
    work.session.add(media)
    work.session.flush()
    return media.object_key


def draft_beside(work: Work, design_id: int, **changes: Any) -> None:
    """Save a state that readers do not see yet."""
    update_entry(work, DESIGN, design_id, changes, draft=True)
