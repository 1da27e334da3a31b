"""What the editor's answers are made of: the page, and the report for its scripts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import get_template_attribute, render_template

from webapp.console.content.entry_form import EntryForm, is_json
from webapp.console.content.unsaved import place_of
from webapp.domain.content.autosave import Unsaved
from webapp.domain.content.content_types import DESIGN, ContentType
from webapp.domain.content.members import members
from webapp.domain.content.preview import preview_entry
from webapp.domain.content.texts import Changes, pretty
from webapp.domain.content.views import EntryView
from webapp.domain.gallery.filters import ALL, DesignFilters
from webapp.domain.gallery.queries import count_facets
from webapp.domain.media.queries import find_ready
from webapp.kernel.errors import FieldError, Invalid, refuse
from webapp.ports import is_public_key
from webapp.web import current_work


def editor_page(
    content_type: ContentType, form: EntryForm, view: EntryView | None, unsaved: Unsaved | None = None
) -> str:
    """The editor with whatever the form holds; ``view`` is the saved state, None for a new entry.

    ``unsaved`` is what the person has typed before and left behind.
    """
    return render_template(
        "console/content/editor.html",
        content_type=content_type,
        form=form,
        view=view,
        unsaved=unsaved,
        place=place_of(content_type, view),
        json_fields=[field.name for field in content_type.fields if is_json(field)],
        required=required_of(content_type, form),
        preview=preview_of(content_type, form, view),
        suggestions=suggestions_of(content_type),
        missing_image=view is not None and bool(image_errors(content_type, view.document)),
    )


def suggestions_of(content_type: ContentType) -> dict[str, list[str]]:
    """By field the words that other entries have there, the commonest first."""
    if content_type is not DESIGN:
        return {}
    facets = count_facets(current_work(), DesignFilters(status=ALL))
    return {name: [each.value for each in values] for name, values in facets.items()}


def required_of(content_type: ContentType, form: EntryForm) -> list[str]:
    """The fields that may not be left out."""
    members = [member.field for member in form.members if member.is_required]
    return [*(field.name for field in content_type.fields if field.required), *members]


def report_of(content_type: ContentType, form: EntryForm, view: EntryView | None) -> dict[str, Any]:
    """For scripts: the markup of each field's errors, and the preview, None where there are errors."""
    preview = preview_of(content_type, form, view)
    errors_of = get_template_attribute("console/macros/forms.html", "errors_of")
    return {"errors": {name: str(errors_of(form[name])) for name in form.names}, "preview": preview}


def changes_of(content_type: ContentType, form: EntryForm, view: EntryView | None) -> Changes:
    """What the form changes. Raises Invalid."""
    changes = form.changes(view)
    refuse([*changes.errors, *image_errors(content_type, changes.fields)])
    return changes


def image_errors(content_type: ContentType, fields: Mapping[str, Any]) -> list[FieldError]:
    """That a design's image is not in the library; the API takes it, for an image that comes later."""
    key = fields.get("r2_object_key") if content_type is DESIGN else None
    if not isinstance(key, str) or not is_public_key(key) or find_ready(current_work().session, key):
        return []
    return [FieldError("/r2_object_key", "The library has no image under this key.", "not_found")]


def preview_of(content_type: ContentType, form: EntryForm, view: EntryView | None) -> str | None:
    """The form's values as the API would answer them; None where they are wrong, and the form is told."""
    key = view.key if view else None
    try:
        changes = changes_of(content_type, form, view)
        found = preview_entry(current_work(), content_type, key, changes.fields)
    except Invalid as error:
        if form.is_submitted() and not form.errors:
            form.show(error)
        return None
    return pretty(members(found))
