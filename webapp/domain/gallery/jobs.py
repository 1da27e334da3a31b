"""What the gallery does by itself."""

from __future__ import annotations

from datetime import timedelta

import webapp.domain.gallery.commands
import webapp.domain.gallery.projection  # noqa: F401  both register what content and accounts call
from webapp.domain.gallery.counting import forget_visits
from webapp.domain.jobs.registry import JobRun, handles


@handles("gallery.forget_visits", every=timedelta(days=1))
def forget(run: JobRun) -> None:
    """Forget who has seen which design on days that are over."""
    forget_visits(run.work)
