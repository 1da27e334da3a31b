"""What editors decide about templates and reviews that members made public."""

from __future__ import annotations

from collections.abc import Container
from uuid import UUID

from webapp.domain.audit.events import record
from webapp.domain.cards.caching import outdate_template
from webapp.domain.cards.models import Standing, Template, TemplateReview
from webapp.domain.cards.notices import tell_maker, tell_reviewer
from webapp.domain.cards.policy import may_curate
from webapp.domain.cards.reactions import count_reviews
from webapp.domain.cards.template_pictures import have_picture
from webapp.domain.cards.template_queries import get_template
from webapp.domain.content.fields import Text
from webapp.kernel.errors import Invalid, NotFound
from webapp.kernel.work import Work, check_unchanged, require

REASON_MAX = 1_000


def decide_template(
    work: Work,
    template_id: UUID,
    *,
    approve: bool,
    reason: str | None = None,
    expected: Container[str] | None = None,
) -> Template:
    """Let a template be seen by everybody, or by nobody but its maker, who is told by mail with the reason.

    Raises NotFound, Denied, Stale, Invalid.
    """
    require(work.actor, may_curate(work.actor))
    template = get_template(work, template_id)
    check_unchanged(template.tag, expected)
    _check_reason(reason)
    outdate_template(work, template)
    standing = Standing.APPROVED if approve else Standing.REJECTED
    record(work, "template.moderate", template.id, {"standing": (template.standing, standing)})
    before = template.standing
    template.standing, template.standing_reason = standing, None if approve else reason or None
    have_picture(work, template)
    work.session.flush()
    tell_maker(work, template, before, template.standing_reason)
    return template


def decide_review(work: Work, review_id: UUID, *, approve: bool, reason: str | None = None) -> TemplateReview:
    """Let a review be seen by everybody, or by nobody but its writer, who is told by mail with the reason.

    Raises NotFound, Denied, Invalid.
    """
    require(work.actor, may_curate(work.actor))
    review = work.session.get(TemplateReview, review_id, with_for_update=True)
    if review is None:
        raise NotFound("Review not found")
    _check_reason(reason)
    standing = Standing.APPROVED if approve else Standing.REJECTED
    record(work, "template_review.moderate", review.id, {"standing": (review.standing, standing)})
    before, review.standing = review.standing, standing
    work.session.flush()
    count_reviews(work, review.template_id)
    tell_reviewer(work, review, before, reason or None)
    return review


def _check_reason(reason: str | None) -> None:
    if reason and (errors := Text(REASON_MAX).read(reason, "/reason")[1]):
        raise Invalid(errors)
