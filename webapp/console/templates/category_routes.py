"""Categories of templates."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from webapp.access import editors_only
from webapp.console.addresses import requested_page
from webapp.console.forms import submitting
from webapp.console.templates.blueprint import blueprint
from webapp.console.templates.forms import CategoryForm, ConfirmForm
from webapp.domain.cards import categories
from webapp.web import current_work

PAGE_SIZE = 50


@blueprint.route("/categories")
@editors_only
def category_list() -> ResponseReturnValue:
    """Categories in their order."""
    page = categories.list_categories(current_work(), requested_page(PAGE_SIZE))
    return render_template("console/templates/categories.html", page=page)


@blueprint.route("/categories/new", methods=["GET", "POST"])
@editors_only
def new_category() -> ResponseReturnValue:
    """Add a category."""
    form = CategoryForm()
    if form.validate_on_submit():
        with submitting(form):
            category = categories.create_category(current_work(), form.changes())
            flash(f"{category.name} is made.", "success")
            return redirect(url_for("console.templates.category_list"), 303)
    page = render_template("console/templates/category.html", form=form, category=None)
    return page, 422 if form.errors else 200


@blueprint.route("/categories/<uuid:category_id>", methods=["GET", "POST"])
@editors_only
def category(category_id: UUID) -> ResponseReturnValue:
    """Change a category."""
    work, found = current_work(), categories.get_category(current_work(), category_id)
    form = CategoryForm(obj=found)
    if form.validate_on_submit():
        with submitting(form):
            categories.update_category(work, category_id, form.changes(), expected={form.tag.data or ""})
            flash(f"{found.name} is saved.", "success")
            return redirect(url_for("console.templates.category_list"), 303)
    page = render_template("console/templates/category.html", form=form, category=found)
    return page, 422 if form.errors else 200


@blueprint.route("/categories/<uuid:category_id>/delete", methods=["POST"])
@editors_only
def delete_category(category_id: UUID) -> ResponseReturnValue:
    """Delete a category; its templates stay, without one."""
    form, found = ConfirmForm(), categories.get_category(current_work(), category_id)
    with submitting(form):
        expected = {form.tag.data} if form.tag.data else None
        categories.delete_category(current_work(), category_id, expected=expected)
        flash(f"{found.name} is deleted; its templates have no category now.", "success")
    form.flash_errors()
    return redirect(url_for("console.templates.category_list"), 303)
