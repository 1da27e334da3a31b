"""``/templates``: list, find, make, change, fork, delete, and their versions."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from flask import Response
from flask.typing import ResponseReturnValue

from webapp.access import admins_only, approved_only, public
from webapp.api.blueprint import Blueprint
from webapp.api.caching import first_page
from webapp.api.cards import answers, bodies
from webapp.api.cards.counting import note_view
from webapp.api.cards.limits import template_limit
from webapp.api.cards.presenting import TEMPLATE, expected_states, present_template
from webapp.api.paging import PagingQuery, envelope, list_schema
from webapp.domain.cards import template_queries as queries
from webapp.domain.cards import template_versions, templates
from webapp.domain.cards.models import Template, TemplateVersion
from webapp.kernel.cache_groups import FEATURED_TEMPLATES, TEMPLATES_OF_CATEGORY, TRENDING_TEMPLATES
from webapp.kernel.paging import LIMIT_MAX, Page, PageRequest
from webapp.web import current_work

blueprint = Blueprint("templates", __name__, url_prefix="/api/v1/templates", description="Card templates")
admin = Blueprint(
    "admin_templates", __name__, url_prefix="/api/v1/admin/templates", description="All templates, for admins"
)

PAGE = list_schema(TEMPLATE, "TemplatePage")


def _present_new(template: Template) -> ResponseReturnValue:
    response = present_template(template)
    response.headers["Location"] = f"/api/v1/templates/{template.id}"
    return response, 201


@blueprint.route("", methods=["GET"])
@public
@blueprint.arguments(bodies.TemplateQuery(), location="query")
@blueprint.response(200, PAGE)
def list_templates(query: dict[str, Any]) -> Response | dict[str, Any]:
    """Public templates, and those of one's own."""
    work, paging = current_work(), query.pop("paging")

    def find() -> Page[Template]:
        return queries.list_templates(work, paging, **query)

    if query.keys() != {"category_id", "sort"} or work.actor.id is not None:
        return envelope(find())
    return first_page(TEMPLATES_OF_CATEGORY.of(query["category_id"]), query["sort"], paging, PAGE, find)


@blueprint.route("", methods=["POST"])
@approved_only
@blueprint.once
@template_limit
@blueprint.arguments(bodies.TemplateWriteSchema())
@blueprint.response(201, TEMPLATE)
def create_template(fields: dict[str, Any]) -> ResponseReturnValue:
    """Make a template of Liquid, HTML and CSS."""
    return _present_new(templates.create_template(current_work(), fields))


@blueprint.route("/featured", methods=["GET"])
@public
@blueprint.arguments(PagingQuery(), location="query")
@blueprint.response(200, PAGE)
def list_featured(query: dict[str, PageRequest]) -> Response:
    """The public templates that editors recommend; the same for everyone."""
    paging = query["paging"]
    find = partial(queries.featured_templates, current_work(), paging)
    return first_page(FEATURED_TEMPLATES, "newest", paging, PAGE, find)


@blueprint.route("/trending", methods=["GET"])
@public
@blueprint.arguments(PagingQuery(), location="query")
@blueprint.response(200, PAGE)
def list_trending(query: dict[str, PageRequest]) -> Response:
    """The templates of which most cards were made lately; the same for everyone."""
    paging = query["paging"]
    find = partial(queries.trending_templates, current_work(), paging)
    return first_page(TRENDING_TEMPLATES, "use", paging, PAGE, find)


@blueprint.route("/search", methods=["POST"])
@public
@blueprint.arguments(bodies.SearchSchema())
@blueprint.response(200, PAGE)
def search_templates(fields: dict[str, Any]) -> dict[str, Any]:
    """Templates that hold the phrase, or else some of its words."""
    return envelope(queries.search_templates(current_work(), fields["query"], fields["limit"]))


@blueprint.route("/<uuid:template_id>", methods=["GET"])
@public
@blueprint.response(200, TEMPLATE)
def read_template(template_id: UUID) -> Response:
    """One template; whoever looks counts as a view, once a day."""
    template = queries.get_template(current_work(), template_id)
    return note_view(template.id, present_template(template))


@blueprint.route("/<uuid:template_id>", methods=["PUT", "PATCH"])
@approved_only
@blueprint.arguments(bodies.TemplateWriteSchema(partial=True))
@blueprint.response(200, TEMPLATE)
def update_template(fields: dict[str, Any], template_id: UUID) -> Response:
    """Change the fields that are sent; other code is a new version."""
    return present_template(
        templates.update_template(current_work(), template_id, fields, expected=expected_states())
    )


@blueprint.route("/<uuid:template_id>", methods=["DELETE"])
@approved_only
@blueprint.response(204)
def delete_template(template_id: UUID) -> None:
    """Delete a template for good; cards made from it stay."""
    templates.delete_template(current_work(), template_id, expected=expected_states())


@blueprint.route("/<uuid:template_id>/fork", methods=["POST"])
@approved_only
@blueprint.once
@template_limit
@blueprint.arguments(bodies.ForkSchema(), required=False)
@blueprint.response(201, TEMPLATE)
def fork_template(fields: dict[str, str], template_id: UUID) -> ResponseReturnValue:
    """A private copy of one's own."""
    return _present_new(templates.fork_template(current_work(), template_id, fields.get("name")))


@blueprint.route("/<uuid:template_id>/versions", methods=["GET"])
@approved_only
@blueprint.response(200, answers.TemplateVersionSchema(many=True))
def list_versions(template_id: UUID) -> Any:
    """The latest versions of a template, newest first."""
    return queries.list_versions(current_work(), template_id, PageRequest(LIMIT_MAX)).data


@blueprint.route("/<uuid:template_id>/versions/<id:number>", methods=["GET"])
@approved_only
@blueprint.response(200, answers.TemplateVersionDetailSchema())
def read_version(template_id: UUID, number: int) -> TemplateVersion:
    """One version with its code."""
    return queries.get_version(current_work(), template_id, number)


@blueprint.route("/<uuid:template_id>/versions/<id:number>/restore", methods=["POST"])
@approved_only
@blueprint.response(200, TEMPLATE)
def restore_version(template_id: UUID, number: int) -> Response:
    """Make a new version of an older one."""
    return present_template(
        template_versions.restore_version(current_work(), template_id, number, expected=expected_states())
    )


@admin.route("", methods=["GET"])
@admins_only
@admin.arguments(bodies.TemplateQuery(), location="query")
@admin.response(200, PAGE)
def list_all_templates(query: dict[str, Any]) -> dict[str, Any]:
    """All templates, also private ones."""
    return envelope(queries.list_templates(current_work(), query.pop("paging"), **query, everything=True))


@admin.route("/<uuid:template_id>/feature", methods=["PUT"])
@admins_only
@admin.arguments(bodies.FeatureSchema())
@admin.response(200, TEMPLATE)
def feature_template(fields: dict[str, bool], template_id: UUID) -> Response:
    """Put a template among the featured ones, or take it from there."""
    return present_template(templates.feature_template(current_work(), template_id, fields["is_featured"]))
