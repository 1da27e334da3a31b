"""Publishing, unpublishing and scheduling an entry, and putting it into the trash."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from webapp.access import editors_only
from webapp.console.addresses import back
from webapp.console.content.blueprint import blueprint
from webapp.console.content.editor_routes import ENTRY, latest
from webapp.console.content.forms import ConfirmForm, ScheduleForm
from webapp.console.content.list_routes import list_url
from webapp.console.content.saving import editor_url
from webapp.console.content.zones import ZONES, local_text
from webapp.console.forms import submitting, unless_stale
from webapp.domain.content import commands, publication
from webapp.domain.content.content_types import ContentType
from webapp.domain.content.views import EntryView
from webapp.web import current_work

CHANGED = "Somebody else has changed this meanwhile. Nothing was done; look at it once more."


@blueprint.route(f"{ENTRY}/publish", methods=["POST"])
@editors_only
def publish(content_type: ContentType, key: str) -> ResponseReturnValue:
    """Show the latest revision from now on."""
    return change(content_type, key, publication.publish_entry, "Published. Everyone can read it now.")


@blueprint.route(f"{ENTRY}/unpublish", methods=["POST"])
@editors_only
def unpublish(content_type: ContentType, key: str) -> ResponseReturnValue:
    """Show nothing of an entry any more."""
    words = "No longer published. What was scheduled is cancelled."
    return change(content_type, key, publication.unpublish_entry, words)


@blueprint.route(f"{ENTRY}/cancel", methods=["POST"])
@editors_only
def cancel_schedule(content_type: ContentType, key: str) -> ResponseReturnValue:
    """Leave an entry as it is shown now."""
    return change(content_type, key, publication.cancel_schedule, "The schedule is cancelled.")


@blueprint.route(f"{ENTRY}/schedule", methods=["GET", "POST"])
@editors_only
def schedule(content_type: ContentType, key: str) -> ResponseReturnValue:
    """Ask when the latest revision is to be shown, and when nothing any more."""
    work, view = current_work(), latest(content_type, key)
    form = ScheduleForm(data=planned(view))
    if form.validate_on_submit():
        with submitting(form):
            expected = {form.tag.data}
            publication.schedule_entry(work, content_type, key, form.fields(), expected=expected)
            flash("Scheduled.", "success")
            return redirect(editor_url(view), 303)
    page = render_template("console/content/schedule.html", view=view, form=form, zones=ZONES)
    return page, 422 if form.errors else 200


@blueprint.route(f"{ENTRY}/trash", methods=["POST"])
@editors_only
def trash(content_type: ContentType, key: str) -> ResponseReturnValue:
    """Put an entry into the trash; it can be undone."""
    view, form = latest(content_type, key), ConfirmForm()
    with unless_stale(form, CHANGED):
        commands.trash_entry(current_work(), content_type, key, expected=state_in(form))
        undo_url = url_for("console.content.restore_trashed", trash_id=view.entry_id, next=editor_url(view))
        text = f"“{view.headline}” is in the trash. It is kept for 30 days."
        flash({"text": text, "undo_url": undo_url}, "success")  # type: ignore[arg-type]
    return redirect(back(list_url(content_type)), 303)


# --- the parts ------------------------------------------------------------------------------


def change(
    content_type: ContentType, key: str, command: Callable[..., EntryView], words: str
) -> ResponseReturnValue:
    """Do something to an entry, say so, and go back to where it was asked."""
    form, url = ConfirmForm(), url_for("console.content.editor", content_type=content_type, key=key)
    with unless_stale(form, CHANGED):
        command(current_work(), content_type, key, expected=state_in(form))
        flash(words, "success")
    return redirect(back(url), 303)


def state_in(form: ConfirmForm) -> set[str] | None:
    """The state that the page showed, if it said so."""
    return {form.tag.data} if form.tag.data else None


def planned(view: EntryView) -> dict[str, Any]:
    """The schedule there is, as its form shows it."""
    zone = view.time_zone
    return {
        "publish_at": local_text(view.publish_at, zone),
        "unpublish_at": local_text(view.unpublish_at, zone),
        "time_zone": zone or "",
        "tag": view.tag,
    }
