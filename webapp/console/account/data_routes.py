"""Taking all of one's own data away, and deleting one's own account."""

from __future__ import annotations

from flask import Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from webapp.access import approved_only
from webapp.console.account.forms import DeleteAccountForm
from webapp.console.account.proof import freshly_confirmed
from webapp.console.forms import submitting
from webapp.console.routes import blueprint
from webapp.console.sign_in import forget_sign_in
from webapp.domain.accounts.commands import delete_own_account
from webapp.domain.accounts.export import export_now, prepare_export
from webapp.domain.jobs.models import Job
from webapp.extensions import limiter
from webapp.web import current_ports, current_work, go_on


@blueprint.route("/profile/export", methods=["POST"])
@approved_only
@limiter.limit("20 per hour")
@freshly_confirmed
def export_own_data() -> ResponseReturnValue:
    """All of one's data as a file; where that is much, it is made first."""
    ready = prepare_export(current_work(), current_ports().storage)
    if isinstance(ready, Job):
        flash("There is much to put together. Come back in a few minutes and press the button again.", "info")
        return redirect(url_for("console.profile"), 303)
    if isinstance(ready, str):
        return redirect(ready, 303)
    pieces = export_now(current_work(), go_on, current_ports())
    headers = {"Content-Disposition": "attachment; filename=my-data.zip"}
    return Response(pieces, mimetype="application/zip", headers=headers)


@blueprint.route("/profile/delete", methods=["GET", "POST"])
@approved_only
@freshly_confirmed
def delete_own() -> ResponseReturnValue:
    """Ask, then delete one's own account."""
    form = DeleteAccountForm()
    if form.validate_on_submit():
        with submitting(form):
            delete_own_account(current_work(), expected={form.tag.data})
            forget_sign_in()
            flash("Your account is deleted.", "success")
            return redirect(url_for("console.login"), 303)
    form.tag.data = current_user.person.tag
    page = render_template("console/account/delete.html", form=form)
    return page, 422 if form.errors else 200
