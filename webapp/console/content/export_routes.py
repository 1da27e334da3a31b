"""Lists as files."""

from __future__ import annotations

from io import BytesIO
from uuid import UUID

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp.access import editors_only
from webapp.console.content.blueprint import blueprint
from webapp.console.content.listing import Listing, url_of_list
from webapp.domain.content import exchange
from webapp.domain.content.exchange import FORMATS
from webapp.domain.content.exchange_requests import read_export, request_export
from webapp.domain.content.subjects import Subject
from webapp.kernel.errors import Conflict
from webapp.web import current_ports, current_work


@blueprint.route("/export/<subject:subject>")
@editors_only
def export(subject: Subject) -> ResponseReturnValue:
    """What the list at this address holds, in its latest state, as a file."""
    file, filters, form = BytesIO(), Listing.from_request().filters, requested_format()
    try:
        exchange.export(current_work(), subject, filters, form, file)
    except Conflict as too_many:
        context = {"subject": subject, "reason": too_many.detail, "list_url": url_of_list(subject)}
        return render_template("console/content/export.html", **context), 409
    headers = {"Content-Disposition": f'attachment; filename="{subject.name}.{form}"'}
    return Response(file.getvalue(), mimetype=FORMATS[form], headers=headers)


@blueprint.route("/export/<subject:subject>", methods=["POST"])
@editors_only
def export_later(subject: Subject) -> ResponseReturnValue:
    """The same of any length, by a worker."""
    filters = Listing.from_request().filters
    job = request_export(current_work(), subject, filters, requested_format())
    return redirect(url_for("console.jobs.job", job_id=job.id), 303)


@blueprint.route("/exports/<uuid:job_id>")
@editors_only
def exported(job_id: UUID) -> ResponseReturnValue:
    """The file that a worker has made."""
    name, pieces = read_export(current_work(), current_ports().storage, job_id)
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(b"".join(pieces), mimetype=FORMATS[name.rpartition(".")[2]], headers=headers)


def requested_format() -> str:
    form = request.args.get("format")
    return form if form in FORMATS else "csv"
