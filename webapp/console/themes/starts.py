"""The points from which a new theme may start."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session
from wtforms.fields.choices import SelectChoice

from webapp.console.themes.forms import NewThemeForm
from webapp.domain.themes.document import DEFAULT_DOCUMENT
from webapp.domain.themes.generation import DEFAULT_HARMONY, generate_document
from webapp.domain.themes.presets import PRESETS
from webapp.domain.themes.queries import get_theme, list_themes
from webapp.kernel.errors import FieldError, Invalid
from webapp.kernel.paging import LIMIT_MAX, PageRequest
from webapp.kernel.work import Work

COLOR, THEME, DEFAULT = "color", "theme", "default"


def fill_choices(form: NewThemeForm, session: Session) -> None:
    """Offer the default, one colour, the presets and the first themes there are."""
    themes = list_themes(session, PageRequest(limit=LIMIT_MAX)).data
    form.theme.choices = [SelectChoice(str(theme.id), theme.name) for theme in themes]
    form.start.choices = [
        SelectChoice(COLOR, "One colour"),
        SelectChoice(DEFAULT, "The default"),
        *(SelectChoice(preset.name) for preset in PRESETS),
        SelectChoice(THEME, "One of your themes"),
    ]
    form.harmony.data = form.harmony.data or DEFAULT_HARMONY


def starting_document(work: Work, form: NewThemeForm) -> tuple[dict[str, Any], str]:
    """The chosen document and a message for its first revision. Raises Invalid at the form's fields."""
    start = form.start.data
    if start == DEFAULT:
        return DEFAULT_DOCUMENT, "Started from the default"
    if start == COLOR:
        return generate_document(form.color.data or "", form.harmony.data), "Started from one colour"
    if start == THEME:
        return _document_of(work, form)
    for preset in PRESETS:
        if preset.name == start:
            return preset.document, f"Started from {preset.name}"
    raise Invalid([FieldError("/start", "Choose where to start.", "invalid_choice")])


def _document_of(work: Work, form: NewThemeForm) -> tuple[dict[str, Any], str]:
    chosen = next((choice for choice in form.theme.choices if choice.value == form.theme.data), None)
    if chosen is None:
        raise Invalid([FieldError("/theme", "Choose a theme.", "invalid_choice")])
    theme = get_theme(work.session, int(chosen.value))
    return theme.latest.document, f"Started from {theme.name}"
