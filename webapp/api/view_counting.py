"""Noting who reads something, and writing it down behind an answer now and then."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from signal import SIG_BLOCK, pthread_sigmask, valid_signals
from threading import Thread, main_thread
from typing import Any, Generic

from flask import Flask, Response, current_app

from webapp.domain.gallery.counting import EVERY, Key, NotedViews, visitor_of
from webapp.kernel.work import Work
from webapp.web import apart, current_ports, current_work

_counters: list[ViewCounter[Any]] = []


@dataclass(frozen=True, slots=True)
class ViewCounter(Generic[Key]):
    """The views of one kind of thing; ``name`` is where a process keeps what it has noted."""

    name: str
    write_views: Callable[[Work, Iterable[tuple[date, Key, str]]], int]

    def __post_init__(self) -> None:
        _counters.append(self)

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
            app = current_app._get_current_object()  # type: ignore[attr-defined]
            response.call_on_close(lambda: self.write(app))
        return response

    def write(self, app: Flask) -> None:
        """Write what was noted; while that fails, it stays noted."""
        with app.app_context():
            noted = self.noted()
        if (views := noted.take()) and not apart(app, lambda work: self.write_views(work, views)):
            noted.put_back(views)


def keep_views_written(
    app: Flask, every: float = EVERY.total_seconds(), while_alive: Thread | None = None
) -> Thread:
    """Write what this process has noted after ``every`` so many seconds, however quiet it is, and when the
    main thread ends: web servers fork their processes, for which Python runs no exit handlers."""
    owner = while_alive or main_thread()

    def run() -> None:
        pthread_sigmask(SIG_BLOCK, valid_signals())  # they are for the main thread, which waits for them
        is_over = False
        while not is_over:
            owner.join(every)
            is_over = not owner.is_alive()
            for counter in _counters:
                counter.write(app)

    thread = Thread(target=run, name="views")
    thread.start()
    return thread
