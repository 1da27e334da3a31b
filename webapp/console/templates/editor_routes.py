"""The editor: its page, saving, the check of what is not saved, and the preview."""

from __future__ import annotations

from uuid import UUID

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp.access import editors_only
from webapp.console.addresses import requested_revision
from webapp.console.forms import submitting
from webapp.console.templates.blueprint import blueprint
from webapp.console.templates.code_form import CodeForm
from webapp.console.templates.editor_page import editor_page, framed, preview_of, report_of
from webapp.console.templates.forms import ConfirmForm
from webapp.domain.cards import template_versions as versions
from webapp.domain.cards.models import Template, TemplateVersion
from webapp.domain.cards.samples import OWN_WORDS
from webapp.domain.cards.template_preview import preview_template
from webapp.domain.cards.template_queries import editable_template, get_version
from webapp.kernel.errors import Stale
from webapp.web import current_work, rollback


def latest(template_id: UUID) -> tuple[Template, TemplateVersion]:
    template = editable_template(current_work(), template_id)
    return template, versions.latest_version(current_work(), template)


@blueprint.route("/<uuid:template_id>", methods=["GET", "POST"])
@editors_only
def editor(template_id: UUID) -> ResponseReturnValue:
    """Edit a template; POST saves a version beside the live one."""
    template, version = latest(template_id)
    form = CodeForm.of(template, version)
    action = request.form.get("then")
    if action == "add-field":
        form.fields.append_entry()
    elif form.validate_on_submit() and action != "preview":
        return save(template_id, form)
    return editor_page(template, version, form), 422 if form.errors else 200


def save(template_id: UUID, form: CodeForm) -> ResponseReturnValue:
    """Save a draft and go on as the button said; the editor again where something is wrong."""
    try:
        with submitting(form):
            version = latest(template_id)[1]
            code, config = form.parts.code, form.config(version.config)
            saved = versions.save_draft(
                current_work(),
                template_id,
                code,
                config,
                message=form.message.data,
                expected={form.tag.data or ""},
            )
            return go_on(saved, is_new=saved.latest_version != version.number)
    except Stale:
        rollback()
        return conflict_page(template_id, form), 412
    return editor_page(*latest(template_id), form), 422


def conflict_page(template_id: UUID, form: CodeForm) -> str:
    """What one's own text would change of what somebody else saved; saving again takes it."""
    template, version = latest(template_id)
    form.tag.data = template.tag
    mine = TemplateVersion(code=form.parts.code, config=form.config(version.config))
    return render_template(
        "console/templates/conflict.html",
        template=template,
        form=form,
        changes=versions.compare(version, mine),
        sent=[each for each in request.form.items() if each[0] not in ("csrf_token", "tag", "fits")],
    )


def go_on(template: Template, *, is_new: bool) -> ResponseReturnValue:
    """After saving: publish at once where no card was made of it yet, else ask; or back to the editor."""
    editor_url = url_for("console.templates.editor", template_id=template.id)
    if request.form.get("then") == "publish" and template.has_draft:
        if versions.count_cards(current_work(), template.id):
            return redirect(url_for("console.templates.publish", template_id=template.id), 303)
        versions.publish_version(current_work(), template.id, template.latest_version)
        flash(f"Version {template.version} is live: cards are made of it from now on.", "success")
    elif not is_new:
        flash("Nothing to save: nothing is different.", "info")
    else:
        text = f"Saved as version {template.latest_version}. Cards are still made of {template.version}."
        flash(text, "success")
    return redirect(editor_url, 303)


@blueprint.route("/<uuid:template_id>/check", methods=["POST"])
@editors_only
def check(template_id: UUID) -> ResponseReturnValue:
    """For scripts: what is wrong with the unsaved code and fields, and what was measured of a sample."""
    template, version = latest(template_id)
    return jsonify(report_of(CodeForm.of(template, version), version))


@blueprint.route("/<uuid:template_id>/frame", methods=["GET", "POST"])
@editors_only
def preview(template_id: UUID) -> ResponseReturnValue:
    """A card of samples: of a saved version (``?version=``), or of the form's unsaved code."""
    template, version = latest(template_id)
    if request.method == "POST":
        form = CodeForm.of(template, version)
        return framed(preview_of(form, version), form)
    number = requested_revision("version", version.number)
    found = get_version(current_work(), template_id, number)
    language = request.args.get("language", OWN_WORDS)
    return framed(preview_template(current_work(), found.code, found.config, language, {}))


@blueprint.route("/<uuid:template_id>/publish", methods=["GET", "POST"])
@editors_only
def publish(template_id: UUID) -> ResponseReturnValue:
    """What changes, and how many cards were made of the template; then publish a version."""
    work, template = current_work(), editable_template(current_work(), template_id)
    number = requested_revision("version", template.latest_version)
    form = ConfirmForm(tag=template.tag)
    if form.validate_on_submit():
        with submitting(form):
            versions.publish_version(work, template_id, number, expected={form.tag.data})
            flash(f"Version {number} is live: cards are made of it from now on.", "success")
            return redirect(url_for("console.templates.editor", template_id=template_id), 303)
    return publish_page(template, number, form), 422 if form.errors else 200


def publish_page(template: Template, number: int, form: ConfirmForm) -> str:
    work = current_work()
    live = get_version(work, template.id, template.version)
    wanted = get_version(work, template.id, number)
    return render_template(
        "console/templates/publish.html",
        template=template,
        version=wanted,
        form=form,
        cards=versions.count_cards(work, template.id),
        changes=versions.compare(live, wanted),
    )
