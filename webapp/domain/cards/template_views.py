"""Counting who has seen a template, as the gallery counts it for designs."""

from __future__ import annotations

from webapp.domain.cards.models import Template, TemplateViews, TemplateVisit
from webapp.domain.gallery.counting import ViewTables

OF_TEMPLATES = ViewTables(TemplateVisit, TemplateViews, "template_id", (Template.id,))
write_views, forget_visits = OF_TEMPLATES.write_views, OF_TEMPLATES.forget_visits
