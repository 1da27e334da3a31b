"""The history of an entry: its revisions, what changed between two, and going back to one."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp.access import editors_only
from webapp.console.addresses import requested_page, requested_revision
from webapp.console.content.blueprint import blueprint
from webapp.console.content.changes import shown_changes
from webapp.console.content.editor_routes import ENTRY, latest
from webapp.console.content.forms import ConfirmForm
from webapp.console.content.saving import editor_url
from webapp.console.forms import unless_stale
from webapp.domain.content import history as revisions
from webapp.domain.content.content_types import ContentType
from webapp.domain.content.texts import pretty
from webapp.domain.content.views import EntryView
from webapp.kernel.paging import LIMIT_MAX, PageRequest
from webapp.web import current_work

HISTORY_SIZE = 20
DRAWER_SIZE = 8


@blueprint.route(f"{ENTRY}/history")
@editors_only
def history(content_type: ContentType, key: str) -> ResponseReturnValue:
    """Revisions, newest first; with ``?drawer`` those that the editor shows beside the form."""
    view = latest(content_type, key)
    if "drawer" in request.args:
        return drawer(view)
    page = revisions.list_revisions(current_work(), content_type, key, requested_page(HISTORY_SIZE))
    return render_template("console/content/history.html", view=view, page=page)


@blueprint.route(f"{ENTRY}/history/<id:number>")
@editors_only
def revision(content_type: ContentType, key: str, number: int) -> ResponseReturnValue:
    """One revision: what it changed against the one before it, or against any other (``?against=``)."""
    work, view = current_work(), latest(content_type, key)
    state = revisions.get_revision(work, content_type, key, number)
    against = requested_revision("against", max(number - 1, 1))
    changes = revisions.diff_revisions(work, content_type, key, number, against)
    return render_template(
        "console/content/revision.html",
        view=view,
        revision=state.revision,
        document=pretty({**state.document, "tags": state.tags}),
        against=against,
        others=revisions.list_revisions(work, content_type, key, PageRequest(limit=LIMIT_MAX)).data,
        changes=shown_changes(changes),
    )


@blueprint.route(f"{ENTRY}/history/<id:number>/restore", methods=["POST"])
@editors_only
def restore_revision(content_type: ContentType, key: str, number: int) -> ResponseReturnValue:
    """Make an older revision the newest draft; readers keep what they have until it is published."""
    form, work = ConfirmForm(), current_work()
    with unless_stale(form):
        expected = {form.tag.data}
        view = revisions.restore_revision(work, content_type, key, number, draft=True, expected=expected)
        flash(f"Revision {number} is back as revision {view.revision}, not published yet.", "success")
        return redirect(editor_url(view), 303)
    return redirect(url_for("console.content.history", content_type=content_type, key=key), 303)


def drawer(view: EntryView) -> str:
    """The newest revisions with what each has changed, as a piece of a page."""
    work, asked = current_work(), PageRequest(limit=DRAWER_SIZE)
    page = revisions.list_revisions(work, view.type, view.key, asked)
    found = revisions.diffs_of_revisions(work, view.type, view.key, [each.number for each in page.data])
    changes = {number: shown_changes(each) for number, each in found.items()}
    return render_template("console/content/history_drawer.html", view=view, page=page, changes=changes)
