"""``/console/profile/security``: everything about one's own sign-in on one page."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from webapp.access import approved_only
from webapp.console.account.forms import ConfirmPasswordForm, PasswordForm
from webapp.console.account.proof import freshly_confirmed, recovery_codes_page
from webapp.console.addresses import back
from webapp.console.forms import Form, submitting
from webapp.console.routes import blueprint
from webapp.domain.accounts import api_tokens, factor_setup, passkeys, sessions
from webapp.domain.accounts.linked_accounts import list_linked_accounts
from webapp.domain.accounts.second_factor import factors_of, is_demanded
from webapp.extensions import limiter
from webapp.kernel.paging import PageRequest
from webapp.web import current_ports, current_work, go_on

SHOWN = 3
"""How many sessions and tokens the page shows; each has a page with all of them."""


@blueprint.route("/profile/security")
@approved_only
def security() -> ResponseReturnValue:
    """Password, second factors, sessions and tokens."""
    return security_page(PasswordForm())


def security_page(form: PasswordForm) -> str:
    work, user, few = current_work(), current_user.person, PageRequest(limit=SHOWN)
    return render_template(
        "console/account/security.html",
        password_form=form,
        has_password=user.password_hash is not None,
        factors=factors_of(work.session, user.id),
        is_demanded=is_demanded(work.session, user.role),
        passkeys=passkeys.list_passkeys(work),
        providers=current_ports().identity_providers,
        linked_accounts={found.provider: found for found in list_linked_accounts(work, PageRequest()).data},
        sessions=sessions.list_sessions(work, few),
        tokens=api_tokens.list_api_tokens(work, few),
        current=current_user.session.id,
    )


@blueprint.route("/profile/confirm", methods=["GET", "POST"])
@approved_only
@limiter.limit("10 per minute", methods=["POST"])
def confirm() -> ResponseReturnValue:
    """Ask for the password once more before something is changed about signing in."""
    form, wanted = ConfirmPasswordForm(), back(url_for("console.security"))
    has_password, session_id = current_user.person.password_hash is not None, current_user.session.id
    if form.validate_on_submit():
        with submitting(form):
            sessions.confirm_session(go_on(), session_id, form.password.data)
            return redirect(wanted, 303)
    page = render_template(
        "console/account/confirm.html", form=form, wanted=wanted, has_password=has_password
    )
    return page, 422 if form.errors else 200


@blueprint.route("/profile/security/app/remove", methods=["POST"])
@approved_only
@freshly_confirmed
def remove_app() -> ResponseReturnValue:
    """Take one's authenticator app off."""
    form = Form()
    with submitting(form):
        factor_setup.remove_app(current_work())
        flash("The authenticator app is taken off.", "success")
    form.flash_errors()
    return redirect(url_for("console.security"), 303)


@blueprint.route("/profile/security/passkeys/<uuid:passkey_id>/remove", methods=["POST"])
@approved_only
@freshly_confirmed
def remove_passkey(passkey_id: UUID) -> ResponseReturnValue:
    """Forget one of one's passkeys."""
    form = Form()
    with submitting(form):
        passkey = passkeys.remove_passkey(current_work(), passkey_id)
        flash(f"The passkey “{passkey.name}” is removed.", "success")
    form.flash_errors()
    return redirect(url_for("console.security"), 303)


@blueprint.route("/profile/security/codes", methods=["POST"])
@approved_only
@freshly_confirmed
def renew_codes() -> ResponseReturnValue:
    """Make new recovery codes, shown this once."""
    form = Form()
    with submitting(form):
        codes = factor_setup.renew_recovery_codes(current_work())
        return recovery_codes_page(codes, url_for("console.security"))
    form.flash_errors()
    return redirect(url_for("console.security"), 303)
