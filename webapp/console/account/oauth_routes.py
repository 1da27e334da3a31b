"""``/console/oauth``: signing in to the console with an account elsewhere, and linking one to one's own."""

from __future__ import annotations

import secrets
from uuid import UUID

from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from webapp.access import approved_only, public
from webapp.console.account.forms import LinkForm
from webapp.console.account.proof import freshly_confirmed
from webapp.console.account.standing_routes import let_in
from webapp.console.forms import submitting
from webapp.console.routes import blueprint
from webapp.console.sign_in import local_path
from webapp.domain.accounts import linked_accounts, oauth
from webapp.domain.accounts.models import User
from webapp.extensions import oauth_limit
from webapp.kernel.clock import utc_now
from webapp.kernel.errors import DomainError, Unavailable
from webapp.web import (
    commit,
    current_ports,
    current_work,
    preferred_language,
    rollback,
    writing_view,
)

ASKED = "asked_elsewhere"
"""Where the cookie keeps the verifier of what was asked, and the page to go to."""
WORDS = {
    "access_denied": "You did not agree there, so nothing has changed here.",
    "provider_unavailable": "The other side does not answer right now. Try later, or sign in another way.",
    "provider_refused": "The other side did not confirm who you are. Try again.",
}
TRY_AGAIN = "That took too long, or was finished already. Try again."


@blueprint.route("/oauth/<provider>")
@public
@oauth_limit
def sign_in_elsewhere(provider: str) -> ResponseReturnValue:
    """Send the browser to a provider, for a person who wants to sign in."""
    return go(provider, local_path(request.args.get("next")), otherwise=url_for("console.login"))


@blueprint.route("/profile/linked-accounts/<provider>")
@approved_only
@oauth_limit
@freshly_confirmed
def link_elsewhere(provider: str) -> ResponseReturnValue:
    """Send the browser to a provider, for a person who wants to link the account that they have there."""
    return go(provider, url_for("console.security"), otherwise=url_for("console.security"))


@blueprint.route("/oauth/return")
@public
@oauth_limit
@writing_view
def back_from_elsewhere() -> ResponseReturnValue:
    """Where the browser comes back to: who is signed in is asked about linking, everybody else signed in."""
    asked = session.get(ASKED, {})
    if not asked or "code" not in request.args:
        flash(WORDS.get(request.args.get("error", ""), TRY_AGAIN), "error")
        page = "console.security" if current_user.is_authenticated else "console.login"
        return redirect(url_for(page), 303)
    if current_user.is_authenticated:
        return ask_to_link(LinkForm(formdata=None, code=request.args["code"]))
    del session[ASKED]
    return finish(request.args["code"], asked)


@blueprint.route("/profile/linked-accounts", methods=["POST"])
@approved_only
@freshly_confirmed
def link_account() -> ResponseReturnValue:
    """Link the account, now that its person has seen which one it is."""
    form, asked = LinkForm(), session.pop(ASKED, {})
    with submitting(form):
        verifier = asked.get("verifier", "")
        linked_accounts.link_by_code(current_work(), form.code.data or "", verifier)
        flash("Linked. You can sign in with it from now on.", "success")
    form.flash_errors()
    return redirect(url_for("console.security"), 303)


@blueprint.route("/profile/linked-accounts/<uuid:account_id>/unlink", methods=["POST"])
@approved_only
@freshly_confirmed
def unlink_account(account_id: UUID) -> ResponseReturnValue:
    """Do not let oneself in by an account any more."""
    form = LinkForm(formdata=None)
    with submitting(form):
        linked_accounts.unlink(current_work(), account_id)
        flash("Unlinked.", "success")
    form.flash_errors()
    return redirect(url_for("console.security"), 303)


def go(provider: str, wanted: str, *, otherwise: str) -> ResponseReturnValue:
    """To the provider, with a verifier that only this browser has; ``otherwise`` where it does not answer."""
    rollback()  # nothing waits while the provider is asked for its addresses
    verifier = secrets.token_urlsafe(48)
    return_url = current_ports().site.origin + url_for("console.back_from_elsewhere")
    asked = oauth.Asked(return_url, oauth.challenge_of(verifier))
    try:
        state_id = secrets.token_urlsafe(16)
        url = oauth.authorization_url(current_ports(), provider, asked, state_id, utc_now())
    except Unavailable as error:
        flash(error.detail, "error")
        return redirect(otherwise, 303)
    session[ASKED] = {"verifier": verifier, "next": wanted}
    return redirect(url, 303)


def ask_to_link(form: LinkForm) -> ResponseReturnValue:
    """The page that shows whose account would be linked: the browser may be somebody else's there."""
    verifier = session[ASKED]["verifier"]
    found = oauth.look_at_code(current_work(), form.code.data or "", verifier)
    if found is None:
        flash(TRY_AGAIN, "error")
        return redirect(url_for("console.security"), 303)
    provider, identity = found
    label = current_ports().identity_providers[provider].label
    return render_template("console/account/link.html", form=form, label=label, identity=identity)


def finish(code: str, asked: dict[str, str]) -> ResponseReturnValue:
    """Sign the person in, or say why not."""
    try:
        return let_in(lambda: account_behind(code, asked["verifier"]), asked["next"])
    except DomainError as error:
        commit() if error.keeps_work else rollback()
        flash(error.detail, "error")
        return redirect(url_for("console.login"), 303)


def account_behind(code: str, verifier: str) -> User:
    can_verify, language = current_ports().mailer.reaches_people, preferred_language()
    return linked_accounts.check_account(
        current_work(), code, verifier, can_verify=can_verify, language=language
    )
