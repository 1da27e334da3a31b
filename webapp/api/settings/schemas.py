"""Product settings, one field each."""

from __future__ import annotations

from webapp.api.fields import Choice, Flag, Schema, Text
from webapp.domain.settings.registry import BY_KEY, SITE_NAME_MAX


def _choice(key: str) -> Choice:
    return Choice(tuple(BY_KEY[key].choices or ()))


class SettingsSchema(Schema):
    """What an admin changes while the system runs."""

    site_name = Text(SITE_NAME_MAX, minimum=1)
    registration_policy = _choice("registration_policy")
    require_verification = Flag()
    require_second_factor = _choice("require_second_factor")
    gallery_visibility = _choice("gallery_visibility")
    backups_every = _choice("backups_every")
    backups_kept = _choice("backups_kept")
    moderation = _choice("moderation")
    share_expiry = _choice("share_expiry")
