"""``/console/templates``: the blueprint with all its routes."""

from __future__ import annotations

import webapp.console.templates.category_routes
import webapp.console.templates.collection_routes
import webapp.console.templates.editor_routes
import webapp.console.templates.history_routes
import webapp.console.templates.review_routes  # noqa: F401  imported for the routes it adds
from webapp.console.templates.blueprint import blueprint

__all__ = ["blueprint"]
