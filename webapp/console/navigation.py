"""The console's navigation, as far as the person who is signed in may go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import request, url_for

from webapp.access import Access
from webapp.domain.accounts.models import Status
from webapp.domain.accounts.queries import count_by_status
from webapp.domain.cards.moderation import count_waiting
from webapp.kernel.work import Actor, Work


@dataclass(frozen=True, slots=True)
class NavItem:
    """One entry; ``count`` is shown beside it when something waits there."""

    label: str
    url: str
    icon: str
    current: bool
    count: int | None = None
    section: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """A page that the navigation leads to, for those whom ``level`` allows. ``section`` is its heading."""

    label: str
    endpoint: str
    icon: str
    level: Access
    section: str | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    """Of the address."""

    @property
    def url(self) -> str:
        return url_for(self.endpoint, **self.values)


CARDS = "Cards"
GALLERY = "Gallery"
CONTENT = "Content"
OPERATION = "Operation"
LIST = "console.content.entries"

ENTRIES = (
    Place("Dashboard", "console.dashboard", "dashboard", Access.APPROVED),
    Place("Approvals", "console.people.approvals", "approvals", Access.ADMIN),
    Place("People", "console.people.people", "people", Access.ADMIN),
    Place("Analytics", "console.analytics.overview", "chart", Access.ADMIN),
    Place("Themes", "console.themes.themes", "themes", Access.EDITOR),
    Place("Templates", "console.templates.list_page", "templates", Access.EDITOR, CARDS),
    Place("Festivals", "console.festivals.list_page", "festivals", Access.EDITOR, CARDS),
    Place("To review", "console.templates.waiting", "shield", Access.EDITOR, CARDS),
    Place("Designs", LIST, "gallery", Access.EDITOR, GALLERY, {"content_type": "designs"}),
    Place("Media", "console.media.library", "image", Access.EDITOR, GALLERY),
    Place("Data", LIST, "database", Access.EDITOR, CONTENT, {"content_type": "data"}),
    Place("Projects", LIST, "projects", Access.EDITOR, CONTENT, {"content_type": "projects"}),
    Place("Experiences", LIST, "star", Access.EDITOR, CONTENT, {"content_type": "experiences"}),
    Place("Items", "console.content.items", "list", Access.ADMIN, CONTENT),
    Place("Kinds", "console.content.kinds", "layers", Access.ADMIN, CONTENT),
    Place("Tags", "console.content.tags", "tag", Access.EDITOR, CONTENT),
    Place("Scheduled", "console.content.scheduled", "calendar", Access.EDITOR, CONTENT),
    Place("Trash", "console.content.trashed", "trash", Access.EDITOR, CONTENT),
    Place("Jobs", "console.jobs.jobs", "activity", Access.ADMIN, OPERATION),
    Place("Backups", "console.backups.backups", "save", Access.ADMIN, OPERATION),
    Place("Bundle", "console.bundles.bundle", "copy", Access.ADMIN, OPERATION),
    Place("Mails", "console.mails.mails", "mail", Access.ADMIN, OPERATION),
    Place("Webhooks", "console.webhooks.webhooks", "send", Access.ADMIN, OPERATION),
    Place("Audit log", "console.audit.events", "history", Access.ADMIN, OPERATION),
    Place("Settings", "console.settings.settings", "settings", Access.ADMIN, OPERATION),
)


def places(actor: Actor) -> list[Place]:
    """Where ``actor`` may go."""
    return [place for place in ENTRIES if place.level.allows(actor)]


def is_below(url: str) -> bool:
    """Whether the present page belongs to the entry at ``url``; the dashboard has no pages below it."""
    return url != url_for("console.dashboard") and request.path.startswith(url + "/")


def navigation(work: Work) -> list[NavItem]:
    """The entries for ``work``'s actor; the one that holds the present page is ``current``."""
    found = [(place, place.url) for place in places(work.actor)]
    longest = max(
        (url for _, url in found if request.path == url or is_below(url)),
        key=len,
        default=None,
    )
    waiting = {
        "approvals": count_by_status(work)[Status.PENDING] if work.actor.is_admin else 0,
        "shield": sum(count_waiting(work)),
    }
    return [
        NavItem(
            place.label,
            url,
            place.icon,
            url == longest,
            waiting.get(place.icon) or None,
            place.section,
        )
        for place, url in found
    ]
