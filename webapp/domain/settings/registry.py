"""Which product settings there are: their names, defaults, choices and what they do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from webapp.kernel.text import is_visible

SITE_NAME_MAX = 60


@dataclass(frozen=True, slots=True)
class SettingDefinition:
    """One product setting. ``choices`` maps each allowed value to what an admin reads.

    The default tells the type: a switch is true or false, all others are text.
    """

    key: str
    label: str
    description: str
    default: Any
    choices: dict[str, str] | None = None
    maximum: int | None = None

    @property
    def is_switch(self) -> bool:
        return isinstance(self.default, bool)


DEFINITIONS = (
    SettingDefinition(
        "site_name",
        "Site name",
        "Shown in the console, on the start page and in mails.",
        "Rangoli",
        maximum=SITE_NAME_MAX,
    ),
    SettingDefinition(
        "registration_policy",
        "Registration",
        "Who may create an account by themselves.",
        "approval",
        choices={
            "approval": "Anyone may ask; an admin approves each person",
            "open": "Anyone may register and sign in at once",
            "closed": "Nobody; admins create accounts",
        },
    ),
    SettingDefinition(
        "require_verification",
        "Verify e-mail addresses",
        "Whoever registers follows a link in a mail first, where mails reach people.",
        False,
    ),
    SettingDefinition(
        "require_second_factor",
        "Second factor",
        "Who must have an authenticator app or a passkey beside the password. Whoever has none is signed out "
        "and sets one up at the next sign-in.",
        "off",
        choices={"off": "Nobody has to", "admins": "Admins", "everyone": "Everyone"},
    ),
    SettingDefinition(
        "backups_every",
        "Backups",
        "How often a backup is made by itself.",
        "daily",
        choices={"daily": "Every day", "weekly": "Every week", "off": "Never"},
    ),
    SettingDefinition(
        "backups_kept",
        "Backups kept",
        "When there are more, the oldest are deleted.",
        "7",
        choices={"3": "3", "7": "7", "14": "14", "30": "30"},
    ),
    SettingDefinition(
        "share_expiry",
        "Links to cards",
        "How long a link to a card holds when its maker does not say.",
        "never",
        choices={
            "never": "Until they are revoked",
            "7_days": "A week",
            "30_days": "A month",
            "365_days": "A year",
        },
    ),
    SettingDefinition(
        "moderation",
        "Public templates and reviews",
        "When those of members are looked at. Editors find them under To review.",
        "after",
        choices={
            "after": "They are shown at once, and looked at afterwards",
            "before": "Nobody else sees them before an editor has looked",
        },
    ),
    SettingDefinition(
        "gallery_visibility",
        "Gallery",
        "Who may look at the designs of the gallery.",
        "approved",
        choices={"approved": "Approved people", "public": "Everyone"},
    ),
)

BY_KEY = {definition.key: definition for definition in DEFINITIONS}


def problem_with(definition: SettingDefinition, value: object) -> tuple[str, str] | None:
    """What is wrong with ``value`` as ``(detail, code)``; None when it is sound."""
    if definition.is_switch:
        return None if isinstance(value, bool) else ("Must be true or false.", "invalid_type")
    if not isinstance(value, str):
        return "Must be text.", "invalid_type"
    if definition.choices is not None and value not in definition.choices:
        return f"Must be one of: {', '.join(definition.choices)}.", "invalid_choice"
    if definition.maximum is not None and not is_visible(value):
        return "This field is required.", "required"
    if definition.maximum is not None and len(value) > definition.maximum:
        return f"Must have at most {definition.maximum} characters.", "too_long"
    return None
