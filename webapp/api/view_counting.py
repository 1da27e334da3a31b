"""Noting who reads something, and writing it down behind an answer now and then."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Generic

from flask import Response, current_app

from webapp.domain.gallery.counting import Key, NotedViews, visitor_of
from webapp.kernel.work import Work
from webapp.web import behind, current_ports, current_work


@dataclass(frozen=True, slots=True)
class ViewCounter(Generic[Key]):
    """The views of one kind of thing; ``name`` is where a process keeps what it has noted."""

    name: str
    write_views: Callable[[Work, Iterable[tuple[date, Key, str]]], int]

    def noted(self) -> NotedViews[Key]:
        """What this process has noted."""
        views = current_app.extensions.setdefault(self.name, NotedViews())
        assert isinstance(views, NotedViews)
        return views

    def note(self, key: Key, response: Response) -> Response:
        """Count that the one who asks has seen it. Costs the answer nothing."""
        work, noted = current_work(), self.noted()
        view = (work.now.date(), key, visitor_of(work, current_ports().site.secret))
        if noted.note(view, work.now):
            behind(response, lambda fresh: self._write(fresh, noted))
        return response

    def _write(self, work: Work, noted: NotedViews[Key]) -> None:
        self.write_views(work, noted.take())
