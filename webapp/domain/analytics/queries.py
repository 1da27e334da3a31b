"""How many people, designs, cards and templates there are, and what happened on which day."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import InstrumentedAttribute

from webapp.domain.accounts.models import Status, User
from webapp.domain.audit.models import AuditEvent
from webapp.domain.cards.models import Card, CardShare, Template, TemplateUsage
from webapp.domain.content.rows import is_live
from webapp.domain.gallery.models import Design, DesignEdition, DesignViews, Favorite
from webapp.domain.gallery.queries import spellings
from webapp.kernel.cache_groups import ANALYTICS_OF_DAY
from webapp.kernel.work import Role, Work, require
from webapp.ports import Cache

DAYS_DEFAULT = 30
DAYS_MAX = 365
CATEGORIES_MAX = 20
DESIGNS_MADE = ("designs.create", "designs.create_draft")
"""What the audit log says of designs that are made; it has an index by time, and those that are gone."""


@dataclass(slots=True)
class DayNumbers:
    """What happened on one day (UTC)."""

    date: date
    registrations: int = 0
    approvals: int = 0
    designs: int = 0
    views: int = 0
    favorites: int = 0
    cards: int = 0


@dataclass(frozen=True, slots=True)
class CategoryNumbers:
    """The published designs of one category."""

    category: str
    designs: int
    views: int
    favorites: int


@dataclass(frozen=True, slots=True)
class Analytics:
    """All numbers; the latest day is the last one, the largest category the first."""

    users: dict[str, int]
    designs: dict[str, int]
    cards: dict[str, int]
    templates: dict[str, int]
    by_day: list[DayNumbers] = field(default_factory=list)
    by_category: list[CategoryNumbers] = field(default_factory=list)


def analytics(work: Work, cache: Cache, days: int = DAYS_DEFAULT) -> Analytics:
    """The numbers of now, and of the last ``days`` days. Admins only.

    Those of days that are over are counted once a day.
    """
    require(work.actor, work.actor.is_admin)
    return Analytics(
        users=_users(work),
        designs=_designs(work),
        cards=_cards(work),
        templates=_templates(work),
        by_day=[*_past_days(work, cache, days), *_by_day(work, work.now.date(), 1)],
        by_category=_by_category(work),
    )


def _users(work: Work) -> dict[str, int]:
    is_admin = (User.role == Role.ADMIN) & (User.status == Status.APPROVED)
    return _numbers(
        work,
        select(
            func.count().label("total"),
            _count(User.status == Status.APPROVED).label("approved"),
            _count(User.status == Status.PENDING).label("pending"),
            _count(is_admin).label("admins"),
        ).select_from(User),
    )


def _designs(work: Work) -> dict[str, int]:
    """``total`` leaves out what is in the trash; views and favourites are those of all others."""
    live = is_live(work.now, DesignEdition)
    latest = DesignEdition.is_latest.is_(True)
    found = _numbers(
        work,
        select(
            _count(latest).label("total"),
            _count(live).label("published"),
            _count(live & (DesignEdition.rank > 0)).label("featured"),
        ).select_from(DesignEdition),
    )
    there = select(DesignEdition.design_id).where(latest)
    sums: Any = select(
        func.coalesce(func.sum(Design.view_count), 0).label("views"),
        func.coalesce(func.sum(Design.like_count), 0).label("favorites"),
    ).where(Design.id.in_(there))
    return found | _numbers(work, sums)


def _cards(work: Work) -> dict[str, int]:
    shared = select(func.count(func.distinct(CardShare.card_id))).where(CardShare.revoked_at.is_(None))
    opens = select(func.coalesce(func.sum(CardShare.opens), 0))
    return _numbers(
        work,
        select(
            func.count().label("total"),
            _count(Card.is_public).label("public"),
            shared.scalar_subquery().label("shared"),
            opens.scalar_subquery().label("opens"),
        ).select_from(Card),
    )


def _templates(work: Work) -> dict[str, int]:
    sums = {"likes": Template.like_count, "uses": Template.usage_count, "reviews": Template.review_count}
    return _numbers(
        work,
        select(
            func.count().label("total"),
            _count(Template.is_public).label("public"),
            _count(Template.is_featured).label("featured"),
            *(func.coalesce(func.sum(column), 0).label(name) for name, column in sums.items()),
        ).select_from(Template),
    )


def _past_days(work: Work, cache: Cache, days: int) -> list[DayNumbers]:
    """The numbers of the days before today, the last of ``days``."""
    today = work.now.date()

    def count() -> bytes:
        past = _by_day(work, today - timedelta(days=days - 1), days - 1)
        return json.dumps([{**asdict(each), "date": each.date.isoformat()} for each in past]).encode()

    kept = json.loads(cache.fetch(ANALYTICS_OF_DAY.of(today), str(days), count))
    return [DayNumbers(**{**each, "date": date.fromisoformat(each["date"])}) for each in kept]


def _by_day(work: Work, first: date, days: int) -> list[DayNumbers]:
    """The numbers of ``days`` days from ``first`` on."""
    found = {first + timedelta(days=n): DayNumbers(first + timedelta(days=n)) for n in range(days)}
    for name, counts in (
        ("registrations", _daily(work, User.created_at, first)),
        ("approvals", _daily(work, AuditEvent.at, first, AuditEvent.action == "user.approve")),
        ("designs", _daily(work, AuditEvent.at, first, AuditEvent.action.in_(DESIGNS_MADE))),
        ("favorites", _daily(work, Favorite.created_at, first)),
        ("cards", _daily(work, TemplateUsage.created_at, first)),
        ("views", _views(work, first)),
    ):
        for day, number in counts:
            if day in found:
                setattr(found[day], name, number)
    return list(found.values())


def _daily(
    work: Work, moment: InstrumentedAttribute[datetime], first: date, *conditions: Any
) -> Iterable[tuple[date, int]]:
    """How many rows there are of each day in UTC."""
    if work.session.get_bind().dialect.name == "postgresql":
        day: Any = func.to_char(func.timezone("UTC", moment), "YYYY-MM-DD")
    else:
        day = func.date(moment)
    since = datetime.combine(first, time(), UTC)
    statement = select(day, func.count()).where(moment >= since, *conditions).group_by(day)
    return [(date.fromisoformat(text), number) for text, number in work.session.execute(statement)]


def _views(work: Work, first: date) -> Iterable[tuple[date, int]]:
    statement = select(DesignViews.day, func.sum(DesignViews.views)).where(DesignViews.day >= first)
    return [(day, number) for day, number in work.session.execute(statement.group_by(DesignViews.day))]


def _by_category(work: Work) -> list[CategoryNumbers]:
    number = func.count().label("designs")
    statement = (
        select(
            func.max(DesignEdition.edition_id).label("sample"),
            number,
            func.sum(DesignEdition.view_count).label("views"),
            func.sum(DesignEdition.like_count).label("favorites"),
        )
        .where(is_live(work.now, DesignEdition))
        .group_by(DesignEdition.category)
        .order_by(number.desc(), DesignEdition.category)
        .limit(CATEGORIES_MAX)
    )
    rows = work.session.execute(statement).all()
    names = spellings(work, [row.sample for row in rows])
    return [
        CategoryNumbers(names[row.sample]["category"], row.designs, int(row.views), int(row.favorites))
        for row in rows
    ]


def _count(condition: Any) -> Any:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def _numbers(work: Work, statement: Select[Any]) -> dict[str, int]:
    row = work.session.execute(statement).one()
    return {name: int(value) for name, value in row._mapping.items()}
