"""People's own items, for admins: list, change, put into the trash."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp.access import admins_only
from webapp.console.addresses import back, last_page_url, requested_page, requested_search
from webapp.console.conflicts import form_differences
from webapp.console.content import item_editor as editor
from webapp.console.content.blueprint import blueprint
from webapp.console.content.forms import ConfirmForm, ItemForm, ItemsForm
from webapp.console.content.item_owners import list_context, requested_owner
from webapp.console.content.listing import PAGE_SIZE
from webapp.console.forms import submitting
from webapp.console.saved_views import saved_views
from webapp.domain.accounts.queries import display_names
from webapp.domain.content import items as domain
from webapp.domain.content.models import Item
from webapp.kernel.errors import Stale
from webapp.web import current_work, rollback


@blueprint.route("/items")
@admins_only
def items() -> ResponseReturnValue:
    """Everybody's items."""
    sort = request.args.get("sort")
    sort = sort if sort in domain.SORTS else "-created_at"
    page = domain.list_items(current_work(), requested_page(PAGE_SIZE), **asked(), sort=sort)
    if url := last_page_url(page):
        return redirect(url)
    return render_template(
        "console/content/items.html",
        **list_context(page),
        is_filtered=any(asked().values()),
        sort=sort,
        saved_views=saved_views(),
        bulk_max=ItemsForm.maximum,
    )


@blueprint.route("/items", methods=["POST"])
@admins_only
def act_on_items() -> ResponseReturnValue:
    """Ask, and put into the trash what is selected, or all that matches."""
    work, form = current_work(), ItemsForm()
    is_all = form.all_matching.data
    form.take(domain.list_item_ids(work, **asked(), limit=form.maximum) if is_all else None)
    is_sound = form.validate_on_submit()
    if not form.ids.data or form.action.errors:
        flash("Select at least one item first.", "warning")
        return redirect(came_from(), 303)
    if not is_sound or form.must_ask:
        page = render_template("console/content/trash_items.html", form=form, came_from=came_from())
        return page, 200 if is_sound else 422
    told(len(form.ids.data), len(domain.trash_items(work, form.ids.data)))
    return redirect(came_from(), 303)


@blueprint.route("/items/new", methods=["GET", "POST"])
@admins_only
def new_item() -> ResponseReturnValue:
    """Make an item of one's own."""
    form = ItemForm()
    if form.validate_on_submit():
        with submitting(form):
            item = domain.create_item(current_work(), form.fields())
            editor.forget(None)
            flash(f"“{item.title}” is made.", "success")
            return redirect(came_from(), 303)
    return item_page(None, form), 422 if form.errors else 200


@blueprint.route("/items/<uuid:item_id>", methods=["GET", "POST"])
@admins_only
def item(item_id: UUID) -> ResponseReturnValue:
    """Change an item."""
    found = domain.get_item(current_work(), item_id)
    form = ItemForm(obj=found)
    try:
        if form.validate_on_submit():
            with submitting(form):
                domain.update_item(current_work(), item_id, form.fields(), expected={form.tag.data})
                editor.forget(found)
                flash(f"“{found.title}” is saved.", "success")
                return redirect(came_from(), 303)
    except Stale:
        return conflict_page(item_id, form)
    return item_page(found, form), 422 if form.errors else 200


@blueprint.route("/items/<uuid:item_id>/trash", methods=["POST"])
@admins_only
def trash_item(item_id: UUID) -> ResponseReturnValue:
    """Put an item into the trash; it can be undone."""
    form = ConfirmForm()
    with submitting(form):
        title = domain.get_item(current_work(), item_id).title
        domain.trash_item(current_work(), item_id)
        undo_url = url_for("console.content.restore_item", item_id=item_id, next=came_from())
        text = f"“{title}” is in the trash. It is kept for 30 days."
        flash({"text": text, "undo_url": undo_url}, "success")  # type: ignore[arg-type]
    form.flash_errors()
    return redirect(came_from(), 303)


# --- the parts ------------------------------------------------------------------------------


def asked() -> dict[str, Any]:
    """Which items the address asks for."""
    return {"q": requested_search(), "owner_id": requested_owner()}


def told(chosen: int, failed: int) -> None:
    """Say what became of many items."""
    done = chosen - failed
    flash(f"{done} {'item is' if done == 1 else 'items are'} in the trash.", "success")
    if failed:
        flash(f"{failed} {'was' if failed == 1 else 'were'} not there any more.", "warning")


def came_from() -> str:
    return back(url_for("console.content.items"))


def item_page(found: Item | None, form: ItemForm, conflict: object = None) -> str:
    names = display_names(current_work().session, {found.owner_id} if found else set())
    unsaved = editor.offered(form, found)
    return render_template(
        "console/content/item.html",
        form=form,
        item=found,
        owner=names.get(found.owner_id) if found else None,
        conflict=conflict,
        unsaved=unsaved,
        place=editor.place_of(found),
        preview=editor.preview_of(form, found),
        came_from=came_from(),
    )


def conflict_page(item_id: UUID, form: ItemForm) -> ResponseReturnValue:
    """Both values of what somebody else changed; saving again takes one's own."""
    rollback()
    found = domain.get_item(current_work(), item_id)
    differing = form_differences(form, {"title": found.title, "description": found.description})
    form.tag.data = found.tag
    return item_page(found, form, differing), 412
