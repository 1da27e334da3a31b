"""Publishing: what changes on pages, and which pairs of colours cannot be read, before it happens."""

from __future__ import annotations

import structlog
from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from webapp.access import editors_only
from webapp.console.addresses import requested_revision
from webapp.console.themes.blueprint import blueprint
from webapp.console.themes.changes import shown_changes
from webapp.console.themes.editor_page import LABELS
from webapp.console.themes.forms import ConfirmForm, confirming
from webapp.console.themes.saving import published_message
from webapp.console.themes.survey import survey
from webapp.domain.themes import commands, queries
from webapp.domain.themes.diff import diff
from webapp.domain.themes.models import Theme, ThemeRevision
from webapp.web import current_work

log = structlog.get_logger(__name__)


@blueprint.route("/<id:theme_id>/publish", methods=["GET", "POST"])
@editors_only
def publish(theme_id: int) -> ResponseReturnValue:
    """Review a revision (``?revision=``, default the latest) against the live one, and publish it."""
    work = current_work()
    theme = queries.get_theme(work.session, theme_id)
    number = requested_revision("revision", theme.latest_number)
    revision = queries.get_revision(work, theme_id, number)
    form = ConfirmForm(tag=theme.tag)
    if form.validate_on_submit():
        with confirming(form):
            return publish_now(revision, form)
        form.tag.data = queries.get_theme(work.session, theme_id).tag
    return review_page(theme, revision, form), 422 if form.errors else 200


def publish_now(revision: ThemeRevision, form: ConfirmForm) -> ResponseReturnValue:
    failing = [pair.id for pair in survey(revision.document).failing]
    theme_id, number = revision.theme_id, revision.number
    theme = commands.publish_theme(current_work(), theme_id, number=number, expected={form.tag.data})
    if failing:
        log.info("published_with_failing_contrast", theme=theme_id, revision=number, pairs=failing)
    flash(published_message(theme), "success")
    return redirect(url_for("console.themes.editor", theme_id=theme_id), 303)


def review_page(theme: Theme, revision: ThemeRevision, form: ConfirmForm) -> str:
    return render_template(
        "console/themes/publish.html",
        theme=theme,
        revision=revision,
        form=form,
        changes=shown_changes(diff(theme.live.document, revision.document)),
        survey=survey(revision.document),
        **LABELS,
    )
