"""``/themes``: list, create, change, activate, delete, and the colour scheme."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Response, jsonify
from flask.typing import ResponseReturnValue

from webapp.access import editors_only, public
from webapp.api.blueprint import Blueprint
from webapp.api.etags import conditional, expected_tags
from webapp.api.paging import PagingQuery100
from webapp.api.requests import body_limit
from webapp.api.themes import schemas
from webapp.domain.themes import commands, queries
from webapp.domain.themes.models import Theme
from webapp.kernel.paging import PageRequest
from webapp.web import current_work

DOCUMENT_MAX = 256 * 1024

blueprint = Blueprint("themes", __name__, url_prefix="/api/v1/themes", description="Themes")

THEME = schemas.ThemeSchema()
THEMES = schemas.ThemeSchema(many=True)
COLORS = schemas.ColorsSchema()


def present(theme: Theme) -> Response:
    """A theme with its entity tag."""
    return conditional(jsonify(THEME.dump(theme)), theme.tag)


def present_new(theme: Theme) -> ResponseReturnValue:
    """A theme that was just made, with its address."""
    response = present(theme)
    response.headers["Location"] = f"/api/v1/themes/{theme.id}"
    return response, 201


def _present_colors(theme: Theme | None) -> Response:
    session = current_work().session
    tag = theme.tag if theme else "theme-default"
    return conditional(jsonify(COLORS.dump(queries.active_colors(session))), f"{tag}-colors")


@blueprint.route("", methods=["GET"])
@public
@blueprint.arguments(PagingQuery100(), location="query")
@blueprint.response(200, THEMES, headers={"X-Total-Count": {"schema": {"type": "integer"}}})
def list_themes(query: dict[str, PageRequest]) -> ResponseReturnValue:
    """All themes, in the order they were made; `X-Total-Count` has their number."""
    page = queries.list_themes(current_work().session, query["paging"])
    return page.data, 200, {"X-Total-Count": str(page.total)}  # type: ignore[return-value]


@blueprint.route("", methods=["POST"])
@editors_only
@body_limit(DOCUMENT_MAX)
@blueprint.once
@blueprint.arguments(schemas.ThemeWriteSchema())
@blueprint.response(201, THEME)
def create_theme(fields: dict[str, Any]) -> ResponseReturnValue:
    """Create a theme. It is not active until it is activated."""
    return present_new(commands.create_theme(current_work(), fields))


@blueprint.route("/active", methods=["GET"])
@public
@blueprint.response(200, THEME)
@blueprint.refuses(HTTPStatus.NOT_FOUND)
def read_active_theme() -> Response:
    """The theme that pages follow now."""
    return present(queries.get_active_theme(current_work().session))


@blueprint.route("/color-scheme", methods=["GET"])
@public
@blueprint.response(200, COLORS)
def read_color_scheme() -> Response:
    """The colours of the active theme."""
    return _present_colors(queries.find_active_theme(current_work().session))


@blueprint.route("/color-scheme", methods=["PUT", "PATCH"])
@editors_only
@body_limit(DOCUMENT_MAX)
@blueprint.arguments(schemas.ColorSchemeUpdateSchema())
@blueprint.response(200, COLORS)
@blueprint.refuses(HTTPStatus.NOT_FOUND)
def update_color_scheme(fields: dict[str, Any]) -> Response:
    """Change the colours that are sent of the active theme; pages follow at once."""
    tags = expected_tags()
    expected = None if tags is None else {tag.removesuffix("-colors") for tag in tags}
    return _present_colors(commands.update_color_scheme(current_work(), fields, expected=expected))


@blueprint.route("/<id:theme_id>", methods=["GET"])
@public
@blueprint.response(200, THEME)
def read_theme(theme_id: int) -> Response:
    """One theme, as pages see it."""
    return present(queries.get_theme(current_work().session, theme_id))


@blueprint.route("/<id:theme_id>", methods=["PUT", "PATCH"])
@editors_only
@body_limit(DOCUMENT_MAX)
@blueprint.arguments(schemas.ThemeUpdateSchema())
@blueprint.response(200, THEME)
def update_theme(fields: dict[str, Any], theme_id: int) -> Response:
    """Change the fields that are sent; they are live at once, as a new revision."""
    return present(commands.update_theme(current_work(), theme_id, fields, expected=expected_tags()))


@blueprint.route("/<id:theme_id>", methods=["DELETE"])
@editors_only
@blueprint.response(204)
@blueprint.refuses(HTTPStatus.BAD_REQUEST)
def delete_theme(theme_id: int) -> None:
    """Delete a theme. The active one cannot be deleted."""
    commands.delete_theme(current_work(), theme_id, expected=expected_tags())


@blueprint.route("/<id:theme_id>/activate", methods=["POST"])
@editors_only
@blueprint.response(200, THEME)
def activate_theme(theme_id: int) -> Response:
    """Make this the theme that pages follow."""
    return present(commands.activate_theme(current_work(), theme_id, expected=expected_tags()))


@blueprint.route("/<id:theme_id>/duplicate", methods=["POST"])
@editors_only
@blueprint.once
@blueprint.arguments(schemas.DuplicateSchema())
@blueprint.response(201, THEME)
def duplicate_theme(fields: dict[str, str], theme_id: int) -> ResponseReturnValue:
    """A new theme with the same values under another name."""
    return present_new(commands.duplicate_theme(current_work(), theme_id, fields["name"]))
