"""Noting who reads a design, and writing it down behind an answer now and then."""

from __future__ import annotations

from flask import Response, current_app

from webapp.domain.gallery.counting import NotedViews, visitor_of, write_views
from webapp.kernel.work import Work
from webapp.web import behind, current_ports, current_work


def noted_views() -> NotedViews[int]:
    """What this process has noted."""
    views = current_app.extensions.setdefault("noted_views", NotedViews())
    assert isinstance(views, NotedViews)
    return views


def note_view(design_id: int, response: Response) -> Response:
    """Count that the one who asks has seen a design. Costs the answer nothing."""
    work, noted = current_work(), noted_views()
    view = (work.now.date(), design_id, visitor_of(work, current_ports().site.secret))
    if noted.note(view, work.now):
        behind(response, lambda fresh: _write(fresh, noted))
    return response


def _write(work: Work, noted: NotedViews[int]) -> None:
    write_views(work, noted.take())
