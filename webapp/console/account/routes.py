"""``/console/login``, sign-out, the first admin, one's own profile."""

from __future__ import annotations

from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from webapp.access import approved_only, public
from webapp.console.account.forms import FirstAdminForm, LoginForm, PasswordForm, PictureForm, ProfileForm
from webapp.console.account.security_routes import security_page
from webapp.console.account.standing_routes import let_in
from webapp.console.forms import submitting
from webapp.console.routes import blueprint
from webapp.console.sign_in import local_path, sign_in, sign_out
from webapp.domain.accounts import commands
from webapp.domain.accounts.first_admin import check_token
from webapp.domain.accounts.queries import has_admin
from webapp.domain.accounts.sign_in import check_password
from webapp.extensions import limiter, login_limit
from webapp.web import current_ports, current_work


@blueprint.route("/login", methods=["GET", "POST"])
@public
@login_limit
def login() -> ResponseReturnValue:
    """Sign in to the console."""
    wanted = local_path(request.args.get("next"))
    if current_user.is_authenticated and request.method == "GET":
        return redirect(wanted)
    form = LoginForm()
    if form.validate_on_submit():
        with submitting(form):
            return let_in(lambda: check_password(current_work(), *form.credentials()), wanted)
    providers = current_ports().identity_providers
    context = {"has_admin": has_admin(current_work().session), "providers": providers, "wanted": wanted}
    page = render_template("console/account/login.html", form=form, **context)
    return page, 422 if form.errors else 200


@blueprint.route("/logout", methods=["POST"])
@public
def logout() -> ResponseReturnValue:
    """Sign out of the console."""
    sign_out()
    flash("You are signed out.", "success")
    return redirect(url_for("console.login"), 303)


@blueprint.route("/first-admin/<token>", methods=["GET", "POST"])
@public
@limiter.limit("10 per minute", methods=["POST"])
def first_admin(token: str) -> ResponseReturnValue:
    """Make the first admin by the one-time link that the server prints; it dies with its use."""
    work = current_work()
    check_token(work, token, current_app.config["SECRET_KEY"])
    form = FirstAdminForm()
    if form.validate_on_submit():
        with submitting(form):
            fields = {name: form[name].data for name in ("email", "full_name", "password")}
            sign_in(commands.create_first_admin(work, **fields))
            flash("Welcome. You are the first admin.", "success")
            return redirect(url_for("console.dashboard"), 303)
    return render_template("console/account/first_admin.html", form=form), 422 if form.errors else 200


@blueprint.route("/profile", methods=["GET", "POST"])
@approved_only
def profile() -> ResponseReturnValue:
    """One's own names, and the language of mails."""
    form = own_profile()
    if form.validate_on_submit():
        with submitting(form):
            save_profile(form.changes())
            return redirect(url_for("console.profile"), 303)
    page = render_template("console/account/profile.html", form=form, picture_form=PictureForm(formdata=None))
    return page, 422 if form.errors else 200


@blueprint.route("/profile/password", methods=["POST"])
@approved_only
@limiter.limit("5 per minute")
def change_password() -> ResponseReturnValue:
    """Change one's own password; every session ends."""
    form = PasswordForm()
    if form.validate_on_submit():
        with submitting(form):
            passwords = {name: form[name].data for name in ("current_password", "new_password")}
            commands.change_password(current_work(), **passwords)
            sign_out()
            flash("Your password is changed. Sign in with the new one.", "success")
            return redirect(url_for("console.login"), 303)
    return security_page(form), 422


def save_profile(names: dict[str, str | None]) -> None:
    """Save one's names, and say whether the address has to be proved first."""
    ports = current_ports()
    site = ports.site if ports.mailer.reaches_people else None
    user = commands.update_profile(current_work(), names, site=site)
    flash("Your profile is saved.", "success")
    if names["email"] and names["email"] != user.email:
        flash(f"We have sent a link to {names['email']}. The address changes when you open it.", "info")


def own_profile(**kwargs: Any) -> ProfileForm:
    """The form for the person who is signed in."""
    return ProfileForm.of(current_user.person, current_ports().mail_renderer.languages, **kwargs)
