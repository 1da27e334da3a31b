"""What is done with themes: create, change, publish, activate, restore, duplicate, delete."""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import Any

from sqlalchemy import select, update

from webapp.domain.audit.events import differences, named, record
from webapp.domain.themes.document import DEFAULT_DOCUMENT, check_document, merge
from webapp.domain.themes.encodings import precompress
from webapp.domain.themes.models import (
    MESSAGE_MAX,
    NAME_MAX,
    SLUG_MAX,
    ActiveTheme,
    Stylesheet,
    Theme,
    ThemeRevision,
)
from webapp.domain.themes.policy import may_edit
from webapp.domain.themes.queries import find_active_theme, get_active_theme, get_revision, get_theme
from webapp.domain.themes.stylesheet import compile_stylesheet
from webapp.kernel.db import is_storable
from webapp.kernel.errors import Conflict, FieldError, Invalid, Malformed, NotFound, refuse
from webapp.kernel.slugs import free_slug, slug_errors
from webapp.kernel.text import KEY_MAX, fold
from webapp.kernel.work import Work, check_unchanged, require

DEFAULT_NAME = "Rangoli"
RESERVED_SLUGS = frozenset({"active"})
NAME_TAKEN = "Design system with this name already exists"


def create_theme(work: Work, fields: Mapping[str, Any], *, message: str | None = None) -> Theme:
    """Create a theme from its name and sections; its first revision is live at once.

    Raises Invalid with every wrong field, Malformed (400, as THEMES has it) for a name that is taken.
    """
    require(work.actor, may_edit(work.actor))
    name, document = _checked(fields)
    _take_turn(work)
    theme = _insert_theme(work, name)
    _add_revision(work, theme, name, document, message=message)
    record(work, "theme.create", theme.id, {"name": (None, name)})
    return theme


def ensure_default_theme(work: Work) -> Theme:
    """The active theme; on a fresh installation THEMES' default, created and made active."""
    theme = find_active_theme(work.session)
    if theme is None:
        theme = create_theme(work, {"name": DEFAULT_NAME, **DEFAULT_DOCUMENT})
        work.session.add(ActiveTheme(theme_id=theme.id))
        work.session.flush()
        work.session.refresh(theme)
    return theme


def update_theme(
    work: Work,
    theme_id: int,
    changes: Mapping[str, Any],
    *,
    expected: Container[str] | None = None,
    publish: bool = True,
    message: str | None = None,
) -> Theme:
    """Save the fields that are sent as a new revision; with ``publish`` it is live at once.

    The rest is taken from the live revision when publishing and from the latest one otherwise. Saving what is
    there already makes no revision. Raises Stale, Invalid, or Conflict for a name that is taken.
    """
    require(work.actor, may_edit(work.actor))
    theme = _locked(work, theme_id)
    check_unchanged(theme.tag, expected)
    base = theme.live if publish else theme.latest
    name, document = _checked({"name": theme.name, **changes, **merge(base.document, changes)})
    if _name_is_taken(work, name, theme):
        raise Conflict(NAME_TAKEN, code="name_taken", errors=[FieldError("/name", NAME_TAKEN, "taken")])
    if (name, document) != (theme.name, theme.latest.document):
        renamed = {} if name == theme.name else {"name": (theme.name, name)}
        record(
            work, "theme.update", theme.id, {**renamed, **named(differences(theme.latest.document, document))}
        )
        theme.latest_number += 1
        _add_revision(work, theme, name, document, message=message)
    if publish:
        _make_live(work, theme, theme.latest_number)
    return theme


def update_color_scheme(
    work: Work, colors: Mapping[str, Any], *, expected: Container[str] | None = None
) -> Theme:
    """Change colours of the active theme, live at once."""
    require(work.actor, may_edit(work.actor))
    theme_id = get_active_theme(work.session).id
    return update_theme(work, theme_id, {"colors": dict(colors)}, expected=expected)


def publish_theme(
    work: Work, theme_id: int, *, number: int | None = None, expected: Container[str] | None = None
) -> Theme:
    """Give pages revision ``number`` (default: the latest) of a theme from now on."""
    require(work.actor, may_edit(work.actor))
    theme = _locked(work, theme_id)
    check_unchanged(theme.tag, expected)
    number = theme.latest_number if number is None else number
    get_revision(work, theme_id, number)
    _make_live(work, theme, number)
    return theme


