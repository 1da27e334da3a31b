"""What members made public and nobody has looked at: templates and reviews, and the answers to them."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp.access import editors_only
from webapp.console.addresses import last_page_url, requested_page
from webapp.console.forms import submitting
from webapp.console.templates.blueprint import blueprint
from webapp.console.templates.forms import DecisionForm
from webapp.domain.accounts.queries import display_names
from webapp.domain.cards import moderation
from webapp.domain.cards.decisions import decide_review, decide_template
from webapp.domain.cards.template_queries import editable_template
from webapp.web import current_work

PAGE_SIZE = 12


@blueprint.route("/waiting")
@editors_only
def waiting() -> ResponseReturnValue:
    """Public templates that nobody has looked at, the longest wait first."""
    work = current_work()
    page = moderation.waiting_templates(work, requested_page(PAGE_SIZE))
    if url := last_page_url(page):
        return redirect(url)
    return render_template(
        "console/templates/waiting.html",
        page=page,
        makers=display_names(work.session, {template.created_by for template in page.data}),
        counts=moderation.count_waiting(work),
        form=DecisionForm(formdata=None),
    )


@blueprint.route("/<uuid:template_id>/decide", methods=["POST"])
@editors_only
def decide(template_id: UUID) -> ResponseReturnValue:
    """Keep a template public, or take it down with a reason."""
    form, is_kept = DecisionForm(), request.form.get("then") == "approve"
    with submitting(form):
        expected = {form.tag.data} if form.tag.data else None
        template = decide_template(
            current_work(), template_id, approve=is_kept, reason=form.reason.data, expected=expected
        )
        flash(f"{template.name} is {'public' if is_kept else 'taken down'}.", "success")
    form.flash_errors()
    return redirect(url_for("console.templates.waiting"), 303)


@blueprint.route("/waiting/reviews")
@editors_only
def waiting_reviews() -> ResponseReturnValue:
    """Reviews that nobody has looked at, the longest wait first."""
    work = current_work()
    page = moderation.waiting_reviews(work, requested_page(PAGE_SIZE))
    if url := last_page_url(page):
        return redirect(url)
    return render_template(
        "console/templates/waiting_reviews.html",
        page=page,
        writers=display_names(work.session, {review.user_id for review in page.data}),
        templates={review.id: editable_template(work, review.template_id) for review in page.data},
        counts=moderation.count_waiting(work),
    )


@blueprint.route("/waiting/reviews/<uuid:review_id>", methods=["POST"])
@editors_only
def decide_on_review(review_id: UUID) -> ResponseReturnValue:
    """Keep a review, or take it down with a reason."""
    form, is_kept = DecisionForm(), request.form.get("then") == "approve"
    with submitting(form):
        decide_review(current_work(), review_id, approve=is_kept, reason=form.reason.data)
        flash(f"The review is {'public' if is_kept else 'taken down'}.", "success")
    form.flash_errors()
    return redirect(url_for("console.templates.waiting_reviews"), 303)
