"""What the editor of an item tells while somebody types: faults, the preview, what is kept and not saved."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import get_template_attribute, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue

from webapp.access import admins_only
from webapp.console.addresses import back
from webapp.console.content.blueprint import blueprint
from webapp.console.content.forms import ItemForm
from webapp.console.content.unsaved import offered_at, sent_values
from webapp.domain.content.autosave import Unsaved, forget_unsaved, keep_unsaved
from webapp.domain.content.items import get_item, item_errors
from webapp.domain.content.models import Item
from webapp.domain.content.subjects import item_members
from webapp.domain.content.texts import pretty
from webapp.kernel.errors import Invalid
from webapp.web import current_work

NAMES = ("title", "description")
NEW = "new"


def offered(form: ItemForm, item: Item | None) -> Unsaved | None:
    """What was left behind in the editor of an item, or of a new one."""
    return offered_at(place_of(item), form, NAMES) if request.method == "GET" else None


def forget(item: Item | None) -> None:
    """What was left behind is saved now."""
    forget_unsaved(current_work(), place_of(item))


def place_of(item: Item | None) -> str:
    return f"items/{item.id if item else NEW}"


def preview_of(form: ItemForm, item: Item | None) -> str | None:
    """The form's values as the API would answer them; None where they are wrong, and the form is told."""
    fields, work = form.fields(), current_work()
    if errors := item_errors(fields):
        if form.is_submitted() and not form.errors:
            form.show(Invalid(errors))
        return None
    times = {"created_at": item.created_at if item else work.now, "updated_at": work.now}
    owned = {"id": item.id if item else UUID(int=0), "owner_id": item.owner_id if item else work.actor.id}
    return pretty(item_members(Item(**fields, **owned, **times)))


@blueprint.route("/items/check", methods=["POST"])
@admins_only
def check_new_item() -> ResponseReturnValue:
    """For scripts: what is wrong with a new item, and how the API would answer it."""
    return jsonify(report_of(ItemForm(), None))


@blueprint.route("/items/<uuid:item_id>/check", methods=["POST"])
@admins_only
def check_item(item_id: UUID) -> ResponseReturnValue:
    """For scripts: what is wrong with unsaved values, and how the API would answer them."""
    return jsonify(report_of(ItemForm(), get_item(current_work(), item_id)))


@blueprint.route("/items/unsaved", methods=["POST"])
@admins_only
def keep_item() -> ResponseReturnValue:
    """For scripts: keep the values of an editor."""
    keep_unsaved(current_work(), sent_place(), sent_values())
    return "", 204


@blueprint.route("/items/unsaved/forget", methods=["POST"])
@admins_only
def forget_left_item() -> ResponseReturnValue:
    """Forget what was left behind in an editor."""
    forget_unsaved(current_work(), sent_place())
    return redirect(back(url_for("console.content.items")), 303)


def report_of(form: ItemForm, item: Item | None) -> dict[str, Any]:
    """For scripts: the markup of each field's errors, and the preview."""
    preview = preview_of(form, item)
    errors_of = get_template_attribute("console/macros/forms.html", "errors_of")
    return {"errors": {name: str(errors_of(form[name])) for name in NAMES}, "preview": preview}


def sent_place() -> str:
    return f"items/{request.form.get('place', '')}"
