"""The history of an item, and the trash that items wait in, for admins."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from webapp.access import admins_only
from webapp.console.addresses import back, last_page_url, requested_page
from webapp.console.content.blueprint import blueprint
from webapp.console.content.changes import ShownChange, shown_changes
from webapp.console.content.forms import ConfirmForm
from webapp.console.content.history_routes import HISTORY_SIZE
from webapp.console.content.item_owners import list_context, requested_owner
from webapp.console.content.listing import PAGE_SIZE
from webapp.console.forms import submitting, unless_stale
from webapp.domain.content import item_history as domain
from webapp.domain.content.items import get_item
from webapp.domain.content.trash import KEPT_FOR
from webapp.web import current_work


@blueprint.route("/items/<uuid:item_id>/history")
@admins_only
def item_history(item_id: UUID) -> ResponseReturnValue:
    """What an item held, newest first, and what each revision changed."""
    work = current_work()
    page = domain.list_revisions(work, item_id, requested_page(HISTORY_SIZE))
    changes = {state.revision.number: changes_of(item_id, state.revision.number) for state in page.data}
    context = {"item": get_item(work, item_id), "page": page, "changes": changes}
    return render_template("console/content/item_history.html", **context)


@blueprint.route("/items/<uuid:item_id>/history/<id:number>/restore", methods=["POST"])
@admins_only
def restore_item_revision(item_id: UUID, number: int) -> ResponseReturnValue:
    """Make an older revision the newest."""
    form, work = ConfirmForm(), current_work()
    with unless_stale(form):
        item = domain.restore_revision(work, item_id, number, expected={form.tag.data})
        flash(f"Revision {number} is back as revision {item.revision}.", "success")
    return redirect(url_for("console.content.item_history", item_id=item_id), 303)


@blueprint.route("/items/trash")
@admins_only
def trashed_items() -> ResponseReturnValue:
    """Everybody's items in the trash, what was deleted last being first."""
    owner_id = requested_owner()
    page = domain.list_trash(current_work(), requested_page(PAGE_SIZE), owner_id=owner_id)
    if url := last_page_url(page):
        return redirect(url)
    context = {**list_context(page), "is_filtered": owner_id is not None, "kept_for": KEPT_FOR}
    return render_template("console/content/trashed_items.html", **context)


@blueprint.route("/items/trash/<uuid:item_id>/restore", methods=["POST"])
@admins_only
def restore_item(item_id: UUID) -> ResponseReturnValue:
    """Take an item out of the trash."""
    form = ConfirmForm()
    with submitting(form):
        item = domain.restore_item(current_work(), item_id)
        flash(f"“{item.title}” is back as it was.", "success")
    form.flash_errors()
    return redirect(came_from(), 303)


@blueprint.route("/items/trash/<uuid:item_id>/delete", methods=["GET", "POST"])
@admins_only
def delete_item(item_id: UUID) -> ResponseReturnValue:
    """Ask, and delete an item with its history."""
    work, form = current_work(), ConfirmForm()
    found = domain.get_trashed(work, item_id)
    title = found.title
    if form.validate_on_submit():
        with submitting(form):
            domain.delete_for_good(work, item_id)
            flash(f"“{title}” is deleted for ever.", "success")
            return redirect(came_from(), 303)
    context = {"form": form, "item": found, "came_from": came_from()}
    return render_template("console/content/delete_item.html", **context), 422 if form.errors else 200


def changes_of(item_id: UUID, number: int) -> list[ShownChange]:
    return shown_changes(domain.diff_revisions(current_work(), item_id, number))


def came_from() -> str:
    return back(url_for("console.content.trashed_items"))
