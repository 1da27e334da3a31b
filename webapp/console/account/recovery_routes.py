"""A new password by mail, and the links in mails that lead to the console."""

from __future__ import annotations

from flask import flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from webapp.access import public
from webapp.console.account.forms import EmailForm, NewPasswordForm
from webapp.console.forms import Form, submitting
from webapp.console.routes import blueprint
from webapp.domain.accounts.links import find_link
from webapp.domain.accounts.models import Purpose, Status
from webapp.domain.accounts.recovery import request_password_reset, reset_password
from webapp.domain.accounts.verification import verify_email
from webapp.extensions import recovery_limit, token_limit
from webapp.web import current_work

DONE = "Your e-mail address is verified."
VERIFIED = {
    Status.APPROVED: "Your e-mail address is verified. You can sign in now.",
    Status.PENDING: "Your e-mail address is verified. An admin looks at your registration next.",
}


@blueprint.route("/forgot-password", methods=["GET", "POST"])
@public
@recovery_limit
def forgot_password() -> ResponseReturnValue:
    """Have a link to a new password mailed; the answer is the same whoever the address belongs to."""
    form = EmailForm()
    if form.validate_on_submit():
        request_password_reset(current_work(), form.email.data, console=True)
        return render_template("console/account/mailed.html", email=form.email.data)
    return render_template("console/account/forgot_password.html", form=form), 422 if form.errors else 200


@blueprint.route("/reset-password/<token>", methods=["GET", "POST"])
@public
@token_limit
def new_password(token: str) -> ResponseReturnValue:
    """Choose a new password with a mailed link."""
    form = NewPasswordForm()
    if form.validate_on_submit():
        with submitting(form):
            reset_password(current_work(), token, form.new_password.data)
            flash("Your password is changed. Sign in with the new one.", "success")
            return redirect(url_for("console.login"), 303)
    works = find_link(current_work(), token, Purpose.PASSWORD) is not None
    return link_page("console/account/new_password.html", form, works)


@blueprint.route("/verify-email/<token>", methods=["GET", "POST"])
@public
@token_limit
def verify(token: str) -> ResponseReturnValue:
    """Ask for one click more: programs that look into mails open links too."""
    form, link = Form(), find_link(current_work(), token, Purpose.VERIFY, Purpose.EMAIL)
    is_new = link is not None and link.new_email is not None
    if form.validate_on_submit():
        with submitting(form):
            user = verify_email(current_work(), token)
            done = "Your new address is in use." if is_new else VERIFIED.get(Status(user.status), DONE)
            flash(done, "success")
            return redirect(url_for("console.login"), 303)
    return link_page("console/account/verify_email.html", form, link is not None)


def link_page(template: str, form: Form, works: bool) -> ResponseReturnValue:
    """The page behind a mailed link, which names itself to no other; 404 for a link that does not work."""
    status = 404 if not works else 422 if form.errors else 200
    page = render_template(template if works else "console/account/dead_link.html", form=form)
    response = make_response(page, status)
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
