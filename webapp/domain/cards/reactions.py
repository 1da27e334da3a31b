"""What people think of templates: likes and reviews. The counts on a template equal the rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, or_, select, update

from webapp.domain.audit.events import record
from webapp.domain.cards.fields import Number, read_fields
from webapp.domain.cards.models import REVIEW_MAX, SHOWN, Template, TemplateLike, TemplateReview
from webapp.domain.cards.moderation import standing_of
from webapp.domain.cards.policy import may_create, may_curate
from webapp.domain.cards.template_queries import get_template
from webapp.domain.content.fields import Field, Text
from webapp.kernel.errors import FieldError, Invalid, NotFound
from webapp.kernel.paging import Page, PageRequest, SortKey, fetch_page
from webapp.kernel.work import Work, require

FIELDS = (Field("rating", Number(1, 5)), Field("review_text", Text(REVIEW_MAX), required=False))
_NEWEST = (
    SortKey(TemplateReview.created_at, lambda review: review.created_at),
    SortKey(TemplateReview.id, lambda review: review.id),
)


def review_errors(sent: Mapping[str, Any]) -> list[FieldError]:
    """Everything that is wrong with the fields of a review."""
    return read_fields(FIELDS, sent, partial=False, required=("rating",))[1]


def toggle_like(work: Work, template_id: UUID) -> tuple[bool, int]:
    """Like a template, or no longer; answers whether it is liked now, and by how many. Raises NotFound."""
    require(work.actor, may_create(work.actor))
    _take_turn(work, template_id)
    mine = TemplateLike.template_id == template_id, TemplateLike.user_id == work.actor.id
    like = work.session.scalar(select(TemplateLike).where(*mine))
    if like is None:
        row = TemplateLike(template_id=template_id, user_id=work.actor.id, created_at=work.now)
        work.session.add(row)
        work.session.flush()
    else:
        work.session.execute(delete(TemplateLike).where(*mine))
    likes = select(func.count()).select_from(TemplateLike).where(TemplateLike.template_id == template_id)
    count = work.session.scalar(likes) or 0
    work.session.execute(update(Template).where(Template.id == template_id).values(like_count=count))
    record(work, "template.like" if like is None else "template.unlike", template_id)
    return like is None, count


def review_template(work: Work, template_id: UUID, fields: Mapping[str, Any]) -> tuple[TemplateReview, bool]:
    """Say what one thinks of a template, or change it; answers the review and whether it is new.

    Raises NotFound, Invalid.
    """
    require(work.actor, may_create(work.actor))
    if errors := review_errors(fields):
        raise Invalid(errors)
    _take_turn(work, template_id)
    values, _ = read_fields(FIELDS, fields, partial=True)
    review = work.session.scalar(
        select(TemplateReview).where(
            TemplateReview.template_id == template_id, TemplateReview.user_id == work.actor.id
        )
    )
    is_new = review is None
    if review is None:
        review = TemplateReview(template_id=template_id, user_id=work.actor.id, created_at=work.now)
        work.session.add(review)
    for name, value in values.items():
        setattr(review, name, value)
    review.updated_at = work.now
    review.standing = standing_of(work, review.standing)
    work.session.flush()
    count_reviews(work, template_id)
    record(work, "template_review.create" if is_new else "template_review.update", review.id)
    return review, is_new


def delete_review(work: Work, template_id: UUID, review_id: UUID) -> None:
    """Take a review back; editors moderate. Raises NotFound, Denied."""
    _take_turn(work, template_id)
    review = work.session.get(TemplateReview, review_id)
    if review is None or review.template_id != template_id:
        raise NotFound("Review not found")
    require(work.actor, work.actor.is_editor or (work.actor.is_approved and review.user_id == work.actor.id))
    work.session.delete(review)
    record(work, "template_review.delete", review_id)
    work.session.flush()
    count_reviews(work, template_id)


def list_reviews(work: Work, template_id: UUID, request: PageRequest) -> Page[TemplateReview]:
    """The reviews of a template that everybody sees, and one's own, newest first. Raises NotFound."""
    get_template(work, template_id)
    statement = select(TemplateReview).where(TemplateReview.template_id == template_id)
    if not may_curate(work.actor):
        own = TemplateReview.user_id == work.actor.id
        statement = statement.where(or_(TemplateReview.standing.in_(SHOWN), own))
    return fetch_page(work.session, statement, request, _NEWEST, descending=True)


def _take_turn(work: Work, template_id: UUID) -> None:
    """Let one at a time count what people think of a template. Raises NotFound."""
    get_template(work, template_id)
    work.session.execute(select(Template.id).where(Template.id == template_id).with_for_update())


def count_reviews(work: Work, template_id: UUID) -> None:
    """Write down how many reviews everybody sees, and what they add up to."""
    numbers = select(func.count(), func.coalesce(func.sum(TemplateReview.rating), 0)).where(
        TemplateReview.template_id == template_id, TemplateReview.standing.in_(SHOWN)
    )
    count, total = work.session.execute(numbers).one()
    counts = {"review_count": count, "rating_total": total}
    work.session.execute(update(Template).where(Template.id == template_id).values(**counts))
