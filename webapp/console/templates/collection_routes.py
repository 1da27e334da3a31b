"""The list of templates, and what makes, describes, copies and deletes one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp.access import editors_only
from webapp.console.addresses import back, here, last_page_url, requested_page, requested_search
from webapp.console.forms import submitting
from webapp.console.templates.blueprint import blueprint
from webapp.console.templates.forms import ConfirmForm, DetailsForm, NewTemplateForm
from webapp.domain.cards import templates
from webapp.domain.cards.catalogue import STARTERS
from webapp.domain.cards.categories import list_categories
from webapp.domain.cards.models import TemplateCategory
from webapp.domain.cards.template_queries import SORTS, editable_template, list_templates
from webapp.kernel.errors import FieldError, Invalid
from webapp.kernel.paging import LIMIT_MAX, PageRequest
from webapp.web import current_work

PAGE_SIZE = 24
SHOWN: dict[str, dict[str, Any]] = {
    "featured": {"featured": True},
    "premium": {"premium": True},
    "private": {"public": False},
}
"""Filters of the list by their name in the address."""


def categories() -> Sequence[TemplateCategory]:
    """The categories that there are, in their order."""
    return list_categories(current_work(), PageRequest(limit=LIMIT_MAX)).data


def requested_filters() -> dict[str, Any]:
    """Which templates the address asks for; what makes no sense in it is as if it were not there."""
    known = {str(category.id): category.id for category in categories()}
    sort = request.args.get("sort", "")
    return {
        "q": requested_search(),
        "category_id": known.get(request.args.get("category", "")),
        "sort": sort if sort in SORTS else "newest",
        **SHOWN.get(request.args.get("show", ""), {}),
    }


@blueprint.route("")
@editors_only
def list_page() -> ResponseReturnValue:
    """All templates, also private ones."""
    filters = requested_filters()
    page = list_templates(current_work(), requested_page(PAGE_SIZE), **filters, everything=True)
    if url := last_page_url(page):
        return redirect(url)
    is_filtered = any(request.args.get(name) for name in ("q", "category", "show"))
    return render_template(
        "console/templates/templates.html",
        page=page,
        categories=categories(),
        is_filtered=is_filtered,
        here=here(),
    )


@blueprint.route("/new", methods=["GET", "POST"])
@editors_only
def new() -> ResponseReturnValue:
    """Make a private template from a starter."""
    form = NewTemplateForm()
    if form.validate_on_submit():
        with submitting(form):
            if (starter := STARTERS.get(form.start.data or "")) is None:
                raise Invalid([FieldError("/start", "Choose where to start.", "invalid_choice")])
            fields = {"name": form.name.data or "", "is_public": False, **starter.fields}
            template = templates.create_template(current_work(), fields)
            flash(
                f"{template.name} is made. Only you and other editors see it until it is public.", "success"
            )
            return redirect(url_for("console.templates.editor", template_id=template.id), 303)
    page = render_template("console/templates/new.html", form=form, starters=STARTERS)
    return page, 422 if form.errors else 200


@blueprint.route("/<uuid:template_id>/details", methods=["GET", "POST"])
@editors_only
def details(template_id: UUID) -> ResponseReturnValue:
    """Name, category, tags, and who may use it; live as soon as it is saved."""
    work, template = current_work(), editable_template(current_work(), template_id)
    form = DetailsForm.of(template, categories())
    if form.validate_on_submit():
        with submitting(form):
            templates.update_template(work, template_id, form.changes(), expected={form.tag.data or ""})
            if form.is_featured.data != template.is_featured:
                templates.feature_template(work, template_id, form.is_featured.data)
            flash(f"{template.name} is saved.", "success")
            return redirect(url_for("console.templates.details", template_id=template_id), 303)
    page = render_template("console/templates/details.html", form=form, template=template)
    return page, 422 if form.errors else 200


@blueprint.route("/<uuid:template_id>/fork", methods=["POST"])
@editors_only
def fork(template_id: UUID) -> ResponseReturnValue:
    """A private copy of a template."""
    origin = editable_template(current_work(), template_id)
    copy = templates.fork_template(current_work(), template_id, f"{origin.name} copy"[:200])
    flash(f"{copy.name} is made.", "success")
    return redirect(url_for("console.templates.editor", template_id=copy.id), 303)


@blueprint.route("/<uuid:template_id>/delete", methods=["GET", "POST"])
@editors_only
def delete(template_id: UUID) -> ResponseReturnValue:
    """Ask, and delete a template with its versions; cards made of it stay."""
    work, template = current_work(), editable_template(current_work(), template_id)
    form, name = ConfirmForm(tag=template.tag), template.name
    if form.validate_on_submit():
        with submitting(form):
            templates.delete_template(work, template_id, expected={form.tag.data or ""})
            flash(f"{name} is deleted.", "success")
            return redirect(url_for("console.templates.list_page"), 303)
    came_from = back(url_for("console.templates.list_page"))
    page = render_template("console/templates/delete.html", form=form, template=template, came_from=came_from)
    return page, 422 if form.errors else 200
