"""The list of designs with its facets, and actions on many."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from webapp.access import editors_only
from webapp.console.addresses import back, here, last_page_url
from webapp.console.forms import submitting
from webapp.console.gallery.blueprint import blueprint
from webapp.console.gallery.forms import DesignsForm
from webapp.console.gallery.listing import Listing
from webapp.console.saved_views import saved_views
from webapp.domain.content.bulk import RowResult
from webapp.domain.gallery import queries
from webapp.domain.gallery.bulk import act_on_designs
from webapp.domain.gallery.filters import ALL
from webapp.domain.gallery.models import FACETS
from webapp.kernel.errors import DomainError
from webapp.web import current_work

DONE = {
    "publish": "published",
    "unpublish": "drafts now",
    "archive": "archived",
    "feature": "featured",
    "unfeature": "no longer featured",
    "edit": "changed",
    "trash": "in the trash",
}


@blueprint.route("")
@editors_only
def designs() -> ResponseReturnValue:
    """Designs in their latest state, with the number of each word in each column."""
    return designs_page()


@blueprint.route("", methods=["POST"])
@editors_only
def act() -> ResponseReturnValue:
    """Change, publish, hide, feature or put into the trash what is selected, or all that matches."""
    work, form = current_work(), DesignsForm()
    asked = Listing.from_request().filters
    form.take(queries.list_design_ids(work, asked, form.maximum) if form.all_matching.data else None)
    is_sound = form.validate_on_submit()
    if not form.ids.data or form.action.errors:
        flash("Select at least one design first.", "warning")
        return redirect(back(url_for(".designs")), 303)
    if is_sound and not form.must_ask and not lacks_changes(form):
        with submitting(form):
            return report(form, act_on_designs(work, form.action.data, form.ids.data, form.changes))
    return ask(form), 200 if is_sound and not form.errors else 422


# --- the parts ------------------------------------------------------------------------------


def designs_page(failures: list[tuple[int, str]] | None = None, status: int = 200) -> ResponseReturnValue:
    """The list, with what the last action could not be done to."""
    work, listing = current_work(), Listing.from_request()
    page = queries.list_designs(work, listing.part, listing.filters)
    if failures is None and (url := last_page_url(page)):
        return redirect(url)
    context: dict[str, Any] = {
        "page": page,
        "listing": listing,
        "facets": queries.count_facets(work, listing.filters),
        "featured": numbers(queries.count_featured(work, listing.filters)),
        "statuses": numbers(queries.count_statuses(work, replace(listing.filters, status=ALL))),
        "failures": failures or [],
        "bulk_max": DesignsForm.maximum,
        "here": here(),
        "saved_views": saved_views(),
    }
    return render_template("console/gallery/designs.html", **context), status


def numbers(values: list[queries.FacetValue]) -> dict[str, int]:
    return {each.value: each.count for each in values}


def lacks_changes(form: DesignsForm) -> bool:
    """Whether a change was asked for that changes nothing; the form is told."""
    if form.action.data == "edit" and not form.changes:
        form.form_errors.append("Fill in at least one field.")
        return True
    return False


def ask(form: DesignsForm) -> str:
    """The page that asks for the new values, or for a yes."""
    return render_template(
        "console/gallery/bulk.html", form=form, columns=FACETS, came_from=back(url_for(".designs"))
    )


def report(form: DesignsForm, results: list[RowResult]) -> ResponseReturnValue:
    refused = [(int(result.key), words(result.error)) for result in results if result.error]
    if done := len(results) - len(refused):
        flash(f"{done} {'design is' if done == 1 else 'designs are'} {DONE[form.action.data]}.", "success")
    if not refused:
        return redirect(back(url_for(".designs")), 303)
    return designs_page(refused, 409)


def words(error: DomainError) -> str:
    return " ".join(found.detail for found in error.errors) or error.detail
