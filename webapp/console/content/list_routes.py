"""The list of a type's entries, and actions on many of them."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from webapp.access import editors_only
from webapp.console.addresses import back, here, last_page_url
from webapp.console.content.blueprint import blueprint
from webapp.console.content.forms import TAGGING, ActionForm
from webapp.console.content.listing import STATES, Listing
from webapp.console.saved_views import saved_views
from webapp.domain.content import queries, tags
from webapp.domain.content.bulk import BULK_MAX, RowResult, act_on_entries, request_action
from webapp.domain.content.content_types import ContentType
from webapp.kernel.errors import DomainError, Invalid
from webapp.kernel.paging import LIMIT_MAX, PageRequest
from webapp.web import current_work, rollback

DONE = {
    "publish": "published",
    "unpublish": "no longer published",
    "tag": "tagged",
    "untag": "without these tags",
    "trash": "in the trash",
}


@blueprint.route("/<content_type:content_type>")
@editors_only
def entries(content_type: ContentType) -> ResponseReturnValue:
    """Entries of a type in their latest state."""
    return entries_page(content_type)


@blueprint.route("/<content_type:content_type>", methods=["POST"])
@editors_only
def act(content_type: ContentType) -> ResponseReturnValue:
    """Publish, unpublish, tag or put into the trash what is selected, or all that matches."""
    work, form = current_work(), ActionForm()
    asked = Listing.from_request().filters
    form.take(queries.list_keys(work, content_type, asked, form.maximum) if form.all_matching.data else None)
    is_sound = form.validate_on_submit()
    if not form.ids.data or form.action.errors:
        flash("Select at least one row first.", "warning")
        return redirect(back(list_url(content_type)), 303)
    if not is_sound or form.must_ask:
        return ask(content_type, form), 200 if is_sound else 422
    return run(content_type, form)


# --- the parts ------------------------------------------------------------------------------


def list_url(content_type: ContentType) -> str:
    return url_for("console.content.entries", content_type=content_type)


def entries_page(
    content_type: ContentType, failures: list[tuple[str, str]] | None = None, status: int = 200
) -> ResponseReturnValue:
    """The list, with what the last action could not be done to."""
    work, listing = current_work(), Listing.from_request()
    page = queries.list_entries(work, content_type, listing.part, listing.filters)
    if failures is None and (url := last_page_url(page)):
        return redirect(url)
    known = [found.tag.name for found in tags.list_tags(work, PageRequest(limit=LIMIT_MAX), draft=True).data]
    wanted = listing.filters.tag
    context: dict[str, Any] = {
        "content_type": content_type,
        "page": page,
        "listing": listing,
        "states": STATES,
        "tag_options": [(name, name) for name in dict.fromkeys([*known, *([wanted] if wanted else [])])],
        "failures": failures or [],
        "bulk_max": ActionForm.maximum,
        "here": here(),
        "saved_views": saved_views(),
    }
    return render_template("console/content/entries.html", **context), status


def ask(content_type: ContentType, form: ActionForm) -> str:
    """The page that asks for tags, for a yes, and for the words where many are concerned."""
    return render_template(
        "console/content/bulk.html",
        content_type=content_type,
        form=form,
        is_tagging=form.action.data in TAGGING,
        came_from=back(list_url(content_type)),
    )


def run(content_type: ContentType, form: ActionForm) -> ResponseReturnValue:
    try:
        asked = (content_type, form.action.data, form.ids.data, form.tag_names)
        if len(form.ids.data) > BULK_MAX:
            job = request_action(current_work(), *asked)
            return redirect(url_for("console.jobs.job", job_id=job.id), 303)
        results = act_on_entries(current_work(), *asked)
    except Invalid as error:
        rollback()
        form.tags.errors = [found.detail for found in error.errors]
        return ask(content_type, form), 422
    return report(content_type, form.action.data, results)


def report(content_type: ContentType, action: str, results: list[RowResult]) -> ResponseReturnValue:
    """Back to the list; where something could not be done, the list says to what and why."""
    refused = [(str(result.key), words(result.error)) for result in results if result.error]
    if done := len(results) - len(refused):
        flash(f"{done} {'entry is' if done == 1 else 'entries are'} {DONE[action]}.", "success")
    if not refused:
        return redirect(back(list_url(content_type)), 303)
    return entries_page(content_type, refused, 409)


def words(error: DomainError) -> str:
    return " ".join(found.detail for found in error.errors) or error.detail
