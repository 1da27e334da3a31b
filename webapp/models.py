"""Every model, so that migrations and relationships see them all."""

from webapp.domain.accounts.models import RefreshToken, User, UserSession
from webapp.domain.settings.models import AppSetting
from webapp.domain.themes.models import ActiveTheme, Stylesheet, Theme, ThemeRevision

__all__ = [
    "ActiveTheme",
    "AppSetting",
    "RefreshToken",
    "Stylesheet",
    "Theme",
    "ThemeRevision",
    "User",
    "UserSession",
]
