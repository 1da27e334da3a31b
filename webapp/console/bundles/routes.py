"""``/console/bundle``: what this installation shows as a file, and taking over that of another one."""

from __future__ import annotations

from io import BytesIO
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.file import FileField
from wtforms import BooleanField

from webapp.access import admins_only
from webapp.console.files import FileForm
from webapp.console.forms import submitting
from webapp.console.routes import takes_files
from webapp.console.sent_once import OnceForm, done_once
from webapp.domain.bundles.archive import Bundle
from webapp.domain.bundles.commands import export_bundle, import_bundle, is_for_a_worker
from webapp.domain.bundles.records import Action
from webapp.domain.bundles.registry import parts
from webapp.domain.bundles.staging import stage, staged
from webapp.domain.content.bundle_jobs import find_take_over, request_take_over
from webapp.domain.jobs.models import Job, State
from webapp.web import current_ports, current_work, writing_view

SHOWN = 200

blueprint = Blueprint("bundles", __name__, url_prefix="/bundle")


class BundleForm(FileForm):
    file = FileField("File", description="A bundle that another installation of Rangoli has written")


class TakeForm(OnceForm):
    replace = BooleanField(
        "Replace what was changed here later", description="Otherwise conflicts stay as they are here."
    )


@blueprint.route("", methods=["GET", "POST"])
@admins_only
@takes_files
def bundle() -> ResponseReturnValue:
    """Take the bundle of this installation, or send one of another."""
    form = BundleForm()
    if form.validate_on_submit():
        with submitting(form):
            data = form.sent()
            bundle_id = stage(current_ports().storage, data)
            if is_for_a_worker(Bundle(BytesIO(data))):
                return ask(bundle_id, dry_run=True)
            return redirect(url_for(".look", bundle_id=bundle_id), 303)
    page = render_template("console/bundles/bundle.html", form=form, parts=parts().values())
    return page, 422 if form.errors else 200


@blueprint.route("/file")
@admins_only
def file() -> ResponseReturnValue:
    """The bundle of this installation."""
    out = BytesIO()
    export_bundle(current_work(), out)
    named = {"Content-Disposition": 'attachment; filename="rangoli-bundle.zip"'}
    return Response(out.getvalue(), mimetype="application/zip", headers=named)


@blueprint.route("/<uuid:bundle_id>", methods=["GET", "POST"])
@admins_only
@writing_view
@done_once
def look(bundle_id: UUID) -> ResponseReturnValue:
    """What a bundle would change, found out by doing it and taking it back; and changing it."""
    found, form = staged(current_ports().storage, bundle_id), TakeForm()
    if form.validate_on_submit():
        with submitting(form):
            report = import_bundle(current_work(), found, replace=form.replace.data)
            if report.is_written:
                current_work().after_commit(current_ports().cache.clear)
                flash(summary(report.counts), "success")
                return redirect(url_for(".bundle"), 303)
    return look_page(form, import_bundle(current_work(), found, dry_run=True).told)


@blueprint.route("/<uuid:bundle_id>/by/<uuid:job_id>", methods=["GET", "POST"])
@admins_only
@done_once
def look_by_worker(bundle_id: UUID, job_id: UUID) -> ResponseReturnValue:
    """The same of a long bundle: each look and each change is a job."""
    form, job = TakeForm(), find_take_over(current_work(), bundle_id, job_id)
    if form.validate_on_submit():
        return ask(bundle_id, replace=form.replace.data)
    return look_page(form, job.result if job.state == State.DONE else None, job)


# --- the parts ------------------------------------------------------------------------------


def ask(bundle_id: UUID, *, dry_run: bool = False, replace: bool = False) -> ResponseReturnValue:
    """Have a worker look at a bundle or take it over, and follow it."""
    job = request_take_over(current_work(), bundle_id, dry_run=dry_run, replace=replace)
    return redirect(url_for(".look_by_worker", bundle_id=bundle_id, job_id=job.id), 303)


def look_page(form: TakeForm, report: dict[str, Any] | None, job: Job | None = None) -> ResponseReturnValue:
    is_wrong = report is not None and bool(report["counts"][Action.ERROR])
    return render_template(
        "console/bundles/look.html",
        form=form, report=report, job=job, parts=parts(), shown=SHOWN, is_wrong=is_wrong, summary=summary,
    ), 422 if is_wrong else 200  # fmt: skip


def summary(counts: dict[str, int]) -> str:
    words = f"{counts['create']} made, {counts['update']} changed"
    return f"{words}, {kept} kept as here." if (kept := counts["conflict"]) else f"{words}."
