"""A theme from a photo of the library, seen beside it before it is kept."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import RadioField, SelectChoice, StringField

from webapp.access import editors_only
from webapp.console.forms import Form, storable, strip, submitting
from webapp.console.themes.blueprint import blueprint
from webapp.console.themes.pictures import picture_of
from webapp.domain.media.models import Media
from webapp.domain.media.queries import get_media
from webapp.domain.themes.commands import create_theme
from webapp.domain.themes.photo import PhotoTheme, themes_of_photo
from webapp.web import current_work


class PhotoForm(Form):
    """Which of the photo's colours leads, and what the theme is called."""

    name = StringField("Name", [storable], [strip])
    lead = RadioField("Around")

    @classmethod
    def of(cls, media: Media, found: list[PhotoTheme]) -> PhotoForm:
        stem = media.filename.rpartition(".")[0].replace("-", " ").replace("_", " ").strip()
        form = cls(name=stem.capitalize() or "From a photo", lead=found[0].lead)
        form.lead.choices = [SelectChoice(each.lead) for each in found]
        return form


@blueprint.route("/from-photo/<object_key:object_key>", methods=["GET", "POST"])
@editors_only
def from_photo(object_key: str) -> ResponseReturnValue:
    """See the themes that a photo gives, and keep one of them."""
    media = get_media(current_work(), object_key)
    found = themes_of_photo(media.colors)
    form = PhotoForm.of(media, found)
    if form.validate_on_submit():
        with submitting(form):
            document = next(each.document for each in found if each.lead == form.lead.data)
            message = f"Started from the photo {media.filename}".strip()[:200]
            theme = create_theme(current_work(), {"name": form.name.data or "", **document}, message=message)
            flash(f"{theme.name} is made. Pages show it once you activate it.", "success")
            return redirect(url_for("console.themes.editor", theme_id=theme.id), 303)
        media = get_media(current_work(), object_key)
    page = render_template(
        "console/themes/from_photo.html", media=media, found=found, form=form, picture_of=picture_of
    )
    return page, 422 if form.errors else 200
