"""What somebody typed into an editor and did not save: kept while they type, offered when they come back."""

from __future__ import annotations

from collections.abc import Container

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from webapp.access import editors_only
from webapp.console.addresses import back
from webapp.console.content.blueprint import blueprint
from webapp.console.content.entry_form import EntryForm
from webapp.console.forms import Form
from webapp.domain.content.autosave import Unsaved, find_unsaved, forget_unsaved, keep_unsaved
from webapp.domain.content.content_types import ContentType
from webapp.domain.content.texts import plain
from webapp.domain.content.views import EntryView
from webapp.web import current_work

NEW = "new"
BESIDE = ("csrf_token", "then", "place")
"""What a form sends that is no value of it."""


def place_of(content_type: ContentType, view: EntryView | None) -> str:
    """The editor of an entry, or of a new one of the kind in ``?kind=``, by a name."""
    if view is not None:
        return f"{content_type.name}/{view.entry_id}"
    return f"{content_type.name}/{NEW}/{request.args.get('kind', '')[:50]}"


def offered(content_type: ContentType, form: EntryForm, view: EntryView | None) -> Unsaved | None:
    """What was left behind and is different from what the form shows; with ``?restore=1`` the form has it."""
    return offered_at(place_of(content_type, view), form, form.names)


def offered_at(place: str, form: Form, names: Container[str]) -> Unsaved | None:
    """The same at any place, of a form whose values are those of some ``names``."""
    found = find_unsaved(current_work(), place)
    if found is None:
        return None
    known = {name: text for name, text in found.texts.items() if name in form}
    shown = {name: plain(form[name].data or "") for name in known if name in names}
    if all(plain(known[name]) == text for name, text in shown.items()):
        return None
    if request.args.get("restore") == "1":
        for name, text in known.items():
            form[name].data = text
        return None
    return found


@blueprint.route("/<content_type:content_type>/unsaved", methods=["POST"])
@editors_only
def keep(content_type: ContentType) -> ResponseReturnValue:
    """For scripts: keep the values of an editor."""
    keep_unsaved(current_work(), sent_place(content_type), sent_values())
    return "", 204


@blueprint.route("/<content_type:content_type>/unsaved/forget", methods=["POST"])
@editors_only
def forget_left(content_type: ContentType) -> ResponseReturnValue:
    """Forget what was left behind in an editor."""
    forget_unsaved(current_work(), sent_place(content_type))
    return redirect(back(url_for("console.content.entries", content_type=content_type)), 303)


def sent_place(content_type: ContentType) -> str:
    return f"{content_type.name}/{request.form.get('place', '')}"


def sent_values() -> dict[str, str]:
    return {name: text for name, text in request.form.items() if name not in BESIDE}


def forget(content_type: ContentType, view: EntryView | None) -> None:
    """What was left behind in an editor is saved now."""
    forget_unsaved(current_work(), place_of(content_type, view))
