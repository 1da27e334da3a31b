"""The editor of an entry: its page, new ones, the check of what is not saved, merging."""

from __future__ import annotations

from flask import jsonify, request
from flask.typing import ResponseReturnValue

from webapp.access import editors_only
from webapp.console.conflicts import choices_in, merged
from webapp.console.content.blueprint import blueprint
from webapp.console.content.editor_page import editor_page, report_of
from webapp.console.content.entry_form import EntryForm, entry_form
from webapp.console.content.saving import create, save
from webapp.console.content.unsaved import offered
from webapp.domain.content.content_types import DATA, ContentType
from webapp.domain.content.kinds import list_kinds
from webapp.domain.content.queries import get_entry
from webapp.domain.content.views import EntryView
from webapp.web import current_work

ENTRY = "/<content_type:content_type>/entry/<string:key>"


def latest(content_type: ContentType, key: str) -> EntryView:
    return get_entry(current_work(), content_type, key, draft=True)


@blueprint.route("/<content_type:content_type>/new", methods=["GET", "POST"])
@editors_only
def new(content_type: ContentType) -> ResponseReturnValue:
    """A new entry, empty or with the fields of another one (``?copy=``)."""
    form = form_of(content_type, None)
    if request.method == "GET":
        form.fill(starting_texts(content_type, form))
        return editor_page(content_type, form, None, offered(content_type, form, None))
    if form.validate() and request.form.get("then") != "check":
        return create(content_type, form)
    page = editor_page(content_type, form, None)
    return page, 422 if form.errors else 200


@blueprint.route(ENTRY, methods=["GET", "POST"])
@editors_only
def editor(content_type: ContentType, key: str) -> ResponseReturnValue:
    """Edit an entry; POST saves a revision beside the published one."""
    view = latest(content_type, key)
    form = form_of(content_type, view)
    if form.validate_on_submit() and request.form.get("then") != "check":
        return save(content_type, key, form)
    unsaved = offered(content_type, form, view) if request.method == "GET" else None
    page = editor_page(content_type, form, view, unsaved)
    return page, 422 if form.errors else 200


@blueprint.route(f"{ENTRY}/merge", methods=["POST"])
@editors_only
def merge(content_type: ContentType, key: str) -> ResponseReturnValue:
    """Save what was chosen, field by field, from somebody else's revision and one's own values."""
    view = latest(content_type, key)
    form = form_of(content_type, view)
    form.fill(merged(form.saved_texts(view), form.texts, choices_in(request.form)))
    if form.validate():
        return save(content_type, key, form)
    return editor_page(content_type, form, view), 422


@blueprint.route("/<content_type:content_type>/check", methods=["POST"])
@editors_only
def check_new(content_type: ContentType) -> ResponseReturnValue:
    """For scripts: what is wrong with a new entry, and how the API would answer it."""
    return check(content_type, form_of(content_type, None), None)


@blueprint.route(f"{ENTRY}/check", methods=["POST"])
@editors_only
def check_changes(content_type: ContentType, key: str) -> ResponseReturnValue:
    """For scripts: what is wrong with unsaved values, and how the API would answer them."""
    view = latest(content_type, key)
    return check(content_type, form_of(content_type, view), view)


def check(content_type: ContentType, form: EntryForm, view: EntryView | None) -> ResponseReturnValue:
    return jsonify(report_of(content_type, form, view))


def form_of(content_type: ContentType, view: EntryView | None) -> EntryForm:
    """The form of an entry, or of a new one of the kind in ``?kind=``."""
    kinds = list_kinds(current_work()) if content_type is DATA else []
    name = view.document.get("kind") if view else request.args.get("kind")
    kind = next((each for each in kinds if each.name == name), None)
    return entry_form(content_type, kinds, kind, view=view)


def starting_texts(content_type: ContentType, form: EntryForm) -> dict[str, str]:
    """The fields that a new entry starts with."""
    if source := request.args.get("copy"):
        return form.saved_texts(latest(content_type, source))
    return {"content": "{\n  \n}"} if "content" in form.names else {}
