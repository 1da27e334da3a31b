"""The trash and what is scheduled, of every type of content."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from webapp.access import editors_only
from webapp.console.addresses import back, here, last_page_url, requested_page
from webapp.console.content.blueprint import blueprint
from webapp.console.content.forms import ConfirmForm
from webapp.console.content.listing import PAGE_SIZE, requested_type
from webapp.console.forms import submitting
from webapp.domain.content import trash
from webapp.domain.content.content_types import TYPES
from webapp.domain.content.publication import list_scheduled
from webapp.web import current_work


@blueprint.route("/scheduled")
@editors_only
def scheduled() -> ResponseReturnValue:
    """What will be shown or hidden by itself, what comes first being first."""
    found = list_scheduled(current_work())
    return render_template("console/content/scheduled.html", entries=found, here=here())


@blueprint.route("/trash")
@editors_only
def trashed() -> ResponseReturnValue:
    """What can be restored, what was deleted last being first."""
    page = trash.list_trash(current_work(), requested_page(PAGE_SIZE), type_name=requested_type())
    if url := last_page_url(page):
        return redirect(url)
    return render_template("console/content/trash.html", page=page, types=TYPES.values(), here=here())


@blueprint.route("/trash/<id:trash_id>/restore", methods=["POST"])
@editors_only
def restore_trashed(trash_id: int) -> ResponseReturnValue:
    """Take an entry out of the trash."""
    form = ConfirmForm()
    with submitting(form):
        view = trash.restore_entry(current_work(), trash_id)
        flash(f"“{view.headline}” is back as it was.", "success")
    form.flash_errors()
    return redirect(back(url_for("console.content.trashed")), 303)


@blueprint.route("/trash/<id:trash_id>/delete", methods=["GET", "POST"])
@editors_only
def delete_trashed(trash_id: int) -> ResponseReturnValue:
    """Ask, and delete an entry with its history."""
    work, form = current_work(), ConfirmForm()
    found = trash.get_trashed(work, trash_id)
    if form.validate_on_submit():
        with submitting(form):
            trash.delete_for_good(work, trash_id)
            flash(f"“{found.entry.headline}” is deleted for ever.", "success")
            return redirect(back(url_for("console.content.trashed")), 303)
    came_from = back(url_for("console.content.trashed"))
    page = render_template("console/content/delete.html", form=form, found=found, came_from=came_from)
    return page, 422 if form.errors else 200
