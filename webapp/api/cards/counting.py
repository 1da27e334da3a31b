"""Counting who reads a template."""

from __future__ import annotations

from webapp.api.view_counting import ViewCounter
from webapp.domain.cards.template_views import write_views

VIEWS = ViewCounter("noted_template_views", write_views)
note_view = VIEWS.note
