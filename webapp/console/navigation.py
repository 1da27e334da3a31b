"""The console's navigation, as far as the person who is signed in may go."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request, url_for

from webapp.access import Access
from webapp.domain.accounts.models import Status
from webapp.domain.accounts.queries import count_by_status
from webapp.kernel.work import Work


@dataclass(frozen=True, slots=True)
class NavItem:
    """One entry; ``count`` is shown beside it when something waits there."""

    label: str
    url: str
    icon: str
    current: bool
    count: int | None = None


ENTRIES = (
    ("Dashboard", "console.dashboard", "dashboard", Access.APPROVED),
    ("Approvals", "console.people.approvals", "approvals", Access.ADMIN),
    ("People", "console.people.people", "people", Access.ADMIN),
    ("Themes", "console.themes.themes", "themes", Access.EDITOR),
    ("Settings", "console.settings.settings", "settings", Access.ADMIN),
)


def is_below(url: str) -> bool:
    """Whether the present page belongs to the entry at ``url``; the dashboard has no pages below it."""
    return url != url_for("console.dashboard") and request.path.startswith(url + "/")


def navigation(work: Work) -> list[NavItem]:
    """The entries for ``work``'s actor; the one that holds the present page is ``current``."""
    entries = [
        (label, url_for(endpoint), icon)
        for label, endpoint, icon, level in ENTRIES
        if level.allows(work.actor)
    ]
    longest = max(
        (url for _, url, _ in entries if request.path == url or is_below(url)),
        key=len,
        default=None,
    )
    waiting = count_by_status(work)[Status.PENDING] if work.actor.is_admin else 0
    return [
        NavItem(label, url, icon, url == longest, waiting or None if icon == "approvals" else None)
        for label, url, icon in entries
    ]
