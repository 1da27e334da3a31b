"""The editor: its page, saving, mending, merging, and the preview of what is not saved."""

from __future__ import annotations

from flask import jsonify, request
from flask.typing import ResponseReturnValue

from webapp.access import editors_only
from webapp.console.addresses import requested_revision
from webapp.console.conflicts import choices_in, merged
from webapp.console.themes.blueprint import blueprint
from webapp.console.themes.editor_page import editor_page, frame, report_of
from webapp.console.themes.forms import ThemeForm, saved_fields
from webapp.console.themes.saving import save
from webapp.console.themes.survey import fixed_fields, read_draft
from webapp.domain.themes import queries
from webapp.domain.themes.models import Theme
from webapp.web import current_work


def get_theme(theme_id: int) -> Theme:
    return queries.get_theme(current_work().session, theme_id)


@blueprint.route("/<id:theme_id>", methods=["GET", "POST"])
@editors_only
def editor(theme_id: int) -> ResponseReturnValue:
    """Edit a theme; POST saves a revision beside the live one."""
    theme = get_theme(theme_id)
    form = ThemeForm.of(theme)
    if form.validate_on_submit():
        return save(theme_id, form)
    return editor_page(theme, form), 422 if form.errors else 200


@blueprint.route("/<id:theme_id>/mend", methods=["POST"])
@editors_only
def mend(theme_id: int) -> ResponseReturnValue:
    """The editor with one failing pair or all of them mended; nothing is saved."""
    theme = get_theme(theme_id)
    form = ThemeForm.of(theme)
    draft = read_draft(theme.latest.document, form.fields)
    form.fill(fixed_fields(draft.document, request.form.get("fix", "all")))
    return editor_page(theme, form)


@blueprint.route("/<id:theme_id>/merge", methods=["POST"])
@editors_only
def merge(theme_id: int) -> ResponseReturnValue:
    """Save what was chosen, token by token, from somebody else's revision and one's own values."""
    theme = get_theme(theme_id)
    form = ThemeForm.of(theme)
    form.fill(merged(saved_fields(theme), form.fields, choices_in(request.form)))
    return save(theme_id, form) if form.validate() else (editor_page(theme, form), 422)


@blueprint.route("/<id:theme_id>/survey", methods=["POST"])
@editors_only
def survey_of(theme_id: int) -> ResponseReturnValue:
    """For scripts: the sheet compiled from the unsaved values, and what stands beside the fields then.

    ``fix`` names a failing pair, or ``all``; ``values`` are the fields that mend it.
    """
    theme = get_theme(theme_id)
    form = ThemeForm.of(theme)
    draft = read_draft(theme.latest.document, form.fields)
    values = fixed_fields(draft.document, request.form["fix"]) if "fix" in request.form else {}
    form.fill(values)
    return jsonify(report_of(theme, form) | {"values": values})


@blueprint.route("/<id:theme_id>/frame", methods=["GET", "POST"])
@editors_only
def preview(theme_id: int) -> ResponseReturnValue:
    """Real components in the theme: a saved revision (``?revision=``), or the form's unsaved values."""
    theme = get_theme(theme_id)
    if request.method == "POST":
        return frame(read_draft(theme.latest.document, ThemeForm.of(theme).fields).document)
    number = requested_revision("revision", theme.latest_number)
    return frame(queries.get_revision(current_work(), theme_id, number).document)
