"""``/users/me/export``: all of one's own data."""

from __future__ import annotations

from http import HTTPStatus

from flask import Response, jsonify, redirect

from webapp.access import approved_only
from webapp.api.blueprint import Blueprint
from webapp.api.jobs.schemas import JobSchema
from webapp.domain.accounts.export import export_now, prepare_export
from webapp.domain.jobs.models import Job
from webapp.extensions import limiter
from webapp.web import current_ports, current_work, go_on, writing_view

blueprint = Blueprint("export", __name__, url_prefix="/api/v1/users/me/export", description="One's own data")

JOB = JobSchema()
ZIP = {"type": "string", "format": "binary"}


@blueprint.route("", methods=["GET"])
@approved_only
@limiter.limit("20 per hour")
@blueprint.response(200, ZIP, content_type="application/zip")
@blueprint.alt_response(202, schema=JOB, description="It is being made; ask again when the job is done.")
@blueprint.alt_response(302, description="It was made; the address holds for five minutes.")
@blueprint.refuses(HTTPStatus.TOO_MANY_REQUESTS)
@writing_view
def export_me() -> Response:
    """All of your data and files as a ZIP; where that is much, a job makes it and it is kept for a day."""
    ready = prepare_export(current_work(), current_ports().storage)
    if isinstance(ready, Job):
        answer = jsonify(JOB.dump(ready))
        answer.status_code, answer.headers["Location"] = 202, f"/api/v1/jobs/{ready.id}"
        return answer
    if isinstance(ready, str):
        return redirect(ready, 302)  # type: ignore[return-value]
    pieces = export_now(current_work(), go_on, current_ports())
    headers = {"Content-Disposition": "attachment; filename=my-data.zip"}
    return Response(pieces, mimetype="application/zip", headers=headers)
