"""The order of featured designs."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from webapp.access import editors_only
from webapp.console.gallery.blueprint import blueprint
from webapp.console.gallery.forms import OrderForm
from webapp.domain.gallery.commands import arrange_featured
from webapp.domain.gallery.filters import ALL, DesignFilters
from webapp.domain.gallery.queries import list_designs
from webapp.kernel.paging import LIMIT_MAX, PageRequest
from webapp.web import current_work

FEATURED = DesignFilters(featured=True, status=ALL, sort="featured")


@blueprint.route("/featured", methods=["GET", "POST"])
@editors_only
def featured() -> ResponseReturnValue:
    """See featured designs in their order, and change it; buttons move one without scripts."""
    form = OrderForm()
    if form.validate_on_submit():
        arrange_featured(current_work(), moved(form.ids.data or [], form.move.data or ""))
        if not form.move.data:
            flash("The order is saved.", "success")
        return redirect(url_for(".featured"), 303)
    page = list_designs(current_work(), PageRequest(LIMIT_MAX), FEATURED)
    return render_template("console/gallery/featured.html", page=page, form=form)


def moved(ids: list[int], move: str) -> list[int]:
    """The ids with one of them a place up or down: ``up-7``, ``down-7``; anything else moves nothing."""
    direction, _, number = move.partition("-")
    place = next((place for place, each in enumerate(ids) if str(each) == number), None)
    other = {"up": -1, "down": 1}.get(direction, 0) + (place or 0)
    if place is not None and 0 <= other < len(ids):
        ids = [*ids]
        ids[place], ids[other] = ids[other], ids[place]
    return ids
