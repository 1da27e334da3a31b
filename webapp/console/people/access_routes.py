"""How one person gets in: their second factor, for an admin who helps."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from webapp.access import admins_only
from webapp.console.forms import submitting
from webapp.console.people.blueprint import blueprint
from webapp.console.people.forms import ConfirmForm
from webapp.domain.accounts import queries
from webapp.domain.accounts.factor_setup import take_off_second_factors
from webapp.web import current_work


@blueprint.route("/<uuid:user_id>/second-factor", methods=["GET", "POST"])
@admins_only
def second_factor(user_id: UUID) -> ResponseReturnValue:
    """Ask, then take the second factor off a person who has lost it."""
    user, form = queries.get_user(current_work(), user_id), ConfirmForm()
    if form.validate_on_submit():
        with submitting(form):
            take_off_second_factors(current_work(), user_id)
            flash(
                f"{user.display_name} signs in with the password alone now, and is told by mail.", "success"
            )
            return redirect(url_for(".person", user_id=user_id), 303)
    page = render_template("console/people/second_factor.html", form=form, user=user)
    return page, 422 if form.errors else 200
