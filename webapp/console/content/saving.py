"""What happens to an entry's form that is saved: a revision, perhaps published, or the page of a conflict."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp.console.conflicts import Named, differences
from webapp.console.content.editor_page import changes_of, editor_page
from webapp.console.content.entry_form import EntryForm
from webapp.console.content.unsaved import forget
from webapp.console.forms import submitting
from webapp.domain.content import commands, history, publication, queries
from webapp.domain.content.content_types import ContentType
from webapp.domain.content.lifecycle import Status
from webapp.domain.content.texts import plain
from webapp.domain.content.views import EntryView
from webapp.kernel.db import INT_MAX
from webapp.kernel.errors import NotFound, Stale
from webapp.web import current_work, rollback


def create(content_type: ContentType, form: EntryForm) -> ResponseReturnValue:
    """Make an entry: a draft, or published as the button said; the form again where fields are wrong."""
    with submitting(form):
        changes = changes_of(content_type, form, None)
        draft = request.form.get("then") != "publish"
        view = commands.create_entry(
            current_work(), content_type, changes.fields, draft=draft, message=form.message.data
        )
        forget(content_type, None)
        flash("Saved as a draft." if draft else "Published. Everyone can read it now.", "success")
        return go_on(view)
    return editor_page(content_type, form, None), 422


def save(content_type: ContentType, key: str, form: EntryForm) -> ResponseReturnValue:
    """Save a revision and go on as the button said; the editor again where fields are wrong."""
    work = current_work()
    before = queries.get_entry(work, content_type, key, draft=True)
    try:
        with submitting(form):
            return go_on(told(write(before, form), before))
    except Stale:
        rollback()
        return settle(content_type, key, form)
    return editor_page(content_type, form, queries.get_entry(work, content_type, key, draft=True)), 422


def write(before: EntryView, form: EntryForm) -> EntryView:
    """Save what was changed beside what is published, and publish it if that was asked for."""
    work, content_type, key = current_work(), before.type, before.key
    changes = changes_of(content_type, form, before)
    expected = {form.tag.data or ""}
    view = commands.update_entry(
        work, content_type, key, changes.fields, draft=True, expected=expected, message=form.message.data
    )
    if request.form.get("then") == "publish":
        view = publication.publish_entry(work, content_type, key)
    forget(content_type, view)
    return view


def told(view: EntryView, before: EntryView) -> EntryView:
    """Say what saving has changed."""
    if request.form.get("then") == "publish":
        flash(f"Revision {view.revision} is published.", "success")
    elif view.revision == before.revision:
        flash("Nothing to save: no value is different.", "info")
    elif view.status is Status.CHANGED:
        flash(f"Saved as revision {view.revision}. Readers still see the published one.", "success")
    else:
        flash(f"Saved as revision {view.revision}, a draft.", "success")
    return view


def go_on(view: EntryView) -> ResponseReturnValue:
    """To the editor of what was saved, or to a new one beside it."""
    if request.form.get("then") == "new":
        return redirect(url_for("console.content.new", content_type=view.type), 303)
    return redirect(editor_url(view), 303)


def editor_url(view: EntryView) -> str:
    return url_for("console.content.editor", content_type=view.type, key=view.key)


def settle(content_type: ContentType, key: str, form: EntryForm) -> ResponseReturnValue:
    """Somebody else saved meanwhile: save all the same if nothing contradicts, otherwise ask."""
    view = queries.get_entry(current_work(), content_type, key, draft=True)
    theirs, mine = form.saved_texts(view), {name: plain(text) for name, text in form.texts.items()}
    theirs = {name: plain(text) for name, text in theirs.items()}
    named = [Named(name, form[name].label.text) for name in form.names]
    found = differences(named, starting_texts(view, form), theirs, mine)
    form.fill({"tag": view.tag, "base": str(view.revision)})
    if not found:
        return save(content_type, key, form)
    return render_template("console/content/conflict.html", view=view, form=form, differences=found), 409


def starting_texts(view: EntryView, form: EntryForm) -> dict[str, str]:
    """The revision that the writer had opened; nothing where it cannot be told."""
    number = form.base.data or ""
    if not (number.isascii() and number.isdigit() and int(number[:10]) <= INT_MAX):
        return {}
    try:
        state = history.get_revision(current_work(), view.type, view.key, int(number[:10]))
    except NotFound:
        return {}
    texts = form.texts_of(state.document, state.tags)
    return {name: plain(text) for name, text in texts.items()}
