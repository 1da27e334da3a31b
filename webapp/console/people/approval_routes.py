"""Who waits to be let in, and the answers: one by one or several at once."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from webapp.access import admins_only
from webapp.console.addresses import back, here, last_page_url
from webapp.console.forms import submitting
from webapp.console.people.blueprint import blueprint
from webapp.console.people.forms import ConfirmForm, RejectForm, ReviewForm
from webapp.console.people.listing import Listing
from webapp.domain.accounts import queries
from webapp.domain.accounts.models import Status
from webapp.domain.accounts.review import ReviewOutcome, approve_user, reject_user, review_users
from webapp.domain.cards.moderation import count_waiting
from webapp.domain.settings.queries import get_setting
from webapp.web import current_work

REVIEWED = (Status.PENDING, Status.REJECTED, Status.UNVERIFIED)
"""The statuses from which a person can be approved; the lists of this page."""


def requested() -> Listing:
    return Listing.from_request(REVIEWED, status=Status.PENDING, sort="joined")


@blueprint.route("/approvals")
@admins_only
def approvals() -> ResponseReturnValue:
    """People who wait, those who wait longest first."""
    return approvals_page()


@blueprint.route("/approvals", methods=["POST"])
@admins_only
def review() -> ResponseReturnValue:
    """Approve or reject the people who are selected, or all who match."""
    work, form = current_work(), ReviewForm()
    form.take(queries.list_user_ids(work, **requested().filters) if form.all_matching.data else None)
    is_sound = form.validate_on_submit()
    if not form.ids.data or form.action.errors:
        flash("Select at least one person first.", "warning")
        return redirect(back(url_for(".approvals")), 303)
    if not is_sound or form.must_ask:
        return ask(form), 200 if is_sound else 422
    approve, reason = form.is_approval, form.reason.data
    return report(review_users(work, form.ids.data, approve=approve, reason=reason), approve)


@blueprint.route("/<uuid:user_id>/approve", methods=["POST"])
@admins_only
def approve(user_id: UUID) -> ResponseReturnValue:
    """Let one person in."""
    form = ConfirmForm()
    with submitting(form):
        user = approve_user(current_work(), user_id)
        flash(f"{user.display_name} is approved and can sign in.", "success")
    form.flash_errors()
    return redirect(back(url_for(".approvals")), 303)


@blueprint.route("/<uuid:user_id>/reject", methods=["GET", "POST"])
@admins_only
def reject(user_id: UUID) -> ResponseReturnValue:
    """Turn one person away, with a reason."""
    user, form = queries.get_user(current_work(), user_id), RejectForm()
    if form.validate_on_submit():
        with submitting(form):
            reject_user(current_work(), user_id, form.reason.data)
            flash(f"{user.display_name} is rejected.", "success")
            return redirect(back(url_for(".approvals")), 303)
    page = render_template(
        "console/people/reject.html", form=form, user=user, came_from=back(url_for(".approvals"))
    )
    return page, 422 if form.errors else 200


# --- the pages ------------------------------------------------------------------------------


def approvals_page(failures: list[tuple[str, str]] | None = None, status: int = 200) -> ResponseReturnValue:
    """The list, with the names and troubles of people whom the last bulk action could not help."""
    work, listing = current_work(), requested()
    page = listing.fetch(work)
    if failures is None and (url := last_page_url(page)):
        return redirect(url)
    text = render_template(
        "console/people/approvals.html",
        page=page,
        listing=listing,
        counts=queries.count_by_status(work),
        tabs=REVIEWED,
        reject_form=RejectForm(formdata=None),
        policy=get_setting(work.session, "registration_policy"),
        failures=failures or [],
        waiting=count_waiting(work),
        here=here(),
    )
    return text, status


def ask(form: ReviewForm) -> str:
    """The page that asks for a reason, and for the words where many are concerned."""
    return render_template(
        "console/people/bulk.html",
        form=form,
        people=queries.find_users(current_work(), form.ids.data),
        came_from=back(url_for(".approvals")),
    )


def report(outcomes: list[ReviewOutcome], approved: bool) -> ResponseReturnValue:
    """Back to the list; where somebody could not be reviewed, the list says who and why."""
    refused = {outcome.user_id: outcome.error.detail for outcome in outcomes if outcome.error}
    if done := len(outcomes) - len(refused):
        people = "1 person" if done == 1 else f"{done} people"
        flash(f"{people} {'approved' if approved else 'rejected'}.", "success")
    if not refused:
        return redirect(back(url_for(".approvals")), 303)
    names = {user.id: user.display_name for user in queries.find_users(current_work(), list(refused))}
    return approvals_page(
        [(names.get(user_id, "Somebody who was deleted"), words) for user_id, words in refused.items()], 409
    )