def activate_theme(work: Work, theme_id: int, *, expected: Container[str] | None = None) -> Theme:
    """Make a theme the active one; the pointer is a single row, so there is never a second."""
    require(work.actor, may_edit(work.actor))
    theme = _locked(work, theme_id)
    check_unchanged(theme.tag, expected)
    record(work, "theme.activate", theme_id)
    moved = update(ActiveTheme).values(theme_id=theme_id, changes=ActiveTheme.changes + 1)
    if work.session.scalar(moved.returning(ActiveTheme.id)) is None:  # tables without the set-up
        work.session.add(ActiveTheme(theme_id=theme_id))
        work.session.flush()
    work.session.refresh(theme, ["is_active"])
    return theme


def delete_theme(work: Work, theme_id: int, *, expected: Container[str] | None = None) -> None:
    """Delete a theme with its revisions. Raises Malformed (400, as THEMES has it) for the active one."""
    require(work.actor, may_edit(work.actor))
    theme = _locked(work, theme_id)
    check_unchanged(theme.tag, expected)
    if theme.is_active:
        raise Malformed(
            "Cannot delete design system (it might be active or not found)", code="theme_is_active"
        )
    record(work, "theme.delete", theme_id, {"name": (theme.name, None)})
    work.session.delete(theme)
    work.session.flush()
    _note_change(work)


def restore_revision(
    work: Work,
    theme_id: int,
    number: int,
    *,
    expected: Container[str] | None = None,
    publish: bool = True,
) -> Theme:
    """Make a new revision with the document of an older one."""
    require(work.actor, may_edit(work.actor))
    theme = _locked(work, theme_id)
    check_unchanged(theme.tag, expected)
    older = get_revision(work, theme_id, number)
    record(work, "theme.restore", theme_id, {"revision": (theme.latest_number, number)})
    theme.latest_number += 1
    _add_revision(work, theme, theme.name, older.document, restored_from=number)
    if publish:
        _make_live(work, theme, theme.latest_number)
    return theme


def duplicate_theme(work: Work, theme_id: int, name: str) -> Theme:
    """A new theme with the latest document of an existing one."""
    require(work.actor, may_edit(work.actor))
    source = get_theme(work.session, theme_id)
    return create_theme(work, {"name": name, **source.latest.document}, message=f"Duplicate of {source.name}")


def take_over_theme(
    work: Work, slug: str, live: Mapping[str, Any], draft: Mapping[str, Any] | None = None
) -> Theme:
    """Make the theme with this slug, or give it new revisions: the live one, and a draft if there is one.

    Each has ``name``, ``document`` and ``message``. Raises Invalid, Conflict for a name that another has.
    """
    require(work.actor, may_edit(work.actor))
    refuse(slug_errors(slug, SLUG_MAX, RESERVED_SLUGS))
    _take_turn(work)
    theme = work.session.scalar(select(Theme).where(Theme.slug == slug))
    for state in (live,) if draft is None else (live, draft):
        name, document = _checked({"name": state["name"], **state["document"]})
        if _name_is_taken(work, name, theme):
            raise Conflict(NAME_TAKEN, code="name_taken", errors=[FieldError("/name", NAME_TAKEN, "taken")])
        if theme is None:
            theme = _insert_theme(work, name)
            theme.slug = slug
        else:
            theme.latest_number += 1
        _add_revision(work, theme, name, document, message=state["message"])
        if state is live:
            _make_live(work, theme, theme.latest_number)
    assert theme is not None
    record(work, "theme.take_over", theme.id)
    return theme


# --- the parts ------------------------------------------------------------------------------


