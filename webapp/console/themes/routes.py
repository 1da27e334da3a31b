"""``/console/themes``: the blueprint with all its routes."""

from __future__ import annotations

import webapp.console.themes.collection_routes
import webapp.console.themes.editor_routes
import webapp.console.themes.history_routes
import webapp.console.themes.photo_routes
import webapp.console.themes.publish_routes  # noqa: F401  imported for the routes it adds
from webapp.console.themes.blueprint import blueprint

__all__ = ["blueprint"]
