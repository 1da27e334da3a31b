"""The list of themes, and what makes, copies, activates and deletes one."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp.access import editors_only
from webapp.console.addresses import requested_page, requested_search
from webapp.console.forms import submitting
from webapp.console.sign_in import local_path
from webapp.console.themes.blueprint import blueprint
from webapp.console.themes.forms import ConfirmForm, NameForm, NewThemeForm, confirming
from webapp.console.themes.pictures import picture_of
from webapp.console.themes.starts import fill_choices, starting_document
from webapp.domain.themes import commands, queries
from webapp.domain.themes.document import DEFAULT_DOCUMENT
from webapp.domain.themes.presets import PRESETS
from webapp.web import current_work

PAGE_SIZE = 12


def list_url() -> str:
    """The list as it was left: with its search and page."""
    return local_path(request.values.get("next") or url_for("console.themes.themes"))


@blueprint.route("")
@editors_only
def themes() -> ResponseReturnValue:
    """Themes with their colours."""
    page = queries.list_themes(current_work().session, requested_page(PAGE_SIZE), q=requested_search())
    return render_template("console/themes/themes.html", page=page, picture_of=picture_of)


@blueprint.route("/new", methods=["GET", "POST"])
@editors_only
def new() -> ResponseReturnValue:
    """Make a theme from the default, a preset, another theme or one colour."""
    work, form = current_work(), NewThemeForm()
    fill_choices(form, work.session)
    if form.validate_on_submit():
        with submitting(form):
            document, message = starting_document(work, form)
            fields = {"name": form.name.data or "", **document}
            theme = commands.create_theme(work, fields, message=message)
            flash(f"{theme.name} is made. Pages show it once you activate it.", "success")
            return redirect(url_for("console.themes.editor", theme_id=theme.id), 303)
    return new_page(form), 422 if form.errors else 200


def new_page(form: NewThemeForm) -> str:
    return render_template(
        "console/themes/new.html",
        form=form,
        presets=PRESETS,
        default_document=DEFAULT_DOCUMENT,
        picture_of=picture_of,
    )


@blueprint.route("/<id:theme_id>/duplicate", methods=["GET", "POST"])
@editors_only
def duplicate(theme_id: int) -> ResponseReturnValue:
    """Copy a theme's latest revision under another name."""
    work = current_work()
    source = queries.get_theme(work.session, theme_id)
    form = NameForm(name=f"{source.name} copy")
    if form.validate_on_submit():
        with submitting(form):
            theme = commands.duplicate_theme(work, theme_id, form.name.data or "")
            flash(f"{theme.name} is made.", "success")
            return redirect(url_for("console.themes.editor", theme_id=theme.id), 303)
    page = render_template("console/themes/duplicate.html", form=form, theme=source, back=list_url())
    return page, 422 if form.errors else 200


@blueprint.route("/<id:theme_id>/activate", methods=["POST"])
@editors_only
def activate(theme_id: int) -> ResponseReturnValue:
    """Make a theme the one that /themes/active.css gives."""
    theme = commands.activate_theme(current_work(), theme_id)
    flash(f"{theme.name} is active. Pages that link /themes/active.css follow within seconds.", "success")
    return redirect(list_url(), 303)


@blueprint.route("/<id:theme_id>/delete", methods=["GET", "POST"])
@editors_only
def delete(theme_id: int) -> ResponseReturnValue:
    """Ask, and delete a theme with its history."""
    work = current_work()
    theme = queries.get_theme(work.session, theme_id)
    form, name = ConfirmForm(tag=theme.tag), theme.name
    if form.validate_on_submit():
        with confirming(form):
            commands.delete_theme(work, theme_id, expected={form.tag.data})
            flash(f"{name} is deleted.", "success")
            return redirect(list_url(), 303)
        form.tag.data = queries.get_theme(work.session, theme_id).tag
    page = render_template("console/themes/delete.html", form=form, theme=theme, back=list_url())
    return page, 422 if form.errors else 200
