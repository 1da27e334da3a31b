"""``/console/profile/sessions`` and ``/tokens``: where one is signed in, and keys for scripts."""

from __future__ import annotations

import secrets
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from webapp.access import approved_only
from webapp.console.account.forms import TokenForm
from webapp.console.addresses import last_page_url, requested_page
from webapp.console.forms import submitting
from webapp.console.routes import blueprint
from webapp.domain.accounts import api_tokens, sessions
from webapp.web import current_work

PAGE_SIZE = 25


@blueprint.route("/profile/sessions")
@approved_only
def sessions_page() -> ResponseReturnValue:
    """Where one is signed in."""
    page = sessions.list_sessions(current_work(), requested_page(PAGE_SIZE))
    if url := last_page_url(page):
        return redirect(url)
    return render_template("console/account/sessions.html", page=page, current=current_user.session.id)


@blueprint.route("/profile/sessions/<uuid:session_id>/end", methods=["POST"])
@approved_only
def end_session(session_id: UUID) -> ResponseReturnValue:
    """Sign out of one session."""
    sessions.end_own_session(current_work(), session_id)
    flash("Signed out there.", "success")
    return redirect(url_for("console.sessions_page"), 303)


@blueprint.route("/profile/sessions/end-others", methods=["POST"])
@approved_only
def end_other_sessions() -> ResponseReturnValue:
    """Sign out everywhere but here."""
    count = sessions.end_other_sessions(current_work(), current_user.session.id)
    flash(f"Signed out of {count} other session{'' if count == 1 else 's'}.", "success")
    return redirect(url_for("console.sessions_page"), 303)


@blueprint.route("/profile/tokens", methods=["GET", "POST"])
@approved_only
def tokens() -> ResponseReturnValue:
    """One's API tokens; a new one is shown once, in the answer that makes it."""
    work, form, secret = current_work(), TokenForm(), None
    if form.validate_on_submit():
        with submitting(form):
            made = api_tokens.PREFIX + secrets.token_urlsafe(32)
            api_tokens.create_api_token(work, made, **form.fields())
            secret, form = made, TokenForm(formdata=None)
    page = api_tokens.list_api_tokens(work, requested_page(PAGE_SIZE))
    text = render_template("console/account/tokens.html", form=form, page=page, secret=secret)
    return text, 422 if form.errors else 200


@blueprint.route("/profile/tokens/<uuid:token_id>/revoke", methods=["POST"])
@approved_only
def revoke_token(token_id: UUID) -> ResponseReturnValue:
    """Make a token worthless."""
    api_tokens.revoke_api_token(current_work(), token_id)
    flash("The token is revoked.", "success")
    return redirect(url_for("console.tokens"), 303)
