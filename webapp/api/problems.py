"""Errors of the API as ``application/problem+json`` (RFC 9457)."""

from __future__ import annotations

import orjson
from flask import Response

from webapp.faults import Fault

MEDIA_TYPE = "application/problem+json"


def problem(fault: Fault) -> Response:
    """The answer for ``fault``: type, title, status, detail, code and, for bad fields, errors."""
    body: dict[str, object] = {
        "type": f"urn:rangoli:problem:{fault.code}",
        "title": fault.title,
        "status": fault.status,
        "detail": fault.detail,
        "code": fault.code,
    }
    if fault.errors:
        body["errors"] = [
            {"pointer": error.pointer, "detail": error.detail, "code": error.code} for error in fault.errors
        ]
    response = Response(orjson.dumps(body), fault.status, content_type=MEDIA_TYPE)
    response.headers.update(fault.headers)
    response.headers["Cache-Control"] = "no-store"
    return response
