"""Reading product settings."""

from __future__ import annotations

import zlib
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.domain.settings.models import AppSetting
from webapp.domain.settings.registry import BY_KEY, DEFINITIONS


def all_settings(session: Session) -> dict[str, Any]:
    """Every setting by its key, with defaults where nothing is stored."""
    stored = {row.key: row.value for row in session.scalars(select(AppSetting))}
    return {d.key: stored.get(d.key, d.default) for d in DEFINITIONS}


def get_setting(session: Session, key: str) -> Any:
    """The value of one setting."""
    row = session.get(AppSetting, key)
    return BY_KEY[key].default if row is None else row.value


def settings_tag(values: dict[str, Any]) -> str:
    """The entity tag of all settings together, from their CRC-32."""
    text = "\0".join(str(values[definition.key]) for definition in DEFINITIONS)
    return f"settings-{zlib.crc32(text.encode()):08x}"
