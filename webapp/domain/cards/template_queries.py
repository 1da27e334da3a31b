"""Finding templates."""

from __future__ import annotations

from collections.abc import Container
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select

from webapp.domain.cards.models import SHOWN, Template, TemplateUsage, TemplateVersion
from webapp.domain.cards.policy import may_curate, may_edit_template, may_see_template
from webapp.kernel.errors import NotFound
from webapp.kernel.paging import Page, PageRequest, SortKey, fetch_page
from webapp.kernel.text import fold, like_pattern
from webapp.kernel.work import Work, check_unchanged, require

_BY_ID = SortKey(Template.id, lambda template: template.id)
SORTS: dict[str, tuple[SortKey, bool]] = {
    "newest": (SortKey(Template.created_at, lambda template: template.created_at), True),
    "oldest": (SortKey(Template.created_at, lambda template: template.created_at), False),
    "most_used": (SortKey(Template.usage_count, lambda template: template.usage_count), True),
    "most_liked": (SortKey(Template.like_count, lambda template: template.like_count), True),
    "name": (SortKey(Template.name, lambda template: template.name), False),
}
"""Order by name → column, and whether it is descending."""
TREND_DAYS = 30
WEIGHTS = ((1, 8), (3, 4), (7, 2))
"""A card of the last day counts eight times one of last month."""
LISTED = and_(Template.is_public, Template.standing.in_(SHOWN))
"""Templates that everybody sees."""
_VERSIONS = (SortKey(TemplateVersion.number, lambda version: version.number),)


def list_templates(
    work: Work,
    request: PageRequest,
    *,
    q: str | None = None,
    category_id: UUID | None = None,
    featured: bool | None = None,
    premium: bool | None = None,
    public: bool | None = None,
    mine: bool = False,
    everything: bool = False,
    sort: str = "newest",
) -> Page[Template]:
    """Public templates and one's own; with ``everything`` all, for editors."""
    if everything:
        require(work.actor, may_curate(work.actor))
    statement = select(Template) if everything else _visible(work)
    if mine:
        statement = statement.where(Template.created_by == work.actor.id)
    if q and (wanted := fold(q)):
        statement = statement.where(_mentions(wanted))
    if category_id is not None:
        statement = statement.where(Template.category_id == category_id)
    flags = ((Template.is_featured, featured), (Template.is_premium, premium), (Template.is_public, public))
    for column, value in flags:
        if value is not None:
            statement = statement.where(column.is_(value))
    key, descending = SORTS[sort]
    return fetch_page(work.session, statement, request, (key, _BY_ID), descending=descending)


def featured_templates(work: Work, request: PageRequest) -> Page[Template]:
    """The public templates that editors recommend, newest first; the same for everyone."""
    statement = select(Template).where(LISTED, Template.is_featured)
    key, descending = SORTS["newest"]
    return fetch_page(work.session, statement, request, (key, _BY_ID), descending=descending)


def search_templates(work: Work, query: str, limit: int) -> Page[Template]:
    """Templates that hold the phrase; only when none does, those that hold most of its words."""
    request = PageRequest(limit)
    found = list_templates(work, request, q=query, sort="most_used")
    words = [word for word in fold(query).split() if len(word) > 1]
    if found.data or len(words) < 2:
        return found
    hits = sum(
        (case((_mentions(word), 1), else_=0) for word in words[1:]), case((_mentions(words[0]), 1), else_=0)
    )
    statement = _visible(work).where(or_(*map(_mentions, words)))
    order = (hits.desc(), Template.usage_count.desc(), Template.id)
    rows = list(work.session.scalars(statement.order_by(*order).limit(limit)))
    return Page(rows, len(rows), request)


def trending_templates(work: Work, request: PageRequest) -> Page[Template]:
    """Public templates by how much they were used in the last month, the last days most."""
    since = work.now - timedelta(days=TREND_DAYS)
    weight = case(
        *((TemplateUsage.created_at > work.now - timedelta(days=days), value) for days, value in WEIGHTS),
        else_=1,
    )
    use = (
        select(TemplateUsage.template_id, func.sum(weight).label("score"))
        .where(TemplateUsage.created_at > since)
        .group_by(TemplateUsage.template_id)
        .subquery()
    )
    statement = select(Template).join(use, use.c.template_id == Template.id).where(LISTED)
    total = work.session.scalar(select(func.count()).select_from(statement.subquery())) or 0
    ordered = statement.order_by(use.c.score.desc(), Template.id).offset(request.skip).limit(request.limit)
    return Page(list(work.session.scalars(ordered)), total, request)


def get_template(work: Work, template_id: UUID) -> Template:
    """One template. Raises NotFound, also for somebody else's private one."""
    template = work.session.get(Template, template_id)
    if template is None or not may_see_template(work.actor, template):
        raise NotFound("Template not found")
    return template


def editable_template(work: Work, template_id: UUID, expected: Container[str] | None = None) -> Template:
    """One template, for those who may change it. Raises NotFound, Denied, Stale."""
    template = get_template(work, template_id)
    require(work.actor, may_edit_template(work.actor, template))
    check_unchanged(template.tag, expected)
    return template


def list_versions(work: Work, template_id: UUID, request: PageRequest) -> Page[TemplateVersion]:
    """The versions of a template, newest first; for those who may change it."""
    editable_template(work, template_id)
    statement = select(TemplateVersion).where(TemplateVersion.template_id == template_id)
    return fetch_page(work.session, statement, request, _VERSIONS, descending=True)


def get_version(work: Work, template_id: UUID, number: int) -> TemplateVersion:
    """One version. Raises NotFound."""
    editable_template(work, template_id)
    statement = select(TemplateVersion).where(
        TemplateVersion.template_id == template_id, TemplateVersion.number == number
    )
    version = work.session.scalar(statement)
    if version is None:
        raise NotFound("Version not found")
    return version


def _visible(work: Work) -> Select[Any]:
    if may_curate(work.actor):
        return select(Template)
    return select(Template).where(or_(LISTED, Template.created_by == work.actor.id))


def _mentions(wanted: str) -> ColumnElement[bool]:
    return Template.search_text.like(like_pattern(wanted), escape="\\")
