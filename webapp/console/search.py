"""One search over the console's pages and records: a page of its own, and what the palette shows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass

from flask import jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp.access import approved_only
from webapp.console.addresses import requested_search
from webapp.console.navigation import places
from webapp.console.routes import blueprint
from webapp.domain.accounts.queries import list_users
from webapp.domain.cards.festivals import list_festivals
from webapp.domain.cards.template_queries import list_templates
from webapp.domain.content.content_types import TYPES
from webapp.domain.content.items import list_items
from webapp.domain.content.queries import Filters, list_entries
from webapp.domain.themes.queries import list_themes
from webapp.kernel.paging import PageRequest
from webapp.kernel.text import fold
from webapp.kernel.work import Actor, Work
from webapp.web import current_work

FOUND = PageRequest(limit=6, counted=False)
"""How many records of each kind are shown; their own lists show the rest."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A page or record; ``kind`` says what it is."""

    label: str
    url: str
    kind: str
    icon: str


@blueprint.route("/search")
@approved_only
def search() -> ResponseReturnValue:
    """Pages and records that hold ``?q=``; JSON for scripts that ask for it."""
    work, q = current_work(), requested_search()
    hits = [*pages(work.actor, q or ""), *(records(work, q) if q else ())]
    if request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json":
        return jsonify([asdict(hit) for hit in hits])
    return render_template("console/search.html", hits=hits, q=q)


def pages(actor: Actor, q: str) -> Iterator[Hit]:
    """Where ``actor`` may go and what they may make, as far as ``q`` is in its name."""
    wanted = fold(q)
    for place in places(actor):
        if wanted in fold(place.label):
            yield Hit(place.label, place.url, "Page", place.icon)
    for label, url in makers() if actor.is_editor and wanted else ():
        if wanted in fold(label):
            yield Hit(label, url, "Action", "plus")


def makers() -> Iterator[tuple[str, str]]:
    """What editors may make."""
    for content_type in TYPES.values():
        label = f"New {content_type.label.lower()}"
        yield label, url_for("console.content.new", content_type=content_type)
    yield "New theme", url_for("console.themes.new")
    yield "New template", url_for("console.templates.new")
    yield "New festival", url_for("console.festivals.new")


def records(work: Work, q: str) -> Iterator[Hit]:
    """Entries, themes and templates for editors, items and people for admins."""
    if not work.actor.is_editor:
        return
    for content_type in TYPES.values():
        asked = Filters(draft=True, q=q, sort="-updated_at")
        for view in list_entries(work, content_type, FOUND, asked).data:
            url = url_for("console.content.editor", content_type=content_type, key=view.key)
            yield Hit(view.headline, url, content_type.label, "content")
    for theme in list_themes(work.session, FOUND, q=q).data:
        yield Hit(theme.name, url_for("console.themes.editor", theme_id=theme.id), "Theme", "themes")
    for template in list_templates(work, FOUND, q=q, everything=True).data:
        url = url_for("console.templates.editor", template_id=template.id)
        yield Hit(template.name, url, "Template", "templates")
    for festival in list_festivals(work, FOUND, q=q).data:
        url = url_for("console.festivals.festival", festival_id=festival.id)
        yield Hit(festival.name, url, "Festival", "festivals")
    if work.actor.is_admin:
        for item in list_items(work, FOUND, q=q).data:
            yield Hit(item.title, url_for("console.content.item", item_id=item.id), "Item", "content")
        for user in list_users(work, FOUND, q=q).data:
            url = url_for("console.people.person", user_id=user.id)
            yield Hit(user.display_name, url, "Person", "person")
