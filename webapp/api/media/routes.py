"""``/upload/…``: images of people and of the catalogue."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Response, jsonify

from webapp.access import approved_only
from webapp.api.accounts.presenting import USER
from webapp.api.accounts.presenting import present as present_user
from webapp.api.blueprint import Blueprint
from webapp.api.etags import conditional, expected_tags
from webapp.api.fields import MessageSchema
from webapp.api.media import schemas
from webapp.api.media.files import limits, pieces
from webapp.api.paging import envelope, list_schema
from webapp.api.requests import file_body, files_body
from webapp.domain.accounts.avatars import set_avatar
from webapp.domain.media import commands, queries, uploads
from webapp.domain.media.models import Media
from webapp.domain.media.uploads import Announced, UploadOutcome
from webapp.kernel.errors import FieldError, Invalid
from webapp.web import current_ports, current_work, go_on, writing_view

MEDIA = schemas.MediaSchema()

blueprint = Blueprint("media_api", __name__, url_prefix="/api/v1", description="Images")


def _present(media: Media, status: int = 200) -> Response:
    response = jsonify(MEDIA.dump(media))
    response.status_code = status
    return conditional(response, media.tag)


@blueprint.route("/upload/image", methods=["POST"])
@approved_only
@file_body
@blueprint.arguments(schemas.UploadSchema(), location="files")
@blueprint.response(201, MEDIA)
@blueprint.alt_response(200, schema=MEDIA, description="You have sent this image before.")
def upload_image(form: dict[str, Any]) -> Response:
    """Keep an image, without its metadata. The same image is kept once."""
    what = Announced(**schemas.announced(form))
    media, is_new = uploads.upload_image(
        current_work(), go_on, current_ports(), pieces(form["file"]), what, limits()
    )
    return _present(media, 201 if is_new else 200)


@blueprint.route("/upload/images", methods=["POST"])
@approved_only
@files_body
@blueprint.arguments(schemas.UploadsSchema(), location="files")
@blueprint.response(201, schemas.UploadedSchema())
def upload_images(form: dict[str, Any]) -> dict[str, Any]:
    """Keep several images. Errors come back by file; 422 when none could be kept."""
    files = ((file.filename or "", pieces(file)) for file in form["files"])
    what = Announced(form["category"])
    outcomes = uploads.upload_images(current_work(), go_on, current_ports(), files, what, limits())
    keys = [outcome.object_key for outcome in outcomes if outcome.object_key]
    _refuse_if_none(outcomes)
    return {
        "data": queries.list_by_keys(current_work().session, keys),
        "errors": [outcome for outcome in outcomes if outcome.error],
    }


def _refuse_if_none(outcomes: list[UploadOutcome]) -> None:
    errors = [
        FieldError(f"/files/{number}", outcome.error.detail, outcome.error.code)
        for number, outcome in enumerate(outcomes)
        if outcome.error
    ]
    if len(errors) == len(outcomes):
        raise Invalid(errors)


@blueprint.route("/upload/images", methods=["GET"])
@approved_only
@blueprint.arguments(schemas.MediaQuery(), location="query")
@blueprint.response(200, list_schema(MEDIA, "MediaPage"))
def list_images(query: dict[str, Any]) -> dict[str, Any]:
    """Your images, or everybody's for editors, newest first."""
    request = query.pop("paging")
    return envelope(queries.list_media(current_work(), request, queries.MediaFilters(**query)))


@blueprint.route("/upload/presigned-url", methods=["GET"])
@approved_only
@writing_view
@blueprint.arguments(schemas.PresignQuery(), location="query")
@blueprint.response(200, schemas.PresignedSchema())
@blueprint.refuses(HTTPStatus.CONFLICT)
def presign(query: dict[str, Any]) -> dict[str, Any]:
    """Agree on a file that is then sent straight to storage, and finished with `/upload/confirm`."""
    what = Announced(query["category"], query["filename"])
    sent = (query["content_type"], query["size"], query["method"])
    media, upload = uploads.agree_on_upload(current_work(), current_ports(), what, sent, limits())
    return {
        "upload_url": upload.url,
        "method": upload.method,
        "expires_in": upload.expires_in,
        "fields": upload.fields,
        "headers": upload.headers,
        **schemas.described(media),
    }


@blueprint.route("/upload/confirm", methods=["POST"])
@approved_only
@blueprint.arguments(schemas.ConfirmSchema())
@blueprint.response(200, schemas.ConfirmedSchema())
@blueprint.refuses(HTTPStatus.NOT_FOUND)
def confirm(fields: dict[str, str]) -> Response:
    """Look at the file that has arrived, and keep it if it is what was agreed on."""
    key = fields["object_key"]
    media = uploads.confirm_upload(current_work(), go_on, current_ports(), key, limits())
    first = queries.duplicate_of(current_work(), media)
    answer = {**MEDIA.dump(media), "duplicate_of": first and first.object_key}
    return conditional(jsonify(answer), media.tag)


@blueprint.route("/upload/image/<object_key:object_key>", methods=["GET"])
@approved_only
@blueprint.response(200, MEDIA)
def read_image(object_key: str) -> Response:
    """One image of yours, or for editors anybody's."""
    return _present(queries.get_media(current_work(), object_key))


@blueprint.route("/upload/image/<object_key:object_key>", methods=["PUT", "PATCH"])
@approved_only
@blueprint.arguments(schemas.MediaChangesSchema())
@blueprint.response(200, MEDIA)
def update_image(fields: dict[str, Any], object_key: str) -> Response:
    """Change the alternative text or the focal point."""
    return _present(commands.update_media(current_work(), object_key, fields, expected=expected_tags()))


@blueprint.route("/upload/image/<object_key:object_key>", methods=["DELETE"])
@approved_only
@blueprint.arguments(schemas.DeleteQuery(), location="query")
@blueprint.response(200, MessageSchema())
@blueprint.refuses(HTTPStatus.CONFLICT)
def delete_image(query: dict[str, bool], object_key: str) -> dict[str, Any]:
    """Delete an image for good, with `if_unused=true` only one that nothing uses, the trash aside."""
    even_if_used = not query.get("if_unused", False)
    commands.delete_media(current_work(), object_key, expected=expected_tags(), even_if_used=even_if_used)
    return {"success": True, "message": "Image deleted successfully"}


@blueprint.route("/users/upload-avatar", methods=["POST"])
@approved_only
@file_body
@blueprint.arguments(schemas.AvatarSchema(), location="files")
@blueprint.response(200, USER)
def upload_avatar(form: dict[str, Any]) -> Response:
    """Give yourself a picture; the one before is deleted."""
    file = form["file"]
    return present_user(set_avatar(current_work(), go_on, current_ports(), pieces(file), limits()))
