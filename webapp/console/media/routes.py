"""All routes of the media library."""

import webapp.console.media.image_routes
import webapp.console.media.library_routes  # noqa: F401  imported for the routes they add
from webapp.console.media.blueprint import blueprint

__all__ = ["blueprint"]
