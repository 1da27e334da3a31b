"""One image: what it shows, its focal point, what it is in, and deleting it."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from webapp.access import editors_only
from webapp.console.addresses import back
from webapp.console.forms import Form, submitting
from webapp.console.media.blueprint import blueprint
from webapp.console.media.forms import ImageForm
from webapp.console.media.uses import shown_use
from webapp.domain.media import commands, queries
from webapp.domain.media.models import Media
from webapp.domain.media.uses import uses_of
from webapp.web import current_work


@blueprint.route("/image/<object_key:object_key>", methods=["GET", "POST"])
@editors_only
def image(object_key: str) -> ResponseReturnValue:
    """See an image, and change what is known of it."""
    media = queries.get_media(current_work(), object_key)
    form = ImageForm.of(media)
    if form.validate_on_submit():
        with submitting(form):
            commands.update_media(current_work(), object_key, form.changes(), expected={form.tag.data or ""})
            flash("Saved.", "success")
            return redirect(url_for(".image", object_key=object_key), 303)
    return page(media.object_key, form), 422 if form.errors else 200


@blueprint.route("/delete/<object_key:object_key>", methods=["GET", "POST"])
@editors_only
def delete(object_key: str) -> ResponseReturnValue:
    """Delete an image for good, after saying what it is in."""
    media = queries.get_media(current_work(), object_key)
    form = Form()
    if form.validate_on_submit():
        commands.delete_media(current_work(), object_key)
        flash("The image is deleted.", "success")
        return redirect(back(url_for(".library")), 303)
    return render_template("console/media/delete.html", media=media, form=form, uses=uses(media))


def page(object_key: str, form: ImageForm) -> str:
    media = queries.get_media(current_work(), object_key)
    return render_template("console/media/image.html", media=media, form=form, uses=uses(media))


def uses(media: Media) -> list[object]:
    return [shown_use(use) for use in uses_of(current_work().session, media.object_key)]
