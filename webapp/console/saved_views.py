"""Keeping the filters of a list under a name, and forgetting them."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, StringField

from webapp.access import approved_only
from webapp.console.addresses import back
from webapp.console.forms import Form, strip, submitting
from webapp.console.routes import blueprint
from webapp.console.sign_in import local_path
from webapp.domain.saved_views import commands
from webapp.domain.saved_views.models import SavedView
from webapp.web import current_work


class ViewForm(Form):
    name = StringField("Name", filters=[strip])
    next = HiddenField()


def saved_views() -> list[SavedView]:
    """The person's views of the list at the present address."""
    return commands.list_views(current_work(), request.path)


def kept(query: str) -> str:
    """What of an address's query makes a view: not the page."""
    pairs = parse_qsl(query, keep_blank_values=False)
    return urlencode([(name, value) for name, value in pairs if name not in ("page", "cursor")])


@blueprint.route("/views", methods=["POST"])
@approved_only
def save_view() -> ResponseReturnValue:
    """Keep the filters of the list that this was sent from."""
    form = ViewForm()
    place, _, query = local_path(form.next.data).partition("?")
    with submitting(form):
        view = commands.save_view(current_work(), place, form.name.data or "", kept(query))
        flash(f"The view “{view.name}” is kept.", "success")
    form.flash_errors()
    return redirect(back(url_for("console.dashboard")), 303)


@blueprint.route("/views/<uuid:view_id>/delete", methods=["POST"])
@approved_only
def delete_view(view_id: UUID) -> ResponseReturnValue:
    """Forget a view."""
    view = commands.delete_view(current_work(), view_id)
    flash(f"The view “{view.name}” is forgotten.", "success")
    return redirect(back(url_for("console.dashboard")), 303)
