"""What happened in a period: new people, cards, templates, festivals, and of which most cards were made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, cast, func, select
from sqlalchemy import Date as SqlDate
from sqlalchemy.orm import InstrumentedAttribute

from webapp.domain.accounts.models import User
from webapp.domain.cards.festival_models import Festival
from webapp.domain.cards.models import Card, Template, TemplateLike, TemplateReview, TemplateUsage
from webapp.domain.cards.policy import may_create
from webapp.kernel.errors import FieldError, refuse
from webapp.kernel.work import Work, require

PERIODS = ("day", "week", "month")
DAYS_BEFORE = 30
DAYS_MAX = 5 * 366
TOP = 20
MINE = 5
MOMENTS: Mapping[str, InstrumentedAttribute[Any]] = {
    "users": User.created_at,
    "cards": TemplateUsage.created_at,
    "templates": Template.created_at,
    "festivals": Festival.created_at,
    "likes": TemplateLike.created_at,
    "reviews": TemplateReview.created_at,
}
"""What is counted, by when it came. Cards count although they may be deleted since."""


@dataclass(frozen=True, slots=True)
class Named:
    """A template or festival, and how many cards were made of it or for it."""

    id: UUID
    name: str
    cards: int


@dataclass(frozen=True, slots=True)
class Report:
    """Counts for each period that begins from ``since`` up to and with ``until``."""

    period: str
    since: date
    until: date
    rows: Sequence[Mapping[str, Any]]
    """``start`` (the first day), and a number for each of ``MOMENTS``."""
    templates: Sequence[Named]
    festivals: Sequence[Named]

    @property
    def totals(self) -> dict[str, int]:
        return {name: sum(row[name] for row in self.rows) for name in MOMENTS}


def make_report(
    work: Work, *, period: str = "day", since: date | None = None, until: date | None = None
) -> Report:
    """Count for admins; the last thirty days where nothing else is asked. Raises Denied, Invalid."""
    require(work.actor, work.actor.is_admin)
    until = until or work.now.date()
    since = since or until - timedelta(days=DAYS_BEFORE - 1)
    errors = []
    if not 0 <= (until - since).days <= DAYS_MAX:
        errors.append(FieldError("/query/from", "Must be up to five years before to.", "out_of_range"))
    if period not in PERIODS:
        errors.append(FieldError("/query/period", f"Must be one of: {', '.join(PERIODS)}.", "invalid_choice"))
    refuse(errors)
    counts = {name: _by_period(work, moment, period, since, until) for name, moment in MOMENTS.items()}
    starts = _starts(period, since, until)
    rows = [{"start": start, **{name: counts[name][start] for name in MOMENTS}} for start in starts]
    templates = _most(work, Template, TemplateUsage.template_id, since, until)
    festivals = _most(work, Festival, TemplateUsage.festival_id, since, until)
    return Report(period, since, until, rows, templates, festivals)


def analyse_own(work: Work) -> dict[str, Any]:
    """What one has made and what of it was liked: cards, templates, links. Raises Unauthenticated, Denied."""
    require(work.actor, may_create(work.actor))
    me, since = work.actor.id, work.now - timedelta(days=30)
    own = TemplateUsage.user_id == me
    uses = select(func.count()).select_from(TemplateUsage).where(own)
    kept = select(func.count()).select_from(Card).where(Card.user_id == me)
    mine = select(
        func.count(), func.coalesce(func.sum(Template.usage_count), 0),
        func.coalesce(func.sum(Template.like_count), 0), func.coalesce(func.sum(Template.view_count), 0),
    ).where(Template.created_by == me)  # fmt: skip
    templates, used, liked, viewed = work.session.execute(mine).one()
    return {
        "cards_made": work.session.scalar(uses) or 0,
        "cards_last_30_days": work.session.scalar(uses.where(TemplateUsage.created_at > since)) or 0,
        "cards_kept": work.session.scalar(kept) or 0,
        "templates": {"total": templates, "usage": used, "likes": liked, "views": viewed},
        "favourite_templates": _most(work, Template, TemplateUsage.template_id, where=own, limit=MINE),
        "favourite_festivals": _most(work, Festival, TemplateUsage.festival_id, where=own, limit=MINE),
    }


def _by_period(
    work: Work, moment: InstrumentedAttribute[Any], period: str, since: date, until: date
) -> Counter[date]:
    day = _day_of(work, moment)
    statement = select(day, func.count()).where(*_between(moment, since, until)).group_by(day)
    counts: Counter[date] = Counter()
    for found, number in work.session.execute(statement):
        counts[_start_of(period, date.fromisoformat(str(found)), since)] += number
    return counts


def _day_of(work: Work, moment: InstrumentedAttribute[Any]) -> ColumnElement[Any]:
    """The day of a moment in UTC."""
    if work.session.get_bind().dialect.name == "postgresql":
        return cast(func.timezone("UTC", moment), SqlDate)
    return func.date(moment)


def _between(moment: InstrumentedAttribute[Any], since: date, until: date) -> tuple[ColumnElement[bool], ...]:
    first = datetime.combine(since, time(), UTC)
    return moment >= first, moment < datetime.combine(until + timedelta(days=1), time(), UTC)


def _start_of(period: str, day: date, since: date) -> date:
    """The first day of the week (Monday) or month that a day is in, but none before the report begins."""
    if period == "week":
        day -= timedelta(days=day.weekday())
    elif period == "month":
        day = day.replace(day=1)
    return max(day, since)


def _starts(period: str, since: date, until: date) -> list[date]:
    days = (since + timedelta(days=number) for number in range((until - since).days + 1))
    return list(dict.fromkeys(_start_of(period, day, since) for day in days))


def _most(
    work: Work,
    kind: Any,
    key: InstrumentedAttribute[Any],
    since: date | None = None,
    until: date | None = None,
    *,
    where: ColumnElement[bool] | None = None,
    limit: int = TOP,
) -> list[Named]:
    """Those of which most cards were made."""
    statement = select(kind.id, kind.name, func.count()).select_from(TemplateUsage)
    statement = statement.join(kind, kind.id == key).group_by(kind.id, kind.name)
    if since and until:
        statement = statement.where(*_between(TemplateUsage.created_at, since, until))
    if where is not None:
        statement = statement.where(where)
    rows = work.session.execute(statement.order_by(func.count().desc(), kind.id).limit(limit))
    return [Named(*row) for row in rows]
