"""Counting who has seen a template: each person or visitor once a day, many at a time, behind the answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from webapp.domain.cards.models import Template, TemplateViews, TemplateVisit
from webapp.domain.content.rows import dialect_of
from webapp.kernel.work import Work

KEPT_DAYS = 2
"""How long it is known that somebody has seen something."""


def write_views(work: Work, views: Iterable[tuple[date, UUID, str]]) -> int:
    """Count views as (day, template, visitor), each visitor once a day; answers how many were new."""
    rows = sorted(views)
    wanted = {template_id for _, template_id, _ in rows}
    there = set(work.session.scalars(select(Template.id).where(Template.id.in_(wanted))))
    new: Counter[tuple[date, UUID]] = Counter()
    for day, template_id, visitor in rows:
        if template_id in there and _is_first(work, day, template_id, visitor):
            new[day, template_id] += 1
    for (day, template_id), number in new.items():
        _count(work, day, template_id, number)
    return new.total()


def forget_visits(work: Work) -> None:
    """Forget the visits of days that are over; the numbers stay."""
    last = work.now.date() - timedelta(days=KEPT_DAYS)
    work.session.execute(delete(TemplateVisit).where(TemplateVisit.day < last))


def _is_first(work: Work, day: date, template_id: UUID, visitor: str) -> bool:
    statement = _upsert(work)(TemplateVisit).values(day=day, template_id=template_id, visitor=visitor)
    inserted = statement.on_conflict_do_nothing().returning(TemplateVisit.template_id)
    return work.session.scalar(inserted) is not None


def _count(work: Work, day: date, template_id: UUID, number: int) -> None:
    row = _upsert(work)(TemplateViews).values(day=day, template_id=template_id, views=number)
    more = {"views": TemplateViews.views + number}
    work.session.execute(row.on_conflict_do_update(index_elements=["day", "template_id"], set_=more))
    counted = update(Template).where(Template.id == template_id)
    work.session.execute(
        counted.values(view_count=Template.view_count + number),
        execution_options={"synchronize_session": False},
    )


def _upsert(work: Work) -> Any:
    return sqlite.insert if dialect_of(work) == "sqlite" else postgresql.insert
