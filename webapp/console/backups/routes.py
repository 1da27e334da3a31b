"""``/console/backups``: what backups there are, making one, reading and deleting them."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, send_file, url_for
from flask.typing import ResponseReturnValue

from webapp.access import admins_only
from webapp.console.addresses import back, last_page_url, requested_page
from webapp.console.forms import Form, submitting
from webapp.domain.backups import commands, queries
from webapp.domain.settings.queries import all_settings
from webapp.web import current_ports, current_work

PAGE_SIZE = 25

blueprint = Blueprint("backups", __name__, url_prefix="/backups")


@blueprint.route("")
@admins_only
def backups() -> ResponseReturnValue:
    """All backups, the newest first, and the one that is being made."""
    work, folders = current_work(), current_ports().backups
    page = queries.list_backups(work, folders, requested_page(PAGE_SIZE))
    if url := last_page_url(page):
        return redirect(url)
    context = {
        "job": queries.find_last_job(work),
        "has_media": folders.media is not None,
        "settings": all_settings(work.session),
    }
    return render_template("console/backups/backups.html", page=page, **context)


@blueprint.route("", methods=["POST"])
@admins_only
def make() -> ResponseReturnValue:
    """Ask for a backup now."""
    form = Form()
    with submitting(form):
        commands.request_backup(current_work())
        flash("A backup is being made.", "success")
    form.flash_errors()
    return redirect(url_for(".backups"), 303)


@blueprint.route("/<name>/download", methods=["POST"])
@admins_only
def download(name: str) -> ResponseReturnValue:
    """The file of a backup."""
    file = commands.hand_out_backup(current_work(), current_ports().backups, name)
    response = send_file(file.path, "application/zip", as_attachment=True, etag=False)
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.route("/<name>/delete", methods=["GET", "POST"])
@admins_only
def delete(name: str) -> ResponseReturnValue:
    """Ask, and delete a backup for good."""
    work, folders, form = current_work(), current_ports().backups, Form()
    file = queries.get_backup(work, folders, name)
    if form.validate_on_submit():
        with submitting(form):
            commands.delete_backup(work, folders, name)
            flash("The backup is deleted.", "success")
            return redirect(back(url_for(".backups")), 303)
    context = {"file": file, "back": back(url_for(".backups"))}
    page = render_template("console/backups/delete.html", form=form, **context)
    return page, 422 if form.errors else 200
