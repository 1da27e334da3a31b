"""The history of a template: its versions, what changed between two, and going back to one."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from webapp.access import editors_only
from webapp.console.addresses import requested_page, requested_revision
from webapp.console.forms import submitting
from webapp.console.templates.blueprint import blueprint
from webapp.console.templates.forms import ConfirmForm
from webapp.domain.accounts.queries import display_names
from webapp.domain.cards import template_versions as versions
from webapp.domain.cards.template_queries import editable_template, get_version, list_versions
from webapp.kernel.paging import LIMIT_MAX, PageRequest
from webapp.web import current_work

HISTORY_SIZE = 20


@blueprint.route("/<uuid:template_id>/history")
@editors_only
def history(template_id: UUID) -> ResponseReturnValue:
    """Versions, newest first."""
    work = current_work()
    template = editable_template(work, template_id)
    page = list_versions(work, template_id, requested_page(HISTORY_SIZE))
    authors = display_names(work.session, {version.author_id for version in page.data})
    return render_template("console/templates/history.html", template=template, page=page, authors=authors)


@blueprint.route("/<uuid:template_id>/history/<id:number>")
@editors_only
def version(template_id: UUID, number: int) -> ResponseReturnValue:
    """One version: what it changed against the one before it, or against any other (``?against=``)."""
    work = current_work()
    template, found = editable_template(work, template_id), get_version(work, template_id, number)
    against = requested_revision("against", max(number - 1, 1))
    return render_template(
        "console/templates/version.html",
        template=template,
        version=found,
        authors=display_names(work.session, {found.author_id}),
        against=against,
        others=list_versions(work, template_id, PageRequest(limit=LIMIT_MAX)).data,
        changes=versions.compare(get_version(work, template_id, against), found),
    )


@blueprint.route("/<uuid:template_id>/history/<id:number>/restore", methods=["POST"])
@editors_only
def restore(template_id: UUID, number: int) -> ResponseReturnValue:
    """Make an older version the newest draft; cards are made of the live one until it is published."""
    form, work = ConfirmForm(), current_work()
    with submitting(form):
        expected = {form.tag.data} if form.tag.data else None
        template = versions.restore_version(work, template_id, number, publish=False, expected=expected)
        flash(f"Version {number} is back as version {template.latest_version}, not live yet.", "success")
        return redirect(url_for("console.templates.editor", template_id=template_id), 303)
    form.flash_errors()
    return redirect(url_for("console.templates.history", template_id=template_id), 303)
