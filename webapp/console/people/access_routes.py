"""How one person gets in and what they see, for an admin who helps: sessions, second factor, their eyes."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from flask import flash, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from webapp.access import admins_only, approved_only
from webapp.console.forms import submitting
from webapp.console.people.blueprint import blueprint
from webapp.console.people.forms import ConfirmForm
from webapp.console.routes import blueprint as console
from webapp.console.see_as import start_seeing
from webapp.console.sign_in import SEEING
from webapp.domain.accounts import queries
from webapp.domain.accounts.factor_setup import take_off_second_factors
from webapp.domain.accounts.seeing import begin_seeing_as, end_seeing_as
from webapp.domain.accounts.sessions import end_sessions_of
from webapp.web import current_work


@blueprint.route("/<uuid:user_id>/end-sessions", methods=["POST"])
@admins_only
def end_sessions(user_id: UUID) -> ResponseReturnValue:
    """Sign a person out everywhere."""
    form = ConfirmForm()
    with submitting(form):
        user = end_sessions_of(current_work(), user_id)
        flash(f"{user.display_name} is signed out everywhere.", "success")
    form.flash_errors()
    return redirect(url_for(".person", user_id=user_id), 303)


@blueprint.route("/<uuid:user_id>/second-factor", methods=["GET", "POST"])
@admins_only
def second_factor(user_id: UUID) -> ResponseReturnValue:
    """Ask, then take the second factor off a person who has lost it."""
    user, form = queries.get_user(current_work(), user_id), ConfirmForm()
    if form.validate_on_submit():
        with submitting(form):
            take_off_second_factors(current_work(), user_id)
            flash(f"{user.display_name} signs in with the password alone now.", "success")
            return redirect(url_for(".person", user_id=user_id), 303)
    page = render_template("console/people/second_factor.html", form=form, user=user)
    return page, 422 if form.errors else 200


@blueprint.route("/<uuid:user_id>/see-as", methods=["POST"])
@admins_only
def see_as(user_id: UUID) -> ResponseReturnValue:
    """Look at the console as this person sees it."""
    form = ConfirmForm()
    with submitting(form):
        start_seeing(begin_seeing_as(current_work(), user_id))
        return redirect(url_for("console.dashboard"), 303)
    form.flash_errors()
    return redirect(url_for(".person", user_id=user_id), 303)


@console.route("/see-as/stop", methods=["POST"])
@approved_only
def stop_seeing_as() -> ResponseReturnValue:
    """Look with one's own eyes again."""
    seen, work = current_user.seen, current_work()
    session.pop(SEEING, None)
    if seen is None:
        return redirect(url_for("console.dashboard"), 303)
    end_seeing_as(replace(work, actor=current_user.session.user.as_actor()), seen.id)
    return redirect(url_for("console.people.person", user_id=seen.id), 303)
