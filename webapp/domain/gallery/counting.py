"""Counting who has seen something: each person or visitor once a day, many at a time, behind the answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import blake2b
from itertools import islice
from threading import Lock
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import InstrumentedAttribute

from webapp.domain.gallery.models import VISITOR_MAX, Design, DesignEdition, DesignViews, DesignVisit
from webapp.kernel.db import upsert
from webapp.kernel.work import Work

EVERY = timedelta(seconds=10)
"""After this, what was noted is written."""
HELD_MAX = 5_000
"""How many views a process holds; further ones are not counted until these are written."""
KEPT_DAYS = 2
"""How long it is known who has seen what."""

Key = TypeVar("Key", int, UUID)


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

    def put_back(self, views: set[tuple[date, Key, str]]) -> None:
        """Take views again that could not be written, as far as there is room."""
        with self._lock:
            self._views.update(islice(views, HELD_MAX - len(self._views)))


def visitor_of(work: Work, secret: bytes) -> str:
    """Somebody without a name: a keyed hash of the person's id, or of address and browser."""
    who = str(work.actor.id or f"{work.address} {work.user_agent}")
    text = f"{work.now:%Y-%m-%d} {who}".encode()
    return blake2b(text, key=secret[:64], digest_size=VISITOR_MAX // 2).hexdigest()


@dataclass(frozen=True, slots=True)
class ViewTables(Generic[Key]):
    """Where the views of one kind of thing are counted: ``visits`` says who has seen it on a day, ``views``
    how many, both by a column called ``key``; ``counted`` are the keys of the rows with a ``view_count``."""

    visits: type[Any]
    views: type[Any]
    key: str
    counted: tuple[InstrumentedAttribute[Key], ...]

    def write_views(self, work: Work, views: Iterable[tuple[date, Key, str]]) -> int:
        """Count views as (day, key, visitor), each visitor once a day; answers how many were new."""
        rows, own = sorted(views), self.counted[0]
        there = set(work.session.scalars(select(own).where(own.in_({row[1] for row in rows}))))
        new: Counter[tuple[date, Key]] = Counter()
        for day, key, visitor in rows:
            if key in there and self._is_first(work, day, key, visitor):
                new[day, key] += 1
        for (day, key), number in new.items():
            self._count(work, day, key, number)
        return new.total()

    def forget_visits(self, work: Work) -> None:
        """Forget who has seen what on days that are over; the numbers stay."""
        last = work.now.date() - timedelta(days=KEPT_DAYS)
        work.session.execute(delete(self.visits).where(self.visits.day < last))

    def _is_first(self, work: Work, day: date, key: Key, visitor: str) -> bool:
        statement = upsert(work.session, self.visits).values({"day": day, self.key: key, "visitor": visitor})
        inserted = statement.on_conflict_do_nothing().returning(self.visits.day)
        return work.session.scalar(inserted) is not None

    def _count(self, work: Work, day: date, key: Key, number: int) -> None:
        row = upsert(work.session, self.views).values({"day": day, self.key: key, "views": number})
        more = {"views": self.views.views + number}
        work.session.execute(row.on_conflict_do_update(index_elements=["day", self.key], set_=more))
        for own in self.counted:
            table = own.class_
            counted = update(table).where(own == key).values(view_count=table.view_count + number)
            work.session.execute(counted, execution_options={"synchronize_session": False})


OF_DESIGNS = ViewTables(DesignVisit, DesignViews, "design_id", (Design.id, DesignEdition.design_id))
write_views, forget_visits = OF_DESIGNS.write_views, OF_DESIGNS.forget_visits
