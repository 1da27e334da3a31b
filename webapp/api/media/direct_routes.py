"""``/upload/direct``: where files arrive that were agreed on before, when storage is a local folder.

The signature in the address is all that is asked for; S3 servers have addresses of their own.
"""

from __future__ import annotations

from typing import Any, BinaryIO, cast

import marshmallow as ma
from flask import request

from webapp.access import public
from webapp.api.blueprint import Blueprint
from webapp.api.fields import File, QueryInteger, Schema, Text
from webapp.api.requests import file_body
from webapp.kernel.db import INT_MAX
from webapp.ports import SignedClaim
from webapp.web import current_ports

SIGNATURE_MAX = 128
KEY_MAX = 200
TYPE_MAX = 100

blueprint = Blueprint(
    "direct_uploads",
    __name__,
    url_prefix="/api/v1/upload/direct",
    description="Files sent straight to storage",
)


class SignedQuery(Schema):
    """What an address of our own says of the file."""

    class Meta:
        unknown = ma.EXCLUDE

    size = QueryInteger(0, INT_MAX, required=True)
    expires = QueryInteger(0, 10**12, required=True)
    signature = Text(SIGNATURE_MAX, required=True)


class SignedForm(SignedQuery):
    """The same as fields of a form, before the file."""

    class Meta:
        unknown = ma.RAISE

    key = Text(KEY_MAX, required=True)
    content_type = Text(TYPE_MAX, data_key="Content-Type", required=True)
    file = File(required=True)


@blueprint.route("/<object_key:object_key>", methods=["PUT"])
@public
@file_body
@blueprint.arguments(SignedQuery(), location="query")
@blueprint.response(204)
def put_file(query: dict[str, Any], object_key: str) -> None:
    """Take a file as the body of the request, of exactly the size and type that were agreed on."""
    claim = SignedClaim("PUT", object_key, query["size"], query["expires"])
    body = cast(BinaryIO, request.stream)
    current_ports().storage.receive(claim, query["signature"], body, request.mimetype)


@blueprint.route("", methods=["POST"])
@public
@file_body
@blueprint.arguments(SignedForm(), location="files")
@blueprint.response(204)
def post_file(form: dict[str, Any]) -> None:
    """Take a file from a form, of exactly the size and type that were agreed on."""
    claim = SignedClaim("POST", form["key"], form["size"], form["expires"])
    body = cast(BinaryIO, form["file"].stream)
    current_ports().storage.receive(claim, form["signature"], body, form["content_type"])
