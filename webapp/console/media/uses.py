"""What an image is in, with the pages that change it."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for

from webapp.domain.content.content_types import TYPES
from webapp.domain.media.uses import Use


@dataclass(frozen=True, slots=True)
class ShownUse:
    """A use in words; ``url`` is None where the console has no page for it."""

    kind: str
    label: str
    url: str | None


def shown_use(use: Use) -> ShownUse:
    url = None
    if use.kind in TYPES:
        url = url_for("console.content.editor", content_type=TYPES[use.kind], key=use.id)
    elif use.kind == "user":
        url = url_for("console.people.person", user_id=use.id)
    elif use.kind == "festival":
        url = url_for("console.festivals.festival", festival_id=use.id)
    elif use.kind == "template":
        url = url_for("console.templates.editor", template_id=use.id)
    kind = TYPES[use.kind].label if use.kind in TYPES else use.kind.capitalize()
    return ShownUse(kind, use.label, url)
