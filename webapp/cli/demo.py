"""``flask demo``: something to look at in a new installation."""

from __future__ import annotations

import secrets
from typing import Any

import click
from flask import current_app
from flask.cli import with_appcontext

from webapp.cli.demo_cards import add_cards
from webapp.cli.demo_gallery import add_gallery
from webapp.cli.work import committing
from webapp.domain.accounts import commands as accounts
from webapp.domain.accounts.queries import find_by_identifier
from webapp.domain.content.commands import create_entry
from webapp.domain.content.content_types import DATA, EXPERIENCE, PROJECT
from webapp.domain.themes.commands import create_theme
from webapp.domain.themes.presets import PRESETS
from webapp.domain.themes.queries import list_themes
from webapp.kernel.paging import PageRequest
from webapp.kernel.work import ANONYMOUS, Work

PEOPLE = (
    ("demo-florist", "florist@example.org", "A florist (demo)"),
    ("demo-photographer", "photographer@example.org", "A photographer (demo)"),
    ("demo-choir", "choir@example.org", "A choir (demo)"),
)

DATA_ITEMS: tuple[dict[str, Any], ...] = (
    {
        "title": "Opening hours",
        "description": "Shown in the footer of every page.",
        "content": {"weekdays": "9–18", "saturday": "10–14", "closed": ["sunday"]},
        "tags": ["footer"],
    },
    {
        "title": "Festival of lights",
        "description": "The banner on the front page in the week of Diwali.",
        "content": {"headline": "दीपावली की शुभकामनाएँ", "button": {"label": "Send a card", "href": "/cards"}},
        "tags": ["banner", "festival"],
    },
    {
        "title": "Frequently asked questions",
        "content": {"questions": [{"q": "Do you deliver?", "a": "Within the city, the same day."}]},
        "tags": ["help"],
    },
)
DRAFT: dict[str, Any] = {
    "title": "Spring collection",
    "description": "A draft: only editors see it until it is published.",
    "content": {"headline": "Spring is near"},
    "tags": ["banner"],
}
PROJECTS: tuple[dict[str, Any], ...] = (
    {
        "id": "garland",
        "title": "Garland",
        "description": "A small shop whose look follows its theme.",
        "image": "https://example.org/garland.png",
        "technologies": ["Python", "Flask"],
        "link": "https://example.org/garland",
        "achievements": ["Open since the first day"],
    },
)
EXPERIENCES: tuple[dict[str, Any], ...] = (
    {
        "id": "flower-shop",
        "role": "Shopkeeper",
        "company": "A flower shop",
        "period": "2024 – today",
        "description": "Flowers for every festival of the year.",
        "achievements": ["Garlands by subscription"],
        "projects": ["garland"],
        "color": "#8b5cf6",
    },
)


@click.command("demo")
@with_appcontext
def command() -> None:
    """Add themes, content, festivals and templates worth looking at, and people who wait for approval."""
    click.echo(
        "The demo content is there." if load_demo() else "There is content already; nothing was added."
    )


def load_demo() -> bool:
    """Add the demo content to an installation that has none of its own; answers whether it did."""
    with committing() as work:
        if list_themes(work.session, PageRequest()).total > 1:
            return False
        if find_by_identifier(work.session, PEOPLE[0][0]):
            return False
        for preset in PRESETS:
            create_theme(work, {"name": preset.name, **preset.document}, message="Demo content")
        add_content(work)
        add_cards(work)
        add_gallery(work, current_app.ports)  # type: ignore[attr-defined]
        add_people(work)
    return True


def add_content(work: Work) -> None:
    """A few entries of each type, and a draft."""
    for content_type, entries in ((DATA, DATA_ITEMS), (PROJECT, PROJECTS), (EXPERIENCE, EXPERIENCES)):
        for fields in entries:
            create_entry(work, content_type, fields, message="Demo content")
    create_entry(work, DATA, DRAFT, draft=True, message="Demo content")


def add_people(work: Work) -> None:
    """People who wait for approval, with passwords that nobody knows."""
    visitor = Work(work.session, ANONYMOUS, work.now)
    for username, email, full_name in PEOPLE:
        accounts.register(
            visitor,
            username=username,
            email=email,
            full_name=full_name,
            password=secrets.token_urlsafe(24),
            can_verify=False,
        )
