"""Counting who has seen a design: each person or visitor once a day, many at a time, behind the answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from hashlib import blake2b
from threading import Lock
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from webapp.domain.content.rows import dialect_of
from webapp.domain.gallery.models import VISITOR_MAX, Design, DesignEdition, DesignViews, DesignVisit
from webapp.kernel.work import Work

EVERY = timedelta(seconds=10)
"""After this, what was noted is written."""
HELD_MAX = 5_000
"""How many views a process holds; further ones are not counted until these are written."""
KEPT_DAYS = 2
"""How long it is known who has seen what."""

Key = TypeVar("Key", int, UUID)
View = tuple[date, int, str]


class NotedViews(Generic[Key]):
    """The views that a process has noted and not yet written. Any thread may use it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._views: set[tuple[date, Key, str]] = set()
        self._since: datetime | None = None

    def note(self, view: tuple[date, Key, str], now: datetime) -> bool:
        """Note a view; answers whether it is time for the caller to write them."""
        with self._lock:
            if len(self._views) < HELD_MAX:
                self._views.add(view)
            self._since = self._since or now
            return now - self._since >= EVERY or len(self._views) >= HELD_MAX

    def take(self) -> set[tuple[date, Key, str]]:
        """Hand over what was noted, to be written."""
        with self._lock:
            taken, self._views, self._since = self._views, set(), None
            return taken


def visitor_of(work: Work, secret: bytes) -> str:
    """Somebody without a name: a keyed hash of the person's id, or of address and browser."""
    who = str(work.actor.id or f"{work.address} {work.user_agent}")
    text = f"{work.now:%Y-%m-%d} {who}".encode()
    return blake2b(text, key=secret[:64], digest_size=VISITOR_MAX // 2).hexdigest()


def write_views(work: Work, views: Iterable[View]) -> int:
    """Count views, each person or visitor once a day; answers how many were new."""
    rows = sorted(views)
    there = set(work.session.scalars(select(Design.id).where(Design.id.in_({row[1] for row in rows}))))
    new: Counter[tuple[date, int]] = Counter()
    for day, design_id, visitor in rows:
        if design_id in there and _is_first(work, day, design_id, visitor):
            new[day, design_id] += 1
    for (day, design_id), number in new.items():
        _count(work, day, design_id, number)
    return new.total()


def forget_visits(work: Work) -> None:
    """Forget who has seen what on days that are over; the numbers stay."""
    last = work.now.date() - timedelta(days=KEPT_DAYS)
    work.session.execute(delete(DesignVisit).where(DesignVisit.day < last))


def _is_first(work: Work, day: date, design_id: int, visitor: str) -> bool:
    statement = _upsert(work)(DesignVisit).values(day=day, design_id=design_id, visitor=visitor)
    inserted = statement.on_conflict_do_nothing().returning(DesignVisit.design_id)
    return work.session.scalar(inserted) is not None


def _count(work: Work, day: date, design_id: int, number: int) -> None:
    row = _upsert(work)(DesignViews).values(day=day, design_id=design_id, views=number)
    more = {"views": DesignViews.views + number}
    work.session.execute(row.on_conflict_do_update(index_elements=["day", "design_id"], set_=more))
    for table, key in ((Design, Design.id), (DesignEdition, DesignEdition.design_id)):
        counted = update(table).where(key == design_id).values(view_count=table.view_count + number)
        work.session.execute(counted, execution_options={"synchronize_session": False})


def _upsert(work: Work) -> Any:
    return sqlite.insert if dialect_of(work) == "sqlite" else postgresql.insert
