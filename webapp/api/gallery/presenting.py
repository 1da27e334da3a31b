"""Designs as the API answers them."""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

import orjson
from flask import Response, jsonify

from webapp.api.etags import conditional
from webapp.api.gallery.schemas import DesignSchema, page_schema
from webapp.api.paging import envelope
from webapp.domain.content.content_types import DESIGN
from webapp.domain.content.policy import require_reader
from webapp.domain.gallery.filters import DesignFilters
from webapp.domain.gallery.models import FACETS
from webapp.domain.gallery.projection import word
from webapp.domain.gallery.queries import count_facets, count_featured, count_statuses
from webapp.domain.gallery.views import DesignView
from webapp.kernel.cache_groups import FACETS_OF_DESIGNS
from webapp.kernel.paging import Page
from webapp.web import current_ports, current_work, rollback

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
        "missing_image": view.image is None,
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
    """What the facets of a list answer; those of what is published are kept ready for a moment.

    To be asked before anything else is read. Raises as the list does.
    """
    require_reader(current_work(), DESIGN, draft=filters.is_draft)
    if filters.is_draft or filters.q is not None or filters.near_colour is not None:
        return _facets(filters)

    def make() -> bytes:
        rollback()  # what this request has begun to read may be older than the last drop
        return orjson.dumps(_facets(filters))

    words = sorted((name, word(text)) for name, text in filters.words.items())
    member = blake2b(orjson.dumps([words, filters.featured]), digest_size=16).hexdigest()
    found: dict[str, Any] = orjson.loads(current_ports().cache.fetch(FACETS_OF_DESIGNS, member, make))
    return found


def _facets(filters: DesignFilters) -> dict[str, Any]:
    work = current_work()
    flags = {"featured": count_featured(work, filters), "status": count_statuses(work, filters)}
    found = {**count_facets(work, filters), **flags}
    return {
        name: [{"value": each.value, "count": each.count} for each in values]
        for name, values in found.items()
    }


def read_filters(query: dict[str, Any]) -> DesignFilters:
    """Filters from the query; takes its facets out of it."""
    words = {name: query.pop(name) for name in FACETS if name in query}
    return DesignFilters(words=words, **query)
