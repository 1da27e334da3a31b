"""What happens to a form that is saved: a revision, perhaps live, or the page of a conflict."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp.console.conflicts import differences
from webapp.console.forms import submitting
from webapp.console.themes.changes import swatch_of
from webapp.console.themes.editor_page import editor_page
from webapp.console.themes.forms import ThemeForm, saved_fields
from webapp.console.themes.survey import survey
from webapp.console.themes.tokens import NAMED, to_fields
from webapp.domain.themes import commands, queries
from webapp.domain.themes.models import Theme
from webapp.kernel.errors import Stale
from webapp.web import current_work, rollback


def save(theme_id: int, form: ThemeForm) -> ResponseReturnValue:
    """Save a revision and go on as the button said; the editor again where fields are wrong."""
    work = current_work()
    try:
        with submitting(form):
            before = queries.get_theme(work.session, theme_id).latest_number
            theme = commands.update_theme(
                work,
                theme_id,
                form.changes(),
                expected={form.tag.data},
                publish=False,
                message=form.message.data,
            )
            return go_on(theme, is_new=theme.latest_number != before)
    except Stale:
        rollback()
        return settle(theme_id, form)
    return editor_page(queries.get_theme(work.session, theme_id), form), 422


def go_on(theme: Theme, *, is_new: bool) -> ResponseReturnValue:
    """After saving: publish if that was asked for and nothing speaks against it, and back to the editor."""
    if request.form.get("then") == "publish":
        if survey(theme.latest.document).failing:
            return redirect(url_for("console.themes.publish", theme_id=theme.id), 303)
        commands.publish_theme(current_work(), theme.id)
        flash(published_message(theme), "success")
    elif not is_new:
        flash("Nothing to save: no value is different.", "info")
    elif theme.is_changed:
        flash(
            f"Saved as revision {theme.latest_number}. Pages still show revision {theme.live_number}.",
            "success",
        )
    return redirect(url_for("console.themes.editor", theme_id=theme.id), 303)


def published_message(theme: Theme) -> str:
    """What a person is told once a revision is live."""
    if theme.is_active:
        return f"Revision {theme.live_number} is live. Pages that link the theme follow within seconds."
    return f"Revision {theme.live_number} is live at /themes/{theme.slug}.css. The theme is not active yet."


def settle(theme_id: int, form: ThemeForm) -> ResponseReturnValue:
    """Somebody else saved meanwhile: save all the same if nothing contradicts, otherwise ask."""
    work = current_work()
    theme = queries.get_theme(work.session, theme_id)
    theirs = saved_fields(theme)
    found = differences(NAMED, starting_fields(theme, form), theirs, form.fields)
    form.fill({"tag": theme.tag, "base": str(theme.latest_number)})
    if not found:
        return save(theme_id, form)
    context: dict[str, Any] = {"theme": theme, "form": form, "differences": found}
    context["swatch_of"] = swatch_of
    return render_template("console/themes/conflict.html", **context), 409


def starting_fields(theme: Theme, form: ThemeForm) -> dict[str, str]:
    """The revision that the writer had opened; nothing where it cannot be told."""
    number = form.base.data or ""
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        return {}
    revision = queries.find_revision(current_work().session, theme.id, int(number))
    return {"name": revision.name, **to_fields(revision.document)} if revision else {}
