"""What the editor's answers are made of: the page, the report for its scripts, the preview's document."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from flask import Response, get_template_attribute, render_template, request
from markupsafe import Markup

from webapp.console.themes.forms import ThemeForm, saved_fields
from webapp.console.themes.survey import (
    pair_label,
    pair_title,
    ratio_text,
    read_draft,
    survey,
    tokens_of,
)
from webapp.console.themes.tokens import SECTION_TITLES, TOKENS
from webapp.domain.themes.models import Theme
from webapp.domain.themes.presets import PRESETS
from webapp.domain.themes.stylesheet import compile_stylesheet

PARTS = "console/themes/parts.html"
SCHEMES = ("light", "dark")
RATIOS = (
    ("1.067", "Minor second"),
    ("1.125", "Major second"),
    ("1.2", "Minor third"),
    ("1.25", "Major third"),
    ("1.333", "Perfect fourth"),
    ("1.414", "Augmented fourth"),
    ("1.5", "Perfect fifth"),
    ("1.618", "Golden ratio"),
    ("2", "Octave"),
)
DEVICE_STACKS = (
    "system-ui, sans-serif",
    "Georgia, 'Times New Roman', serif",
    "ui-rounded, system-ui, sans-serif",
    "ui-monospace, 'Liberation Mono', monospace",
)
LABELS = {"pair_label": pair_label, "pair_title": pair_title, "ratio_text": ratio_text}

FRAME_POLICY = (
    "default-src 'none'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data:; font-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)


def editor_page(theme: Theme, form: ThemeForm) -> str:
    """The editor with whatever the form holds, measured."""
    draft = read_draft(theme.latest.document, form.fields)
    return render_template(
        "console/themes/editor.html",
        theme=theme,
        form=form,
        saved=saved_fields(theme),
        survey=survey(draft.document),
        sections=[(key, title, tokens_of(key)) for key, title in SECTION_TITLES.items()],
        font_stacks=font_stacks(),
        ratios=RATIOS,
        **LABELS,
    )


def font_stacks() -> list[str]:
    """Families to choose from: some that devices have, and those of the presets."""
    stacks = [
        str(preset.document["typography"][name])
        for preset in PRESETS
        for name in ("font_family", "heading_font")
    ]
    return list(dict.fromkeys((*DEVICE_STACKS, *stacks)))


def report_of(theme: Theme, form: ThemeForm) -> dict[str, Any]:
    """``css`` of the form's values, and by field the shipped colour and the markup of pairs and errors."""
    draft = read_draft(theme.latest.document, form.fields)
    found, errors = survey(draft.document), draft.errors_by_field()
    pairs, summary, problems = (
        get_template_attribute(PARTS, name) for name in ("pairs", "summary", "problems")
    )
    fields: dict[str, dict[str, Any]] = {
        name: {"errors": str(problems(name, errors.get(name, [])))}
        for name in ("name", *(token.field for token in TOKENS))
    }
    for name, state in found.colors.items():
        fields[name] |= {
            "hex": state.hex,
            "color": state.css,
            "derived": state.is_derived,
            "pairs": str(pairs(state, LABELS)),
        }
    css = compile_stylesheet(draft.document).css
    return {"css": css, "fields": fields, "summary": str(summary(found, LABELS))}


def frame(document: Mapping[str, Any]) -> Response:
    """A page of real components in a document's own sheet, under a policy that lets it do nothing else."""
    scheme = request.values.get("scheme")
    nonce = secrets.token_urlsafe(16)
    css = Markup(compile_stylesheet(document).css)  # noqa: S704  serialised and proved by the compiler
    sheet = Markup('<style nonce="{}">{}</style>').format(nonce, css)
    page = render_template(
        "console/themes/preview.html", sheet=sheet, scheme=scheme if scheme in SCHEMES else "light"
    )
    policy = FRAME_POLICY.format(nonce=nonce)
    return Response(page, mimetype="text/html", headers={"Content-Security-Policy": policy})
