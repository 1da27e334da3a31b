"""Keys of images in storage; only the server makes them, and nothing that people send is in them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

CATEGORIES = ("designs", "avatars", "festivals", "templates", "cards", "content")
"""What images are for: the first segment of their keys."""
AVATARS = "avatars"
PERSONAL = (AVATARS, "cards")
"""Categories whose images go with the person."""
INCOMING = "incoming"
"""Where files arrive that are sent straight to storage; nobody can read them there."""
ENDINGS = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "image/avif": "avif",
    "image/gif": "gif",
}
"""The types that are taken. Of a GIF the first frame is kept, as PNG."""


def object_key(category: str, ending: str, media_id: UUID, now: datetime) -> str:
    """``{category}/{year}/{month}/{timestamp}_{uuid}.{ending}``, as GALLERY has it."""
    return f"{category}/{now:%Y/%m/%Y%m%d%H%M%S}_{media_id.hex}.{ending}"


def incoming_key(media_id: UUID, source_type: str) -> str:
    """Where the file of a pending image arrives."""
    return f"{INCOMING}/{media_id.hex}.{ENDINGS[source_type]}"


def kept_ending(source_type: str) -> str:
    """The ending under which a file of this type is kept."""
    ending = ENDINGS[source_type]
    return "png" if ending == "gif" else ending
