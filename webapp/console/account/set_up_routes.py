"""``/console/set-up/…``: setting up an app or a passkey, by oneself or before the first way in."""

from __future__ import annotations

import io
import secrets

import segno
from flask import Response, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue

from webapp.access import public
from webapp.console.account.forms import CodeForm, NewPasskeyForm
from webapp.console.account.proof import finish, setting_up
from webapp.console.account.second_step_routes import CHALLENGE
from webapp.console.addresses import back
from webapp.console.forms import submitting
from webapp.console.routes import blueprint
from webapp.domain.accounts import factor_setup, passkeys
from webapp.domain.accounts.models import User
from webapp.domain.settings.queries import get_setting
from webapp.extensions import limiter
from webapp.web import current_ports, current_work


def page(template: str, **context: object) -> str:
    """A page that leads back to where its person was going."""
    return render_template(f"console/account/{template}", wanted=back(url_for("console.security")), **context)


@blueprint.route("/set-up")
@public
@setting_up
def set_up(user: User) -> ResponseReturnValue:
    """Choose between an app and a passkey."""
    return page("set_up.html")


@blueprint.route("/set-up/app/new", methods=["POST"])
@public
@setting_up
def new_app(user: User) -> ResponseReturnValue:
    """Make a secret for a new app."""
    factor_setup.prepare_app(current_work(), user)
    return redirect(url_for("console.set_up_app", next=back(url_for("console.security"))), 303)


@blueprint.route("/set-up/app", methods=["GET", "POST"])
@public
@limiter.limit("10 per minute", methods=["POST"])
@setting_up
def set_up_app(user: User) -> ResponseReturnValue:
    """Show the secret of a new app, and count the app once it has shown a code."""
    work, secret, form = current_work(), current_ports().site.secret, CodeForm()
    if form.validate_on_submit():
        with submitting(form):
            return finish(user, factor_setup.confirm_app(work, user, form.code.data, secret=secret))
    key = factor_setup.new_app_secret(work, user, secret=secret)
    return page("set_up_app.html", form=form, key=key), 422 if form.errors else 200


@blueprint.route("/set-up/app.svg")
@public
@setting_up
def app_qr_code(user: User) -> ResponseReturnValue:
    """The secret of a new app as a QR code."""
    secret, picture = current_ports().site.secret, io.BytesIO()
    address = factor_setup.app_address(current_work(), user, secret=secret)
    segno.make(address, error="m").save(picture, kind="svg", scale=6, border=3, light="#fff")
    return Response(picture.getvalue(), mimetype="image/svg+xml")


@blueprint.route("/set-up/passkey/options", methods=["POST"])
@public
@limiter.limit("30 per minute")
@setting_up
def new_passkey_options(user: User) -> ResponseReturnValue:
    """What the browser asks a device for: a new passkey, for a fresh challenge that only it can use."""
    work, site = current_work(), current_ports().site
    session[CHALLENGE] = secrets.token_urlsafe(32)
    name = get_setting(work.session, "site_name")
    options = passkeys.ask_for_new(work, user, session[CHALLENGE], site_name=name, site=site)
    return Response(options, mimetype="application/json")


@blueprint.route("/set-up/passkey", methods=["GET", "POST"])
@public
@setting_up
def set_up_passkey(user: User) -> ResponseReturnValue:
    """Name a new passkey and keep it."""
    form = NewPasskeyForm()
    if form.validate_on_submit():
        with submitting(form):
            made = passkeys.add_passkey(
                current_work(),
                user,
                session.pop(CHALLENGE, ""),
                form.answer.data or "",
                name=form.name.data,
                site=current_ports().site,
            )
            return finish(user, made[1])
    return page("set_up_passkey.html", form=form), 422 if form.errors else 200
