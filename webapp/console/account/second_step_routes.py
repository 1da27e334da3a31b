"""``/console/login/…``: the second step after the password, and passkeys in place of one."""

from __future__ import annotations

import secrets

from flask import Response, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from webapp.access import public
from webapp.console.account.forms import CodeForm, PasskeyForm
from webapp.console.addresses import back
from webapp.console.forms import submitting
from webapp.console.routes import blueprint
from webapp.console.sign_in import STEP, local_path, sign_in, waiting_person
from webapp.domain.accounts.passkeys import ask_for_known, sign_in_by_passkey
from webapp.domain.accounts.second_factor import factors_of
from webapp.domain.accounts.sign_in import take_second_step
from webapp.extensions import limiter, login_limit
from webapp.metrics import LOGINS, counting
from webapp.web import current_ports, current_work

CHALLENGE = "challenge"
"""Where the cookie keeps what a passkey is to answer."""


@blueprint.route("/login/second-step", methods=["GET", "POST"])
@public
@login_limit
def second_step() -> ResponseReturnValue:
    """Ask for a code of the app, a recovery code or a passkey; lead to set-up whoever has none yet."""
    user, wanted = waiting_person(), local_path(request.args.get("next"))
    if user is None:
        flash("That took too long. Sign in again.", "warning")
        return redirect(url_for("console.login", next=wanted), 303)
    factors = factors_of(current_work().session, user.id)
    if not factors.is_on:
        return redirect(url_for("console.set_up", next=wanted), 303)
    form = CodeForm()
    if form.validate_on_submit():
        with submitting(form), counting(LOGINS):
            secret = current_ports().site.secret
            sign_in(take_second_step(current_work(), session[STEP], form.code.data, secret=secret))
            return redirect(wanted, 303)
    page = render_template("console/account/second_step.html", form=form, factors=factors, wanted=wanted)
    return page, 422 if form.errors else 200


@blueprint.route("/login/passkey/options", methods=["POST"])
@public
@limiter.limit("30 per minute")
def passkey_options() -> ResponseReturnValue:
    """What the browser asks its devices for: an answer to a fresh challenge that only it can use."""
    session[CHALLENGE] = secrets.token_urlsafe(32)
    options = ask_for_known(current_work(), session[CHALLENGE], site=current_ports().site)
    return Response(options, mimetype="application/json")


@blueprint.route("/login/passkey", methods=["POST"])
@public
@login_limit
def passkey_login() -> ResponseReturnValue:
    """Sign in with a passkey."""
    form = PasskeyForm()
    with submitting(form), counting(LOGINS):
        challenge, site = session.pop(CHALLENGE, ""), current_ports().site
        sign_in(sign_in_by_passkey(current_work(), challenge, form.answer.data or "", site=site))
        return redirect(back(url_for("console.dashboard")), 303)
    form.flash_errors()
    return redirect(url_for("console.login", next=back(url_for("console.dashboard"))), 303)