def _checked(fields: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """The trimmed name and the checked document, or Invalid with every wrong field of both."""
    sections = {key: value for key, value in fields.items() if key != "name"}
    errors = name_errors(fields.get("name"))
    try:
        document = check_document(sections)
    except Invalid as invalid:
        raise Invalid([*errors, *invalid.errors]) from None
    if errors:
        raise Invalid(errors)
    return fields["name"].strip(), document


def name_errors(name: object) -> list[FieldError]:
    """What is wrong with a theme's name."""
    if name is None:
        return [FieldError("/name", "This field is required.", "required")]
    if not isinstance(name, str):
        return [FieldError("/name", "Must be text.", "invalid_type")]
    if not name.strip():
        return [FieldError("/name", "This field is required.", "required")]
    if len(name.strip()) > NAME_MAX:
        return [FieldError("/name", f"Must have at most {NAME_MAX} characters.", "too_long")]
    if not is_storable(name) or not name.strip().isprintable():
        return [FieldError("/name", "Must be a single line of text.", "invalid_characters")]
    if len(fold(name)) > KEY_MAX:  # some signs stand for eighteen others
        return [FieldError("/name", "Is too long when it is spelled out.", "too_long")]
    return []


def _name_is_taken(work: Work, name: str, theme: Theme | None = None) -> bool:
    taken = work.session.scalar(select(Theme.id).where(Theme.name_key == fold(name)))
    return taken is not None and (theme is None or taken != theme.id)


def _insert_theme(work: Work, name: str) -> Theme:
    if _name_is_taken(work, name):
        raise Malformed(NAME_TAKEN, code="name_taken", errors=[FieldError("/name", NAME_TAKEN, "taken")])
    theme = Theme(
        name=name,
        name_key=fold(name),
        slug=_free_slug(work, name),
        latest_number=1,
        live_number=1,
        created_at=work.now,
        updated_at=work.now,
    )
    work.session.add(theme)
    work.session.flush()
    return theme


def _free_slug(work: Work, name: str) -> str:
    return free_slug(
        work.session, Theme.slug, name, fallback="theme", stem_max=SLUG_MAX - 6, reserved=RESERVED_SLUGS
    )


def _take_turn(work: Work) -> None:
    """Wait until nobody else is changing themes: writers go one at a time, as they do on SQLite.

    A lock on each theme alone is not enough. PostgreSQL also locks the active theme when its pointer is
    updated twice in one transaction (it checks the foreign key again), so writers waited in a circle.
    """
    work.session.execute(select(ActiveTheme.id).with_for_update())


def _locked(work: Work, theme_id: int) -> Theme:
    """A theme as it is once nobody else is changing themes."""
    _take_turn(work)
    theme = work.session.get(Theme, theme_id, populate_existing=True)
    if theme is None:
        raise NotFound("Design system not found")
    return theme


def _add_revision(
    work: Work,
    theme: Theme,
    name: str,
    document: dict[str, Any],
    *,
    message: str | None = None,
    restored_from: int | None = None,
) -> None:
    theme.name, theme.name_key = name, fold(name)
    theme.updated_at = work.now
    work.session.add(
        ThemeRevision(
            theme_id=theme.id,
            number=theme.latest_number,
            name=name,
            document=document,
            stylesheet_hash=_store_stylesheet(work, document),
            message=(message or "").strip()[:MESSAGE_MAX] or None,
            restored_from=restored_from,
            author_id=work.actor.id,
            created_at=work.now,
        )
    )
    work.session.flush()
    work.session.refresh(theme)
    _note_change(work)


def _store_stylesheet(work: Work, document: dict[str, Any]) -> str:
    sheet = compile_stylesheet(document)
    if work.session.get(Stylesheet, sheet.hash) is None:
        row = Stylesheet(
            hash=sheet.hash,
            css=sheet.css,
            integrity=sheet.integrity,
            created_at=work.now,
            **precompress(sheet.css.encode()),
        )
        work.session.add(row)
        work.session.flush()
    return sheet.hash


def _make_live(work: Work, theme: Theme, number: int) -> None:
    if theme.live_number == number:
        return
    record(work, "theme.publish", theme.id, {"revision": (theme.live_number, number)})
    theme.live_number = number
    theme.updated_at = work.now
    work.session.flush()
    work.session.refresh(theme)
    _note_change(work)


def _note_change(work: Work) -> None:
    """Tell every process that a theme is different; a draft counts, since it changes the entity tag."""
    work.session.execute(update(ActiveTheme).values(changes=ActiveTheme.changes + 1))
