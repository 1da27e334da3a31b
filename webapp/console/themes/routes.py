"""``/console/themes``: the list, the editor, publishing and history."""

from __future__ import annotations

from webapp.console.themes import collection_routes, editor_routes, history_routes, publish_routes
from webapp.console.themes.blueprint import blueprint

__all__ = ["blueprint", "collection_routes", "editor_routes", "history_routes", "publish_routes"]
