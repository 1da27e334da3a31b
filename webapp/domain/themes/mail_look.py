"""Mails in the colours of the active theme."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from webapp.domain.mail.look import provides_look
from webapp.domain.themes.color import hex_of, mix
from webapp.domain.themes.document import DEFAULT_DOCUMENT
from webapp.domain.themes.queries import find_active_theme
from webapp.domain.themes.scheme import Scheme, resolve
from webapp.ports import MailLook

SYSTEM_FONTS = "'Noto Sans', 'Noto Sans Devanagari', 'Nirmala UI', sans-serif"
"""Behind the theme's own fonts, which few mail programs load."""
LINE_SHARE = 0.14
"""How much of the text's colour a line has that only separates."""


@provides_look
def look_of_active_theme(session: Session) -> MailLook:
    """The look of the live revision of the active theme, or of the default one while there is none."""
    theme = find_active_theme(session)
    return look_of_document(theme.live.document if theme else DEFAULT_DOCUMENT)


def look_of_document(document: dict[str, Any]) -> MailLook:
    """The look of a checked theme document."""
    schemes = resolve(document)
    return MailLook(
        light=_colors(schemes["light"]),
        dark=_colors(schemes["dark"]),
        radius=document["border_radius"]["medium"],
        font_family=f"{document['typography']['font_family']}, {SYSTEM_FONTS}",
    )


def _colors(scheme: Scheme) -> dict[str, str]:
    solid, derived = scheme.solid, scheme.derived
    return (
        {name: hex_of(solid[name]) for name in ("background", "text", "primary")}
        | {name: hex_of(derived[name]) for name in ("surface", "text-muted", "on-primary", "primary-text")}
        | {"line": hex_of(mix(solid["background"], solid["text"], LINE_SHARE))}
    )
