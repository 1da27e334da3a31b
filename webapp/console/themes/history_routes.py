"""The history of a theme: its revisions, what changed between two, and going back to one."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from webapp.access import editors_only
from webapp.console.addresses import requested_page, requested_revision
from webapp.console.themes.blueprint import blueprint
from webapp.console.themes.changes import shown_changes
from webapp.console.themes.forms import ConfirmForm, confirming
from webapp.console.themes.pictures import picture_of
from webapp.domain.accounts.queries import display_names
from webapp.domain.themes import commands, queries
from webapp.kernel.paging import LIMIT_MAX, PageRequest
from webapp.web import current_work

HISTORY_SIZE = 20


@blueprint.route("/<id:theme_id>/history")
@editors_only
def history(theme_id: int) -> ResponseReturnValue:
    """Revisions, newest first."""
    work = current_work()
    theme = queries.get_theme(work.session, theme_id)
    page = queries.list_revisions(work, theme_id, requested_page(HISTORY_SIZE))
    authors = display_names(work.session, {revision.author_id for revision in page.data})
    return render_template(
        "console/themes/history.html",
        theme=theme,
        page=page,
        authors=authors,
        form=ConfirmForm(formdata=None, tag=theme.tag),
        picture_of=picture_of,
    )


@blueprint.route("/<id:theme_id>/history/<id:number>")
@editors_only
def revision(theme_id: int, number: int) -> ResponseReturnValue:
    """One revision: what it changed against the one before it, or against any other (``?against=``)."""
    work = current_work()
    theme, found = queries.get_theme(work.session, theme_id), queries.get_revision(work, theme_id, number)
    against = requested_revision("against", max(number - 1, 1))
    return render_template(
        "console/themes/revision.html",
        theme=theme,
        revision=found,
        authors=display_names(work.session, {found.author_id}),
        against=against,
        others=queries.list_revisions(work, theme_id, PageRequest(limit=LIMIT_MAX)).data,
        changes=shown_changes(queries.diff_revisions(work, theme_id, number, against)),
        form=ConfirmForm(formdata=None, tag=theme.tag),
    )


@blueprint.route("/<id:theme_id>/history/<id:number>/restore", methods=["POST"])
@editors_only
def restore(theme_id: int, number: int) -> ResponseReturnValue:
    """Make an older revision the newest draft; pages keep what they have until it is published."""
    form, work = ConfirmForm(), current_work()
    with confirming(form):
        theme = commands.restore_revision(work, theme_id, number, expected={form.tag.data}, publish=False)
        flash(f"Revision {number} is back as revision {theme.latest_number}, not live yet.", "success")
        return redirect(url_for("console.themes.editor", theme_id=theme_id), 303)
    for problem in form.form_errors:
        flash(problem, "warning")
    return redirect(url_for("console.themes.history", theme_id=theme_id), 303)
