"""Looking at what members make public: templates and reviews that wait, and what is decided about them."""

from __future__ import annotations

from sqlalchemy import func, select

from webapp.domain.cards.models import WAITING, Standing, Template, TemplateReview
from webapp.domain.cards.policy import may_curate
from webapp.domain.settings.queries import get_setting
from webapp.kernel.paging import Page, PageRequest, SortKey, fetch_page
from webapp.kernel.work import Work, require

_OLDEST_TEMPLATE = (
    SortKey(Template.updated_at, lambda template: template.updated_at),
    SortKey(Template.id, lambda template: template.id),
)
_OLDEST_REVIEW = (
    SortKey(TemplateReview.updated_at, lambda review: review.updated_at),
    SortKey(TemplateReview.id, lambda review: review.id),
)


def standing_of(work: Work, before: str | None) -> Standing:
    """How something stands that was just written; what was rejected once is not shown before another look."""
    if may_curate(work.actor):
        return Standing.APPROVED
    is_shown = get_setting(work.session, "moderation") == "after" and before != Standing.REJECTED
    return Standing.LISTED if is_shown else Standing.HELD


def await_review(work: Work, template: Template) -> None:
    """Have a public template looked at that was changed."""
    if template.is_public:
        template.standing = standing_of(work, template.standing)
        template.standing_reason = None


def count_waiting(work: Work) -> tuple[int, int]:
    """How many templates and how many reviews wait for somebody to look."""
    if not may_curate(work.actor):
        return 0, 0
    templates = select(func.count()).select_from(Template)
    reviews = select(func.count()).select_from(TemplateReview)
    return (
        work.session.scalar(templates.where(Template.is_public, Template.standing.in_(WAITING))) or 0,
        work.session.scalar(reviews.where(TemplateReview.standing.in_(WAITING))) or 0,
    )


def waiting_templates(work: Work, request: PageRequest) -> Page[Template]:
    """Public templates that nobody has looked at, the longest wait first. Raises Denied."""
    require(work.actor, may_curate(work.actor))
    statement = select(Template).where(Template.is_public, Template.standing.in_(WAITING))
    return fetch_page(work.session, statement, request, _OLDEST_TEMPLATE)


def waiting_reviews(work: Work, request: PageRequest) -> Page[TemplateReview]:
    """Reviews that nobody has looked at, the longest wait first. Raises Denied."""
    require(work.actor, may_curate(work.actor))
    statement = select(TemplateReview).where(TemplateReview.standing.in_(WAITING))
    return fetch_page(work.session, statement, request, _OLDEST_REVIEW)
