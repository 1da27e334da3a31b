"""``/console/festivals``: what they are called, when they are, what they look like."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp.access import editors_only
from webapp.console.addresses import last_page_url, requested_page, requested_search
from webapp.console.festivals.forms import ConfirmForm, DateForm, FestivalForm, ImageForm, ImageOrderForm
from webapp.console.forms import submitting
from webapp.domain.cards import festival_parts, festivals
from webapp.domain.cards.festival_models import Festival
from webapp.kernel.errors import Stale
from webapp.web import current_ports, current_work, rollback

blueprint = Blueprint("festivals", __name__, url_prefix="/festivals")
PAGE_SIZE = 30


@blueprint.route("")
@editors_only
def list_page() -> ResponseReturnValue:
    """Festivals, the next one first."""
    page = festivals.list_festivals(current_work(), requested_page(PAGE_SIZE), q=requested_search())
    if url := last_page_url(page):
        return redirect(url)
    today = current_work().now.date()
    return render_template("console/festivals/festivals.html", page=page, today=today)


@blueprint.route("/new", methods=["GET", "POST"])
@editors_only
def new() -> ResponseReturnValue:
    """Add a festival; its days are found in a calendar, or entered on its page."""
    form = FestivalForm()
    if wants_row(form):
        return render_template("console/festivals/new.html", form=form)
    if form.validate_on_submit():
        with submitting(form):
            festival = festivals.create_festival(current_work(), form.changes())
            flash(f"{festival.name} is made.", "success")
            return redirect(url_for("console.festivals.festival", festival_id=festival.id), 303)
    return render_template("console/festivals/new.html", form=form), 422 if form.errors else 200


@blueprint.route("/<uuid:festival_id>", methods=["GET", "POST"])
@editors_only
def festival(festival_id: UUID) -> ResponseReturnValue:
    """One festival: words, days by year, images."""
    found = festivals.get_festival(current_work(), festival_id)
    form = FestivalForm.of(found)
    if wants_row(form) or not form.validate_on_submit():
        return festival_page(found, form), 422 if form.errors else 200
    try:
        with submitting(form):
            sent = form.changes()
            festivals.update_festival(current_work(), festival_id, sent, expected={form.tag.data or ""})
            flash(f"{found.name} is saved.", "success")
            return to_festival(festival_id)
    except Stale:
        return conflict(festival_id, form)
    return festival_page(festivals.get_festival(current_work(), festival_id), form), 422


def wants_row(form: FestivalForm) -> bool:
    """Add an empty row for a language, where that was asked for."""
    is_asked = form.is_submitted() and request.form.get("then") == "add-message"
    if is_asked:
        form.messages.append_entry()
    return is_asked


def conflict(festival_id: UUID, form: FestivalForm) -> ResponseReturnValue:
    """Somebody else saved meanwhile: one's own words stay in the form, and saving again takes them."""
    rollback()
    found = festivals.get_festival(current_work(), festival_id)
    form.tag.data = found.tag
    form.form_errors.append("Somebody else saved meanwhile. Save again to take what stands here.")
    return festival_page(found, form), 412


def to_festival(festival_id: UUID, anchor: str | None = None) -> ResponseReturnValue:
    return redirect(url_for("console.festivals.festival", festival_id=festival_id, _anchor=anchor), 303)


def festival_page(
    found: Festival,
    form: FestivalForm,
    *,
    date_form: DateForm | None = None,
    image_form: ImageForm | None = None,
) -> str:
    return render_template(
        "console/festivals/festival.html",
        festival=found,
        form=form,
        date_form=date_form or DateForm(formdata=None),
        image_form=image_form or ImageForm(formdata=None),
        today=current_work().now.date(),
        pictures={image.id: shown_path(image.image_url) for image in found.images},
    )


def shown_path(address: str) -> str | None:
    """Where this server shows an image; None for one that is elsewhere."""
    ours = current_ports().storage.public_url("")
    path = f"/media/{address.removeprefix(ours)}" if address.startswith(ours) else address
    return path if path.startswith("/") else None


def refused(festival_id: UUID, **forms: Any) -> ResponseReturnValue:
    """The page with a small form that was refused."""
    found = festivals.get_festival(current_work(), festival_id)
    return festival_page(found, FestivalForm.of(found, formdata=None), **forms), 422


@blueprint.route("/<uuid:festival_id>/dates", methods=["POST"])
@editors_only
def enter_date(festival_id: UUID) -> ResponseReturnValue:
    """Enter the days of one year by hand."""
    form = DateForm()
    with submitting(form):
        festival_parts.enter_date(current_work(), festival_id, form.fields())
        flash("The days are entered; no calendar changes them.", "success")
        return to_festival(festival_id, "dates")
    return refused(festival_id, date_form=form)


@blueprint.route("/<uuid:festival_id>/dates/<id:year>/forget", methods=["POST"])
@editors_only
def forget_date(festival_id: UUID, year: int) -> ResponseReturnValue:
    """Take the days of one year back to what the calendar knows."""
    festival_parts.forget_date(current_work(), festival_id, year)
    flash(f"What was entered for {year} is gone.", "success")
    return to_festival(festival_id, "dates")


@blueprint.route("/<uuid:festival_id>/images", methods=["POST"])
@editors_only
def add_image(festival_id: UUID) -> ResponseReturnValue:
    """Give it an image of the library, or one from elsewhere."""
    form = ImageForm()
    with submitting(form):
        festivals.add_image(current_work(), festival_id, form.fields())
        flash("The image is added.", "success")
        return to_festival(festival_id, "images")
    return refused(festival_id, image_form=form)


@blueprint.route("/<uuid:festival_id>/images/arrange", methods=["POST"])
@editors_only
def arrange_images(festival_id: UUID) -> ResponseReturnValue:
    """Put images into an order, and make one of them the primary one or take it away."""
    form = ImageOrderForm()
    if form.validate_on_submit():
        festival_parts.arrange_images(current_work(), festival_id, form.order())
        match form.wish:
            case "primary", UUID() as image_id:
                festival_parts.update_image(current_work(), festival_id, image_id, {"is_primary": True})
            case "remove", UUID() as image_id:
                festivals.delete_image(current_work(), festival_id, image_id)
            case _ if not form.move.data:
                flash("The order is saved.", "success")
    return to_festival(festival_id, "images")


@blueprint.route("/<uuid:festival_id>/delete", methods=["GET", "POST"])
@editors_only
def delete(festival_id: UUID) -> ResponseReturnValue:
    """Ask, and delete a festival; cards that were made for it stay."""
    found = festivals.get_festival(current_work(), festival_id)
    form, name = ConfirmForm(tag=found.tag), found.name
    if form.validate_on_submit():
        with submitting(form):
            festivals.delete_festival(current_work(), festival_id, expected={form.tag.data or ""})
            flash(f"{name} is deleted.", "success")
            return redirect(url_for("console.festivals.list_page"), 303)
    return render_template("console/festivals/delete.html", form=form, festival=found)
