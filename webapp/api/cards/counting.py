"""Noting who reads a template, and writing it down behind an answer now and then."""

from __future__ import annotations

from uuid import UUID

from flask import Response, current_app

from webapp.domain.cards.template_views import write_views
from webapp.domain.gallery.counting import NotedViews, visitor_of
from webapp.kernel.work import Work
from webapp.web import behind, current_ports, current_work


def noted_views() -> NotedViews[UUID]:
    """What this process has noted."""
    views = current_app.extensions.setdefault("noted_template_views", NotedViews())
    assert isinstance(views, NotedViews)
    return views


def note_view(template_id: UUID, response: Response) -> Response:
    """Count that the one who asks has seen a template. Costs the answer nothing."""
    work, noted = current_work(), noted_views()
    view = (work.now.date(), template_id, visitor_of(work, current_ports().site.secret))
    if noted.note(view, work.now):
        behind(response, lambda fresh: _write(fresh, noted))
    return response


def _write(work: Work, noted: NotedViews[UUID]) -> None:
    write_views(work, noted.take())
