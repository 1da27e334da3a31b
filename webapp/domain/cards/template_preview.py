"""A template as its cards would look, from code that is not saved yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from webapp.domain.cards.liquid_code import render
from webapp.domain.cards.page import CardPage, measure
from webapp.domain.cards.policy import may_create
from webapp.domain.cards.samples import DEFAULT_SAMPLE, SAMPLES, sample_values, show_image
from webapp.domain.cards.template_config import NAME, config_errors, read_values, size_of
from webapp.domain.themes.queries import find_live_stylesheet
from webapp.kernel.errors import FieldError, Invalid, Unavailable
from webapp.kernel.work import Work, require
from webapp.ports import Measurement, Renderer, Storage

SAMPLE_FESTIVAL_COLORS = ["#b2454e", "#e0a526", "#2f6f5e"]


@dataclass(frozen=True, slots=True)
class Preview:
    """A page made of samples; knows nothing of the database."""

    page: CardPage
    size: tuple[int, int]
    """The card's own, in CSS pixels."""
    errors: list[FieldError]
    """What keeps it from being made; the page is empty then."""


def preview_template(
    work: Work, code: str, config: Mapping[str, Any], language: str, given: Mapping[str, Any]
) -> Preview:
    """The page that ``code`` makes of ``given`` values, and of samples in a language where none is given."""
    require(work.actor, may_create(work.actor))
    live = find_live_stylesheet(work.session, None)
    return sample_page(live[1].css if live else "", code, config, language, given)


def sample_page(
    css: str, code: str, config: Mapping[str, Any], language: str, given: Mapping[str, Any]
) -> Preview:
    """The same with a theme's stylesheet."""
    errors = config_errors(config)
    filled: dict[str, Any] = {}
    if not errors:
        own, values = sample_values(config, language, given)
        filled, errors = read_values(config, own, values)
    if errors:
        return Preview(CardPage("", css, {}), size_of({}), errors)
    sample = SAMPLES.get(language, SAMPLES[DEFAULT_SAMPLE])
    filled["festival"] = {"name": sample.festival, "slug": "sample", "colors": SAMPLE_FESTIVAL_COLORS}
    body, flaws = render(code, filled)
    return Preview(CardPage(show_image(body), css, {}, filled.get("title")), size_of(config), flaws)


def fitted(
    preview: Preview, renderer: Renderer, storage: Storage
) -> tuple[Preview, Measurement | None, str | None]:
    """The preview with its texts fitted as those of a card are, what was measured, and why it was not."""
    if preview.errors:
        return preview, None, None
    try:
        found = measure(preview.page, preview.size, renderer, storage)
    except (Unavailable, Invalid) as reason:
        return preview, None, reason.detail
    fits = {name: size for name, size in found.fits.items() if NAME.fullmatch(name)}
    return replace(preview, page=replace(preview.page, fits=fits)), found, None
