"""Designs as the API answers them."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify

from webapp.api.etags import conditional
from webapp.api.gallery.schemas import DesignSchema, page_schema
from webapp.api.paging import envelope
from webapp.domain.content.content_types import DESIGN
from webapp.domain.gallery.filters import DesignFilters
from webapp.domain.gallery.models import FACETS
from webapp.domain.gallery.queries import count_facets
from webapp.domain.gallery.views import DesignView
from webapp.kernel.paging import Page
from webapp.web import current_ports, current_work

SCHEMA = DesignSchema()
PAGE = page_schema(SCHEMA)
_COLUMNS = tuple(field.name for field in DESIGN.fields if field.name not in ("featured", "archived"))


def members(view: DesignView) -> dict[str, Any]:
    """The values of a design's answer."""
    entry, document = view.entry, view.entry.document
    return {
        "id": entry.key,
        **{name: document.get(name) for name in _COLUMNS},
        "image_url": current_ports().storage.public_url(document["r2_object_key"]),
        "image": view.image,
        "featured": bool(document.get("featured")),
        "status": view.status,
        "tags": entry.tags,
        "view_count": view.view_count,
        "like_count": view.like_count,
        "is_favorited": view.is_favorited,
        "revision": entry.revision,
        "created_at": entry.created_at,
        "updated_at": entry.updated_at,
    }


def present(view: DesignView) -> Response:
    """One design with its entity tag."""
    return conditional(jsonify(SCHEMA.dump(members(view))), view.tag)


def present_page(page: Page[DesignView]) -> dict[str, Any]:
    """A page of designs."""
    answer = envelope(page)
    del answer["count"]
    return {**answer, "data": [members(view) for view in page.data]}


def facets_of(filters: DesignFilters) -> dict[str, Any]:
    """What the facets of a list answer."""
    found = count_facets(current_work(), filters)
    return {name: found[name] for name in FACETS}


def read_filters(query: dict[str, Any]) -> DesignFilters:
    """Filters from the query; takes its facets out of it."""
    words = {name: query.pop(name) for name in FACETS if name in query}
    return DesignFilters(words=words, **query)
