"""Counting who reads a design."""

from __future__ import annotations

from webapp.api.view_counting import ViewCounter
from webapp.domain.gallery.counting import write_views

VIEWS = ViewCounter("noted_views", write_views)
noted_views, note_view = VIEWS.noted, VIEWS.note
