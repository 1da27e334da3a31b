"""Finding themes, revisions and stylesheets."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.domain.themes import contrast
from webapp.domain.themes.diff import TokenChange, diff
from webapp.domain.themes.document import DEFAULT_DOCUMENT, check_document
from webapp.domain.themes.models import ActiveTheme, Stylesheet, Theme, ThemeRevision
from webapp.domain.themes.policy import may_edit, may_see_history
from webapp.domain.themes.stylesheet import compile_stylesheet
from webapp.kernel.errors import NotFound
from webapp.kernel.paging import Page, PageRequest, SortKey, fetch_page
from webapp.kernel.text import fold, like_pattern
from webapp.kernel.work import Work, require

BY_ID = SortKey(Theme.id, lambda theme: theme.id)
BY_NUMBER = SortKey(ThemeRevision.number, lambda revision: revision.number)


def list_themes(
    session: Session, request: PageRequest, *, q: str | None = None, changed: bool = False
) -> Page[Theme]:
    """Themes in the order they were made; optionally those with ``q`` in their name, or with changes
    that are not published."""
    statement = select(Theme)
    if changed:
        statement = statement.where(Theme.latest_number != Theme.live_number)
    if q and (wanted := fold(q)):
        statement = statement.where(Theme.name_key.like(like_pattern(wanted), escape="\\"))
    return fetch_page(session, statement, request, (BY_ID,))


def get_theme(session: Session, theme_id: int) -> Theme:
    """One theme with its live revision. Raises NotFound."""
    theme = session.get(Theme, theme_id)
    if theme is None:
        raise NotFound("Design system not found")
    return theme


def find_active_theme(session: Session) -> Theme | None:
    return session.scalar(select(Theme).join(ActiveTheme, ActiveTheme.theme_id == Theme.id))


def get_active_theme(session: Session) -> Theme:
    """The active theme. Raises NotFound on an installation that was never set up."""
    theme = find_active_theme(session)
    if theme is None:
        raise NotFound("No active design system found")
    return theme


def active_colors(session: Session) -> dict[str, str]:
    """The colours of the active theme, or of the default one while there is none."""
    theme = find_active_theme(session)
    colors: dict[str, str] = (theme.live.document if theme else DEFAULT_DOCUMENT)["colors"]
    return colors


def list_revisions(work: Work, theme_id: int, request: PageRequest) -> Page[ThemeRevision]:
    """The revisions of a theme, newest first."""
    require(work.actor, may_see_history(work.actor))
    get_theme(work.session, theme_id)
    statement = select(ThemeRevision).where(ThemeRevision.theme_id == theme_id)
    return fetch_page(work.session, statement, request, (BY_NUMBER,), descending=True)


def get_revision(work: Work, theme_id: int, number: int) -> ThemeRevision:
    """One revision of a theme. Raises NotFound."""
    require(work.actor, may_see_history(work.actor))
    get_theme(work.session, theme_id)
    revision = find_revision(work.session, theme_id, number)
    if revision is None:
        raise NotFound("Revision not found")
    return revision


def find_revision(session: Session, theme_id: int, number: int) -> ThemeRevision | None:
    return session.scalar(
        select(ThemeRevision).where(ThemeRevision.theme_id == theme_id, ThemeRevision.number == number)
    )


def diff_revisions(work: Work, theme_id: int, number: int, against: int | None = None) -> list[TokenChange]:
    """What changed by token from revision ``against`` (default: the one before) to ``number``."""
    after = get_revision(work, theme_id, number)
    if against is None and number == 1:
        return []
    before = get_revision(work, theme_id, number - 1 if against is None else against)
    return diff(before.document, after.document)


def preview(work: Work, fields: dict[str, Any]) -> dict[str, Any]:
    """The stylesheet and the contrast report of a theme that is not saved. Raises Invalid."""
    require(work.actor, may_edit(work.actor))
    document = check_document(fields)
    return {"css": compile_stylesheet(document).css, "contrast": contrast.report(document).pairs}


def find_live_stylesheet(session: Session, slug: str | None) -> tuple[Theme, Stylesheet] | None:
    """The theme called ``slug`` (None: the active one) and the sheet that pages are given of it."""
    statement = (
        select(Theme, Stylesheet)
        .join(
            ThemeRevision,
            (ThemeRevision.theme_id == Theme.id) & (ThemeRevision.number == Theme.live_number),
        )
        .join(Stylesheet, Stylesheet.hash == ThemeRevision.stylesheet_hash)
    )
    if slug is None:
        statement = statement.join(ActiveTheme, ActiveTheme.theme_id == Theme.id)
    else:
        statement = statement.where(Theme.slug == slug)
    row = session.execute(statement).first()
    return None if row is None else (row[0], row[1])


def find_stylesheet(session: Session, sheet_hash: str) -> Stylesheet | None:
    return session.get(Stylesheet, sheet_hash)
