"""All people, and the pages of one: names and rights, suspension, deletion."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from webapp.access import admins_only
from webapp.console.addresses import back, here, last_page_url
from webapp.console.conflicts import Difference, form_differences
from webapp.console.forms import submitting
from webapp.console.people.blueprint import blueprint
from webapp.console.people.forms import ROLE_TEXTS, ConfirmForm, NewPersonForm, PersonForm, RejectForm
from webapp.console.people.listing import Listing
from webapp.console.saved_views import saved_views
from webapp.domain.accounts import commands, queries
from webapp.domain.accounts.models import Status, User
from webapp.domain.accounts.second_factor import factors_of
from webapp.domain.accounts.sessions import list_sessions_of
from webapp.kernel.errors import Stale
from webapp.kernel.paging import PageRequest
from webapp.kernel.work import Role
from webapp.web import current_work, rollback

SESSIONS_SHOWN = 5


@blueprint.route("")
@admins_only
def people() -> ResponseReturnValue:
    """Everybody, the newest first."""
    work, listing = current_work(), Listing.from_request(set(Status), sort="-joined")
    page = listing.fetch(work)
    if url := last_page_url(page):
        return redirect(url)
    context = {"counts": queries.count_by_status(work), "saved_views": saved_views()}
    return render_template(
        "console/people/people.html", page=page, listing=listing, roles=list(Role), here=here(), **context
    )


@blueprint.route("/new", methods=["GET", "POST"])
@admins_only
def new() -> ResponseReturnValue:
    """Make an account for somebody; it is approved at once."""
    form = NewPersonForm()
    if form.validate_on_submit():
        with submitting(form):
            user = commands.create_user(current_work(), **form.fields())
            flash(f"{user.display_name} can sign in now.", "success")
            return redirect(url_for(".person", user_id=user.id), 303)
    page = render_template("console/people/new.html", form=form, role_texts=ROLE_TEXTS)
    return page, 422 if form.errors else 200


@blueprint.route("/<uuid:user_id>", methods=["GET", "POST"])
@admins_only
def person(user_id: UUID) -> ResponseReturnValue:
    """One person: names, role and premium state."""
    work = current_work()
    user = queries.get_user(work, user_id)
    form = PersonForm.of(user, own=user_id == work.actor.id)
    try:
        if form.validate_on_submit():
            with submitting(form):
                commands.update_user(work, user_id, form.changes(), expected={form.tag.data})
                flash(f"{user.display_name} is saved.", "success")
                return redirect(url_for(".person", user_id=user_id), 303)
    except Stale:
        return conflict_page(user_id, form)
    return person_page(user, form), 422 if form.errors else 200


@blueprint.route("/<uuid:user_id>/suspend", methods=["POST"])
@admins_only
def suspend(user_id: UUID) -> ResponseReturnValue:
    """Shut a person out at once."""
    return change_status(user_id, Status.SUSPENDED, "is suspended and signed out everywhere", ".reinstate")


@blueprint.route("/<uuid:user_id>/reinstate", methods=["POST"])
@admins_only
def reinstate(user_id: UUID) -> ResponseReturnValue:
    """Let a suspended person in again."""
    return change_status(user_id, Status.APPROVED, "can sign in again", ".suspend")


@blueprint.route("/<uuid:user_id>/withdraw", methods=["POST"])
@admins_only
def withdraw(user_id: UUID) -> ResponseReturnValue:
    """Take an approval back, so that the person waits again."""
    return change_status(user_id, Status.PENDING, "waits for approval again", ".reinstate")


@blueprint.route("/<uuid:user_id>/delete", methods=["GET", "POST"])
@admins_only
def delete(user_id: UUID) -> ResponseReturnValue:
    """Ask, then delete a person."""
    user = queries.get_user(current_work(), user_id)
    form, name = ConfirmForm(obj=user), user.display_name
    if form.validate_on_submit():
        with submitting(form):
            commands.delete_user(current_work(), user_id, expected={form.tag.data})
            flash(f"{name} is deleted.", "success")
            return redirect(url_for(".people"), 303)
    return render_template("console/people/delete.html", form=form, user=user), 422 if form.errors else 200


# --- the parts ------------------------------------------------------------------------------


def change_status(user_id: UUID, status: Status, words: str, undo: str) -> ResponseReturnValue:
    """Give a person another status, say so with an Undo, and go back to where it was asked."""
    form = ConfirmForm()
    with submitting(form):
        user = commands.update_user(current_work(), user_id, {"status": status})
        undo_url = url_for(undo, user_id=user_id)
        flash({"text": f"{user.display_name} {words}.", "undo_url": undo_url}, "success")  # type: ignore[arg-type]
    form.flash_errors()
    return redirect(back(url_for(".person", user_id=user_id)), 303)


def conflict_page(user_id: UUID, form: PersonForm) -> ResponseReturnValue:
    """Both values of what somebody else changed; saving again takes one's own."""
    rollback()
    user = queries.get_user(current_work(), user_id)
    found = form_differences(form, form.held_by(user))
    form.tag.data = user.tag
    return person_page(user, form, found), 412


def person_page(user: User, form: PersonForm, conflict: list[Difference] | None = None) -> str:
    work = current_work()
    reviewer = queries.find_user(work.session, user.reviewed_by) if user.reviewed_by else None
    return render_template(
        "console/people/person.html",
        form=form,
        user=user,
        own=user.id == work.actor.id,
        reviewer=reviewer,
        factors=factors_of(work.session, user.id),
        sessions=list_sessions_of(work, user.id, PageRequest(limit=SESSIONS_SHOWN)),
        conflict=conflict,
        role_texts=ROLE_TEXTS,
        reject_form=RejectForm(formdata=None),
        here=here(),
    )
