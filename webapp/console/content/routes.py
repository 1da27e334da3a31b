"""``/console/content``: the blueprint with all its routes."""

from __future__ import annotations

import webapp.console.content.editor_routes
import webapp.console.content.export_routes
import webapp.console.content.history_routes
import webapp.console.content.import_routes
import webapp.console.content.item_history_routes
import webapp.console.content.item_routes
import webapp.console.content.kind_routes
import webapp.console.content.list_routes
import webapp.console.content.standing_routes
import webapp.console.content.tag_routes
import webapp.console.content.trash_routes  # noqa: F401  imported for the routes it adds
from webapp.console.content.blueprint import blueprint

__all__ = ["blueprint"]
