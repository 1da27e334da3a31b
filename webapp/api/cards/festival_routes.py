"""``/festivals``: festivals, their dates and images."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from flask import Response, jsonify, request
from flask.typing import ResponseReturnValue

from webapp.access import editors_only, public
from webapp.api.blueprint import Blueprint
from webapp.api.caching import first_page
from webapp.api.cards import answers, bodies
from webapp.api.cards.presenting import FESTIVAL, expected_states, festivals_of, present_festival
from webapp.api.media.files import limits, pieces
from webapp.api.paging import envelope, list_schema
from webapp.api.requests import file_body
from webapp.domain.cards import festival_parts, festivals
from webapp.domain.cards.festival_models import FestivalImage
from webapp.domain.cards.policy import may_edit_festivals
from webapp.kernel.cache_groups import FESTIVALS
from webapp.kernel.paging import Page
from webapp.web import current_ports, current_work, go_on

blueprint = Blueprint("festivals", __name__, url_prefix="/api/v1/festivals", description="Festivals")

IMAGE = answers.FestivalImageSchema()
FORM = "multipart/form-data"
FESTIVAL_PAGE = list_schema(FESTIVAL, "FestivalPage")


@blueprint.route("", methods=["GET"])
@public
@blueprint.arguments(bodies.FestivalQuery(), location="query")
@blueprint.response(200, FESTIVAL_PAGE)
def list_festivals(query: dict[str, Any]) -> Response | dict[str, Any]:
    """Festivals, the next one first; those without a known date last."""
    work, paging = current_work(), query.pop("paging")

    def find() -> Page[dict[str, Any]]:
        return festivals_of(festivals.list_festivals(work, paging, **query))

    if query or may_edit_festivals(work.actor):
        return envelope(find())
    return first_page(FESTIVALS, work.now.date().isoformat(), paging, FESTIVAL_PAGE, find)


@blueprint.route("", methods=["POST"])
@editors_only
@blueprint.once
@blueprint.arguments(bodies.FestivalWriteSchema())
@blueprint.response(201, FESTIVAL)
def create_festival(fields: dict[str, Any]) -> ResponseReturnValue:
    """Add a festival; `calendar` and `calendar_name` find its dates, `date_start` enters one by hand."""
    festival = festivals.create_festival(current_work(), fields)
    response = present_festival(festival)
    response.headers["Location"] = f"/api/v1/festivals/{festival.id}"
    return response, 201


@blueprint.route("/<uuid:festival_id>", methods=["GET"])
@public
@blueprint.response(200, FESTIVAL)
def read_festival(festival_id: UUID) -> Response:
    """One festival with all its known dates."""
    return present_festival(festivals.get_festival(current_work(), festival_id))


@blueprint.route("/<uuid:festival_id>", methods=["PUT", "PATCH"])
@editors_only
@blueprint.arguments(bodies.FestivalWriteSchema(partial=True))
@blueprint.response(200, FESTIVAL)
def update_festival(fields: dict[str, Any], festival_id: UUID) -> Response:
    """Change the fields that are sent; a date holds for its year, whatever calendars say."""
    return present_festival(
        festivals.update_festival(current_work(), festival_id, fields, expected=expected_states())
    )


@blueprint.route("/<uuid:festival_id>", methods=["DELETE"])
@editors_only
@blueprint.response(204)
def delete_festival(festival_id: UUID) -> None:
    """Delete a festival; cards that were made for it stay."""
    festivals.delete_festival(current_work(), festival_id, expected=expected_states())


@blueprint.route("/<uuid:festival_id>/images", methods=["GET"])
@public
@blueprint.response(200, answers.FestivalImageSchema(many=True))
def list_images(festival_id: UUID) -> list[FestivalImage]:
    """The images of a festival in their order."""
    return festivals.get_festival(current_work(), festival_id).images


@file_body
@blueprint.ARGUMENTS_PARSER.use_args(bodies.FestivalImageFormSchema(), location="files")
def add_uploaded_image(form: dict[str, Any], festival_id: UUID) -> ResponseReturnValue:
    """The image in a form is kept in the library first."""
    sent = form.pop("file")
    file = sent.filename or "", pieces(sent)
    image = festival_parts.upload_festival_image(
        current_work(), go_on, current_ports(), festival_id, file, form, limits()
    )
    return jsonify(IMAGE.dump(image)), 201


def or_file(view: Callable[..., ResponseReturnValue]) -> Callable[..., ResponseReturnValue]:
    """Take a form with a file in the place of JSON too, as CARDS' clients send one."""

    @wraps(view)
    def either(festival_id: UUID) -> ResponseReturnValue:
        taken = add_uploaded_image if request.mimetype == FORM else view
        return taken(festival_id=festival_id)

    return either


@blueprint.route("/<uuid:festival_id>/images", methods=["POST"])
@editors_only
@blueprint.doc(requestBody={"content": {FORM: {"schema": bodies.FestivalImageFormSchema()}}})
@or_file
@blueprint.once
@blueprint.arguments(bodies.FestivalImageWriteSchema())
@blueprint.response(201, IMAGE)
def add_image(fields: dict[str, Any], festival_id: UUID) -> FestivalImage:
    """Give a festival an image by its address, or as a file in a form."""
    return festivals.add_image(current_work(), festival_id, fields)


@blueprint.route("/<uuid:festival_id>/images/<uuid:image_id>", methods=["PUT", "PATCH"])
@editors_only
@blueprint.arguments(bodies.FestivalImageWriteSchema(partial=True))
@blueprint.response(200, IMAGE)
def update_image(fields: dict[str, Any], festival_id: UUID, image_id: UUID) -> FestivalImage:
    """Change what is said of an image, its place in the order, or make it the primary one."""
    return festival_parts.update_image(current_work(), festival_id, image_id, fields)


@blueprint.route("/<uuid:festival_id>/images/<uuid:image_id>", methods=["DELETE"])
@editors_only
@blueprint.response(204)
def delete_image(festival_id: UUID, image_id: UUID) -> None:
    """Take an image from a festival."""
    festivals.delete_image(current_work(), festival_id, image_id)
