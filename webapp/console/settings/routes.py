"""``/console/settings``: what an admin decides while the system runs."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from webapp.access import admins_only
from webapp.console.conflicts import Difference, form_differences
from webapp.console.forms import submitting
from webapp.console.settings.forms import SettingsForm
from webapp.domain.settings.commands import update_settings
from webapp.domain.settings.queries import all_settings, settings_tag
from webapp.domain.settings.registry import DEFINITIONS
from webapp.kernel.errors import Stale
from webapp.web import current_work, rollback

blueprint = Blueprint("settings", __name__, url_prefix="/settings")


@blueprint.route("", methods=["GET", "POST"])
@admins_only
def settings() -> ResponseReturnValue:
    """All product settings."""
    work = current_work()
    values = all_settings(work.session)
    form = SettingsForm(data={**values, "tag": settings_tag(values)})
    try:
        if form.validate_on_submit():
            with submitting(form):
                changes = {key: form[key].data for key in values}
                update_settings(work, changes, expected={form.tag.data})
                flash("The settings are saved.", "success")
                return redirect(url_for(".settings"), 303)
    except Stale:
        rollback()
        form.tag.data = settings_tag(values)
        return page(form, form_differences(form, values)), 412
    return page(form), 422 if form.errors else 200


def page(form: SettingsForm, conflict: list[Difference] | None = None) -> str:
    return render_template(
        "console/settings/settings.html", form=form, definitions=DEFINITIONS, conflict=conflict
    )
