"""Product settings, one field each."""

from __future__ import annotations

from webapp.api.fields import Choice, Flag, Schema, Text
from webapp.domain.settings.registry import BY_KEY, SITE_NAME_MAX


class SettingsSchema(Schema):
    """What an admin changes while the system runs."""

    site_name = Text(SITE_NAME_MAX, minimum=1)
    registration_policy = Choice(tuple(BY_KEY["registration_policy"].choices or ()))
    require_verification = Flag()
    gallery_visibility = Choice(tuple(BY_KEY["gallery_visibility"].choices or ()))
