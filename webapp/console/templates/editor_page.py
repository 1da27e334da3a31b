"""What the editor's answers are made of: the page, the report for its scripts, the preview's document."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from flask import Response, get_template_attribute, render_template

from webapp.console.templates.code_form import CodeForm, FieldRow
from webapp.domain.cards.code_review import Finding, review
from webapp.domain.cards.layout import frame
from webapp.domain.cards.models import Template, TemplateVersion
from webapp.domain.cards.page import CardPage
from webapp.domain.cards.samples import OWN_WORDS
from webapp.domain.cards.template_parts import NAMES
from webapp.domain.cards.template_preview import Preview, fitted, preview_template
from webapp.domain.cards.template_versions import count_cards
from webapp.kernel.errors import FieldError, Invalid
from webapp.web import current_ports, current_work, rollback

PARTS = "console/templates/_parts.html"
FRAME_POLICY = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
"""What people wrote, in a document of no origin, without scripts."""


def editor_page(template: Template, version: TemplateVersion, form: CodeForm) -> str:
    """The editor with whatever the form holds, looked over."""
    preview = preview_of(form, version)
    if form.is_submitted() and not form.errors:
        form.show(Invalid([error for error in preview.errors if is_of_config(error)]))
    return render_template(
        "console/templates/editor.html",
        template=template,
        version=version,
        form=form,
        findings=findings_of(form),
        preview=preview,
        blank_row={"form": FieldRow(prefix="fields-__n__-")},
        cards=count_cards(current_work(), template.id),
    )


def is_of_config(error: FieldError) -> bool:
    return error.pointer.startswith("/template_config")


def findings_of(form: CodeForm) -> dict[str, list[Finding]]:
    """What is wrong with the code, by part."""
    found = review(form.parts)
    return {name: [finding for finding in found if finding.part == name] for name in NAMES}


def preview_of(form: CodeForm, version: TemplateVersion) -> Preview:
    """The page that the form's code makes of its samples."""
    config = form.config(version.config)
    return preview_template(
        current_work(), form.parts.code, config, form.language.data or OWN_WORDS, form.samples
    )


def report_of(form: CodeForm, version: TemplateVersion) -> dict[str, Any]:
    """For scripts: the markup of what is wrong, by part and by field, and what was measured."""
    preview = preview_of(form, version)
    form.show(Invalid([error for error in preview.errors if is_of_config(error)]))
    rollback()  # measuring is slow; others may write meanwhile
    ports = current_ports()
    shown, measured, reason = fitted(preview, ports.renderer, ports.storage)
    findings, verdict, samples = (
        get_template_attribute(PARTS, name) for name in ("findings", "verdict", "samples")
    )
    errors_of = get_template_attribute("console/macros/forms.html", "errors_of")
    inputs = [form.width, form.height, *(field for row in form.fields for field in row.form)]
    return {
        "findings": {name: str(findings(found)) for name, found in findings_of(form).items()},
        "errors": {field.name: str(errors_of(field)) for field in inputs},
        "verdict": str(verdict(preview.errors, measured, reason)),
        "samples": str(samples(form, form.samples)),
        "fits": None if preview.errors else json.dumps(dict(shown.page.fits)),
        "window": window_of(form, preview),
    }


def window_of(form: CodeForm, preview: Preview) -> tuple[int, int]:
    """Width and height of the window in CSS pixels: a device's, or the card's own laid out in a picture."""
    if form.window is None:
        return preview.size
    if form.shown.data in form.devices:
        return form.window
    laid_out = frame(preview.size, form.window)
    return laid_out.width, laid_out.height


def framed(preview: Preview, form: CodeForm | None = None) -> Response:
    """The document of the preview, its texts fitted."""
    measured = form.measured if form else None
    if measured is None:
        rollback()
        ports = current_ports()
        preview = fitted(preview, ports.renderer, ports.storage)[0]
    else:
        preview = replace(preview, page=replace(preview.page, fits=measured))
    scheme = "dark" if form and form.scheme.data == "dark" else "light"
    return document(preview.page, scheme)


def document(page: CardPage, scheme: str) -> Response:
    """A page that people wrote, which can do nothing."""
    body = page.html(scheme=scheme)
    return Response(body, mimetype="text/html", headers={"Content-Security-Policy": FRAME_POLICY})
