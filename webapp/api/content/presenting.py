"""Entries as answers: one with its entity tag, or a page with its numbers."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b
from typing import Any

from flask import Response, jsonify

from webapp.api.etags import conditional, expected_tags
from webapp.api.paging import encode_cursor, envelope
from webapp.domain.content.members import Names, members
from webapp.domain.content.views import EntryView
from webapp.kernel.paging import Page


def present(view: EntryView, *, draft: bool = True, names: Names = None) -> Response:
    """One entry with its entity tag."""
    return conditional(jsonify(members(view, draft=draft, names=names)), entity_tag(view))


def present_new(view: EntryView) -> Response:
    """An entry that was just made, with its address."""
    response = present(view)
    response.status_code = 201
    response.headers["Location"] = f"/api/v1/{view.type.name}/{view.key}"
    return response


def present_envelope(page: Page[EntryView], *, draft: bool = False, names: Names = None) -> Response:
    """A page of entries with its numbers around it."""
    answer = envelope(page)
    del answer["count"]
    return jsonify({**answer, "data": _each(page.data, draft, names)})


def present_array(page: Page[EntryView], *, draft: bool = False, names: Names = None) -> Response:
    """A page of entries as a bare array, with its numbers in headers."""
    response = jsonify(_each(page.data, draft, names))
    if page.request.counted:
        response.headers["X-Total-Count"] = str(page.total)
    if cursor := encode_cursor(page.next_after):
        response.headers["X-Next-Cursor"] = cursor
    return response


def _each(views: Iterable[EntryView], draft: bool, names: Names) -> list[dict[str, Any]]:
    return [members(view, draft=draft, names=names) for view in views]


def entity_tag(view: EntryView) -> str:
    """The view's own tag and, behind a dot, what its answer holds of other entries."""
    if not view.missing_projects:
        return view.tag
    return f"{view.tag}.{blake2b(repr(view.missing_projects).encode(), digest_size=6).hexdigest()}"


def expected_entry_tags() -> frozenset[str] | None:
    """What ``If-Match`` allows, as far as it is of the entry itself."""
    expected = expected_tags()
    return None if expected is None else frozenset(tag.partition(".")[0] for tag in expected)
