"""All routes of designs."""

import webapp.console.gallery.featured_routes
import webapp.console.gallery.list_routes  # noqa: F401  imported for the routes they add
from webapp.console.gallery.blueprint import blueprint

__all__ = ["blueprint"]
