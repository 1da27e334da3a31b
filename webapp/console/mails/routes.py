"""``/console/mails``: the blueprint with all its routes."""

from __future__ import annotations

import webapp.console.mails.log_routes
import webapp.console.mails.template_routes  # noqa: F401  imported for the routes it adds
from webapp.console.mails.blueprint import blueprint

__all__ = ["blueprint"]
