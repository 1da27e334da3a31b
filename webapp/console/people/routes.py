"""``/console/people``: the blueprint with all its routes."""

from __future__ import annotations

import webapp.console.people.access_routes
import webapp.console.people.approval_routes
import webapp.console.people.person_routes  # noqa: F401  imported for the routes it adds
from webapp.console.people.blueprint import blueprint

__all__ = ["blueprint"]
