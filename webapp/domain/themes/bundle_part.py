"""Themes in a bundle, by slug: what is live and what was saved last, and which theme is active."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select

from webapp.domain.bundles.records import Item
from webapp.domain.bundles.registry import Part, add_part
from webapp.domain.themes.commands import activate_theme, take_over_theme
from webapp.domain.themes.models import SLUG_MAX, Theme, ThemeRevision
from webapp.domain.themes.queries import find_active_theme
from webapp.kernel.errors import NotFound
from webapp.kernel.slugs import is_slug
from webapp.kernel.work import Work

ACTIVE = "active"


def _state(revision: ThemeRevision) -> dict[str, Any]:
    return {"name": revision.name, "document": revision.document, "message": revision.message}


def _item(theme: Theme) -> Item:
    draft = _state(theme.latest) if theme.is_changed else None
    return Item(theme.slug, {"live": _state(theme.live), "draft": draft}, theme.updated_at)


def dump(work: Work) -> Iterator[Item]:
    return (_item(theme) for theme in work.session.scalars(select(Theme).order_by(Theme.slug)).all())


def find(work: Work, key: str) -> Item | None:
    theme = _theme(work, key)
    return None if theme is None else _item(theme)


def save(work: Work, item: Item) -> None:
    take_over_theme(work, item.key, item.record["live"], item.record["draft"])


def _theme(work: Work, slug: str) -> Theme | None:
    if not is_slug(slug, SLUG_MAX):
        return None
    return work.session.scalar(select(Theme).where(Theme.slug == slug))


def dump_active(work: Work) -> Iterator[Item]:
    found = find_active(work, ACTIVE)
    return iter(() if found is None else (found,))


def find_active(work: Work, key: str) -> Item | None:
    theme = find_active_theme(work.session)
    return None if theme is None or key != ACTIVE else Item(ACTIVE, {"slug": theme.slug})


def save_active(work: Work, item: Item) -> None:
    theme = _theme(work, item.record["slug"]) if item.key == ACTIVE else None
    if theme is None:
        raise NotFound("Design system not found")
    activate_theme(work, theme.id)


add_part(20, Part("themes", "Themes", dump, find, save))
add_part(21, Part("active_theme", "Theme in use", dump_active, find_active, save_active))
