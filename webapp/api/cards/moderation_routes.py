"""``/admin/…/waiting`` and ``/admin/…/moderation``: templates and reviews that members made public."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response

from webapp.access import editors_only
from webapp.api.blueprint import Blueprint
from webapp.api.cards import answers
from webapp.api.cards.presenting import TEMPLATE, expected_states, present_template
from webapp.api.fields import Flag, Schema, Text
from webapp.api.paging import PagingQuery, envelope, list_schema
from webapp.domain.cards import moderation
from webapp.domain.cards.decisions import REASON_MAX, decide_review, decide_template
from webapp.domain.cards.models import TemplateReview
from webapp.kernel.paging import PageRequest
from webapp.web import current_work

blueprint = Blueprint(
    "moderation", __name__, url_prefix="/api/v1/admin", description="Looking at what members make public"
)

REVIEW = answers.ReviewSchema()


class DecisionSchema(Schema):
    """Whether everybody may see it; its maker is told by mail, with the reason."""

    approve = Flag(required=True)
    reason = Text(REASON_MAX)


@blueprint.route("/templates/waiting", methods=["GET"])
@editors_only
@blueprint.arguments(PagingQuery(), location="query")
@blueprint.response(200, list_schema(TEMPLATE, "WaitingTemplatePage"))
def list_waiting_templates(query: dict[str, PageRequest]) -> dict[str, Any]:
    """Public templates that nobody has looked at, the longest wait first."""
    return envelope(moderation.waiting_templates(current_work(), query["paging"]))


@blueprint.route("/templates/<uuid:template_id>/moderation", methods=["PUT"])
@editors_only
@blueprint.arguments(DecisionSchema())
@blueprint.response(200, TEMPLATE)
def moderate_template(decision: dict[str, Any], template_id: UUID) -> Response:
    """Let a template be seen by everybody, or only by its maker."""
    return present_template(
        decide_template(current_work(), template_id, **decision, expected=expected_states())
    )


@blueprint.route("/reviews/waiting", methods=["GET"])
@editors_only
@blueprint.arguments(PagingQuery(), location="query")
@blueprint.response(200, list_schema(REVIEW, "WaitingReviewPage"))
def list_waiting_reviews(query: dict[str, PageRequest]) -> dict[str, Any]:
    """Reviews that nobody has looked at, the longest wait first."""
    return envelope(moderation.waiting_reviews(current_work(), query["paging"]))


@blueprint.route("/reviews/<uuid:review_id>/moderation", methods=["PUT"])
@editors_only
@blueprint.arguments(DecisionSchema())
@blueprint.response(200, REVIEW)
def moderate_review(decision: dict[str, Any], review_id: UUID) -> TemplateReview:
    """Let a review be seen by everybody, or only by its writer."""
    return decide_review(current_work(), review_id, **decision)
