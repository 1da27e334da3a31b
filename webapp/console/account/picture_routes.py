"""``/console/profile/picture``: one's picture of oneself."""

from __future__ import annotations

import re

from flask import current_app, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from webapp.access import approved_only
from webapp.console.account.forms import PictureForm
from webapp.console.forms import Form, submitting
from webapp.console.routes import blueprint, takes_files
from webapp.domain.accounts.avatars import remove_avatar, set_avatar
from webapp.domain.media.uploads import UploadLimits
from webapp.extensions import limiter
from webapp.web import current_ports, current_work, go_on

OURS = re.compile(r"/media/avatars/\d{4}/\d\d/\d+_[0-9a-f]{32}\.[a-z]+\Z")


def picture_path(url: object) -> str | None:
    """The path of a picture that was uploaded here; None for an address elsewhere, which pages never load."""
    found = OURS.search(url) if isinstance(url, str) else None
    return found[0] if found else None


blueprint.add_app_template_filter(picture_path)


@blueprint.route("/profile/picture", methods=["POST"])
@approved_only
@limiter.limit("10 per minute")
@takes_files
def set_picture() -> ResponseReturnValue:
    """Give oneself a picture in place of the one before."""
    form = PictureForm()
    if form.validate_on_submit():
        with submitting(form):
            limits = UploadLimits(current_app.config["MAX_FILE_SIZE"], current_app.config["UPLOAD_QUOTA"])
            pieces = iter(lambda: form.file.data.stream.read(2**18), b"")
            set_avatar(current_work(), go_on, current_ports(), pieces, limits)
            flash("Your picture is saved.", "success")
    form.flash_errors()
    return redirect(url_for("console.profile"), 303)


@blueprint.route("/profile/picture/remove", methods=["POST"])
@approved_only
def remove_picture() -> ResponseReturnValue:
    """Have no picture any more."""
    form = Form()
    with submitting(form):
        remove_avatar(current_work())
        flash("Your picture is removed.", "success")
    form.flash_errors()
    return redirect(url_for("console.profile"), 303)
