"""The blueprint that all pages of templates hang on."""

from __future__ import annotations

from flask import Blueprint

from webapp.domain.cards.models import Template
from webapp.domain.cards.template_pictures import picture_path
from webapp.web import current_ports

blueprint = Blueprint("templates", __name__, url_prefix="/templates")


@blueprint.app_template_filter()
def template_picture(template: Template) -> str | None:
    """The path of a template's picture; None for an address elsewhere, which pages never load."""
    own = template.preview_image_url
    if own is None:
        return picture_path(template, current_ports().site.secret)
    return own if own.startswith("/") else None
