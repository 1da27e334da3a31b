"""The table of product settings."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from webapp.kernel.db import Base, BoundedText, JsonDocument, Timestamps

KEY_MAX = 64


class AppSetting(Timestamps, Base):
    """One setting that an admin has changed from its default."""

    __tablename__ = "app_settings"

    key: Mapped[str] = mapped_column(BoundedText(KEY_MAX), primary_key=True)
    value: Mapped[Any] = mapped_column(JsonDocument)
