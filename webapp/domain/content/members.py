"""Entries as JSON: plain members, written by hand because lists of them are hot.

The API answers them, the console shows them as a preview, and webhooks and exports carry them.
"""

from __future__ import annotations

from typing import Any

from webapp.domain.content.content_types import DATA, EXPERIENCE
from webapp.domain.content.views import EntryView
from webapp.kernel.clock import rfc3339

Names = frozenset[str] | None


def members(view: EntryView, *, draft: bool = False, names: Names = None) -> dict[str, Any]:
    """The members of an entry's answer; with ``draft`` also those that are for editors."""
    found: dict[str, Any] = {"id": view.key, **view.document}
    found["tags"] = [{"id": tag.id, "name": tag.name} for tag in view.tags]
    if view.type is DATA:
        found.setdefault("kind", None)
    if view.type is EXPERIENCE:
        found["missing_projects"] = view.missing_projects
    found["revision"] = view.revision
    found["created_at"] = rfc3339(view.created_at)
    found["updated_at"] = rfc3339(view.updated_at)
    found["published_at"] = view.published_at and rfc3339(view.published_at)
    if draft:
        found["status"] = view.status.value
        found["publish_at"] = view.publish_at and rfc3339(view.publish_at)
        found["unpublish_at"] = view.unpublish_at and rfc3339(view.unpublish_at)
        found["time_zone"] = view.time_zone
    return found if names is None else {name: found[name] for name in found if name in names}
