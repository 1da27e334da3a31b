"""The order of featured designs."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from webapp.access import editors_only
from webapp.console.gallery.blueprint import blueprint
from webapp.console.gallery.forms import FeaturedOrderForm
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
    form = FeaturedOrderForm()
    if form.validate_on_submit():
        arrange_featured(current_work(), form.order())
        if not form.move.data:
            flash("The order is saved.", "success")
        return redirect(url_for(".featured"), 303)
    page = list_designs(current_work(), PageRequest(LIMIT_MAX), FEATURED)
    return render_template("console/gallery/featured.html", page=page, form=form)
