"""``/data``, ``/projects``, ``/experiences``: list, search, create, read, change, put into the trash."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Response

from webapp.access import editors_only, public
from webapp.api.blueprint import Blueprint
from webapp.api.content import answers, bodies, parameters
from webapp.api.content.presenting import (
    expected_entry_tags,
    present,
    present_array,
    present_envelope,
    present_new,
)
from webapp.api.content.totals import kept_totals
from webapp.api.fields import Schema
from webapp.api.paging import list_schema
from webapp.domain.content import commands, queries
from webapp.domain.content.content_types import DATA, EXPERIENCE, PROJECT, ContentType
from webapp.domain.content.kinds import read_conditions
from webapp.domain.content.lifecycle import Status
from webapp.domain.content.queries import Filters, Key
from webapp.domain.content.search import search_entries
from webapp.web import current_work


@dataclass(frozen=True)
class Face:
    """How a content type looks from outside."""

    type: ContentType
    description: str
    answer: Schema
    create: Schema
    update: Schema
    page: Schema
    present_page: Callable[..., Response]

    @property
    def one(self) -> str:
        """The rule of a single entry's path."""
        return "/<string:key>" if self.type.has_own_keys else "/<id:key>"


def entry_blueprint(face: Face) -> Blueprint:
    """The routes of one content type."""
    name = face.type.name
    blueprint = Blueprint(name, __name__, url_prefix=f"/api/v1/{name}", description=face.description)
    _add_list(blueprint, face)
    if not face.type.has_own_keys:
        _add_search(blueprint, face)
    _add_reading(blueprint, face)
    _add_writing(blueprint, face)
    return blueprint


def _add_list(blueprint: Blueprint, face: Face) -> None:
    @blueprint.route("", methods=["GET"])
    @public
    @blueprint.arguments(parameters.entries_query(face.answer), location="query")
    @blueprint.response(200, face.page)
    def list_entries(query: dict[str, Any]) -> Response:
        """What is published, in the order it was made; for editors also drafts."""
        request, names = query.pop("paging"), query.pop("fields", None)
        if "status" in query:
            query["status"] = Status(query["status"])
        if (kind := query.pop("kind", None)) is not None:
            query["conditions"] = read_conditions(current_work(), kind, parameters.sent_members())
        page = kept_totals().list_entries(current_work(), face.type, request, Filters(**query))
        return face.present_page(page, draft=query.get("draft", False), names=names)


def _add_search(blueprint: Blueprint, face: Face) -> None:
    """Not where clients choose ids: one of them might be ``search``."""

    @blueprint.route("/search", methods=["GET"])
    @public
    @blueprint.arguments(parameters.search_query(face.answer), location="query")
    @blueprint.response(200, face.page)
    def search(query: dict[str, Any]) -> Response:
        """Entries with a phrase in title or description; if there are none, those with its words, by rank."""
        request, names = query.pop("paging"), query.pop("fields", None)
        page = search_entries(current_work(), face.type, query.pop("q"), request, **query)
        return face.present_page(page, draft=query.get("draft", False), names=names)


def _add_reading(blueprint: Blueprint, face: Face) -> None:
    @blueprint.route(face.one, methods=["GET"])
    @public
    @blueprint.arguments(parameters.entry_query(face.answer), location="query")
    @blueprint.response(200, face.answer)
    def read(query: dict[str, Any], key: Key) -> Response:
        """One entry as it is published; for editors also its latest state."""
        draft = query.get("draft", False)
        view = queries.get_entry(current_work(), face.type, key, draft=draft)
        return present(view, draft=draft, names=query.get("fields"))


def _add_writing(blueprint: Blueprint, face: Face) -> None:
    @blueprint.route("", methods=["POST"])
    @editors_only
    @blueprint.once
    @blueprint.arguments(parameters.SaveQuery(), location="query")
    @blueprint.arguments(face.create)
    @blueprint.response(201, face.answer)
    def create(query: dict[str, Any], fields: dict[str, Any]) -> Response:
        """Create an entry; it is published at once, except with `draft=true`."""
        return present_new(commands.create_entry(current_work(), face.type, fields, **query))

    @blueprint.route(face.one, methods=["PUT", "PATCH"])
    @editors_only
    @blueprint.arguments(parameters.SaveQuery(), location="query")
    @blueprint.arguments(face.update)
    @blueprint.response(200, face.answer)
    def update(query: dict[str, Any], fields: dict[str, Any], key: Key) -> Response:
        """Change the fields that are sent, as a new revision; it is published, except with `draft=true`."""
        expected = expected_entry_tags()
        view = commands.update_entry(current_work(), face.type, key, fields, expected=expected, **query)
        return present(view)

    @blueprint.route(face.one, methods=["DELETE"])
    @editors_only
    @blueprint.response(204)
    def delete(key: Key) -> None:
        """Put an entry into the trash, from where it can be restored for 30 days."""
        commands.trash_entry(current_work(), face.type, key, expected=expected_entry_tags())


BLUEPRINTS = (
    entry_blueprint(
        Face(
            DATA,
            "Data items",
            answer=answers.DataSchema(),
            create=bodies.DataWriteSchema(),
            update=bodies.DataWriteSchema(partial=True),
            page=list_schema(answers.DataSchema(), "DataPage"),
            present_page=present_envelope,
        )
    ),
    entry_blueprint(
        Face(
            PROJECT,
            "Projects",
            answer=answers.ProjectSchema(),
            create=bodies.ProjectCreateSchema(),
            update=bodies.ProjectWriteSchema(partial=True),
            page=answers.ProjectSchema(many=True),
            present_page=present_array,
        )
    ),
    entry_blueprint(
        Face(
            EXPERIENCE,
            "Experiences",
            answer=answers.ExperienceSchema(),
            create=bodies.ExperienceCreateSchema(),
            update=bodies.ExperienceWriteSchema(partial=True),
            page=answers.ExperienceSchema(many=True),
            present_page=present_array,
        )
    ),
)
