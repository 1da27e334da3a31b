"""Sample data for ``/console/styleguide``, which shows every part of the console to its developers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from wtforms import (
    BooleanField,
    EmailField,
    FileField,
    IntegerField,
    PasswordField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional

from webapp.console.forms import Form
from webapp.domain.themes.document import DEFAULT_DOCUMENT
from webapp.kernel.paging import Page, PageRequest

NOW = datetime(2026, 3, 12, 14, 5, tzinfo=UTC)


class SampleForm(Form):
    """One field of each kind."""

    name = StringField("Name", [InputRequired("Give it a name.")])
    about = TextAreaField("Description")
    kind = SelectField(
        "Kind", choices=[SelectChoice("greeting", "Greeting"), SelectChoice("invitation", "Invitation")]
    )
    amount = IntegerField("Limit", [Optional()])
    file = FileField("Picture")
    policy = RadioField(
        "Registration",
        choices=[
            SelectChoice("approval", "With approval"),
            SelectChoice("open", "Open"),
            SelectChoice("closed", "Closed"),
        ],
        default="approval",
    )
    agree = BooleanField("Send a summary")
    email = EmailField("E-mail", [InputRequired("Write an e-mail address.")])
    password = PasswordField("Password", [Length(min=8, message="Use at least 8 characters.")])
    color = StringField("Primary colour", default=DEFAULT_DOCUMENT["colors"]["primary"])


@dataclass(frozen=True, slots=True)
class SamplePerson:
    """A row of the sample list."""

    id: int
    full_name: str | None
    email: str
    status: str
    role: str
    cards: int

    @property
    def username(self) -> None:
        return None

    @property
    def created_at(self) -> datetime:
        return NOW - timedelta(days=40 * self.id)


PEOPLE = (
    SamplePerson(0, "Sample admin", "admin@example.org", "approved", "admin", 1204),
    SamplePerson(1, "Sample member", "member@example.org", "pending", "member", 0),
    SamplePerson(2, None, f"{'long' * 12}@{'very-' * 6}long.example.org", "unverified", "member", 3),
    SamplePerson(3, "नमूना संपादक", "editor@example.org", "suspended", "editor", 88),
    SamplePerson(4, "عضو تجريبي", "rejected@example.org", "rejected", "member", 12),
)

REVISIONS = (
    {"number": 7, "at": NOW, "author": "Sample admin", "message": "Warmer accent", "current": True},
    {"number": 6, "at": NOW - timedelta(days=3), "author": "Sample editor", "message": "Larger headings"},
    {"number": 5, "at": NOW - timedelta(days=30), "author": None, "message": None},
)

CHANGES = (
    {"token": "colors.accent", "before": "#F97316", "after": "#DC5B0A", "is_color": True},
    {"token": "typography.scale_ratio", "before": "1.2", "after": "1.25"},
    {"token": "colors.info", "before": None, "after": "#0EA5E9", "is_color": True, "mode": "dark"},
    {"token": "border_radius.large", "before": "16px", "after": None},
)


def sample_context(static_folder: Path) -> dict[str, Any]:
    """What ``console/styleguide.html`` shows; the icons are those of the sprite in ``static_folder``."""
    sprite = (static_folder / "console" / "icons.svg").read_text()
    return {
        "form": SampleForm(),
        "page": Page(PEOPLE, total=212, request=PageRequest(limit=20, skip=40)),
        "colors": DEFAULT_DOCUMENT["colors"],
        "revisions": [
            {**revision, "url": "#", "diff_url": "#", "restore_url": "#"} for revision in REVISIONS
        ],
        "changes": CHANGES,
        "now": NOW,
        "icon_names": re.findall(r'<symbol id="([^"]+)"', sprite),
        "breadcrumbs": [{"label": "Developers", "url": "#"}],
    }
