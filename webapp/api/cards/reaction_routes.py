"""``/templates/{id}/like`` and ``/templates/{id}/reviews``."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from webapp.access import approved_only, public
from webapp.api.blueprint import Blueprint
from webapp.api.cards import answers, bodies
from webapp.api.paging import PagingQuery, envelope, list_schema
from webapp.domain.cards import reactions
from webapp.domain.cards.models import TemplateReview
from webapp.kernel.paging import PageRequest
from webapp.web import current_work

blueprint = Blueprint(
    "template_reactions", __name__, url_prefix="/api/v1/templates", description="Likes and reviews"
)

REVIEW = answers.ReviewSchema()


@blueprint.route("/<uuid:template_id>/like", methods=["POST"])
@approved_only
@blueprint.response(200, answers.LikeSchema())
def toggle_like(template_id: UUID) -> dict[str, Any]:
    """Like a template, or no longer."""
    liked, count = reactions.toggle_like(current_work(), template_id)
    return {"liked": liked, "like_count": count}


@blueprint.route("/<uuid:template_id>/reviews", methods=["GET"])
@public
@blueprint.arguments(PagingQuery(), location="query")
@blueprint.response(200, list_schema(REVIEW, "ReviewPage"))
def list_reviews(query: dict[str, PageRequest], template_id: UUID) -> dict[str, Any]:
    """What people think of a template, newest first."""
    return envelope(reactions.list_reviews(current_work(), template_id, query["paging"]))


@blueprint.route("/<uuid:template_id>/reviews", methods=["POST"])
@approved_only
@blueprint.arguments(bodies.ReviewWriteSchema())
@blueprint.response(201, REVIEW)
@blueprint.alt_response(200, schema=REVIEW, description="One's review from before, changed")
def review_template(fields: dict[str, Any], template_id: UUID) -> tuple[TemplateReview, int]:
    """Say what one thinks of a template, or change it: each person has one review."""
    review, is_new = reactions.review_template(current_work(), template_id, fields)
    return review, 201 if is_new else 200


@blueprint.route("/<uuid:template_id>/reviews/<uuid:review_id>", methods=["DELETE"])
@approved_only
@blueprint.response(204)
def delete_review(template_id: UUID, review_id: UUID) -> None:
    """Take one's review back; editors moderate."""
    reactions.delete_review(current_work(), template_id, review_id)
