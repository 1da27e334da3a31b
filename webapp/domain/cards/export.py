"""Exporting cards: what may be asked for, and drawing it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from webapp.domain.cards import layout
from webapp.domain.cards.cards import get_card, page_of
from webapp.domain.cards.fields import Flag, Number, Reference, read_fields
from webapp.domain.cards.layout import Frame, frame, paper_pixels
from webapp.domain.cards.models import Card
from webapp.domain.cards.page import CardPage
from webapp.domain.content.fields import Field, Text
from webapp.kernel.errors import FieldError, Invalid
from webapp.kernel.work import Work
from webapp.ports import Renderer, Storage

FORMATS = {
    "png": "image/png",
    "jpeg": "image/jpeg",
    "webp": "image/webp",
    "avif": "image/avif",
    "pdf": "application/pdf",
    "html": "text/html; charset=utf-8",
}
QUALITY = 85
SCALES = (0.1, 4.0)
SIDE = Number(layout.SIDE_MIN, layout.SIDE_MAX)
WORD = Text(30, minimum=1, is_line=True)


@dataclass(frozen=True, slots=True)
class Decimal:
    """A number from ``minimum`` to ``maximum``."""

    minimum: float
    maximum: float

    def read(self, value: Any, pointer: str) -> tuple[Any, list[FieldError]]:
        if isinstance(value, bool) or not isinstance(value, int | float):
            return None, [FieldError(pointer, "Must be a number.", "invalid_type")]
        if not self.minimum <= value <= self.maximum:
            detail = f"Must be from {self.minimum:g} to {self.maximum:g}."
            return None, [FieldError(pointer, detail, "out_of_range")]
        return float(value), []


FIELDS = (
    Field("card_id", Reference()),
    Field("format", WORD),
    Field("size", WORD, required=False),
    Field("width", SIDE, required=False),
    Field("height", SIDE, required=False),
    Field("scale", Decimal(*SCALES), required=False),
    Field("quality", Number(1, 100), required=False),
    Field("paper", WORD, required=False),
    Field("bleed", Decimal(0, layout.BLEED_MAX), required=False),
    Field("dark", Flag(), required=False),
    Field("todays_theme", Flag(), required=False),
)


@dataclass(frozen=True, slots=True)
class Export:
    """A drawing to be made; knows nothing of the database. ``paper`` is in millimetres, for PDF."""

    page: CardPage
    form: str
    frame: Frame
    quality: int
    paper: tuple[float, float]
    is_dark: bool
    name: str

    @property
    def content_type(self) -> str:
        return FORMATS[self.form]

    @property
    def filename(self) -> str:
        return f"{self.name}.{'jpg' if self.form == 'jpeg' else self.form}"


def export_errors(sent: Mapping[str, Any]) -> list[FieldError]:
    """Everything that is wrong with what is asked for."""
    values, errors = read_fields(FIELDS, sent, partial=False, required=("card_id", "format"))
    choices: tuple[tuple[str, Mapping[str, Any]], ...] = (
        ("format", FORMATS),
        ("size", layout.SIZES),
        ("paper", layout.PAPERS),
    )
    for name, allowed in choices:
        if values.get(name) is not None and values[name] not in allowed:
            detail = f"Must be one of: {', '.join(allowed)}."
            errors.append(FieldError(f"/{name}", detail, "invalid_choice"))
    ways = [name for name in ("size", "width", "paper") if values.get(name) is not None]
    for name in ways[1:]:
        errors.append(FieldError(f"/{name}", f"Goes not together with {ways[0]}.", "conflicting"))
    if values.get("bleed") and values.get("paper") is None:
        errors.append(FieldError("/bleed", "Goes only with a paper.", "conflicting"))
    if not errors and values.get("width") and values.get("height"):
        width, height = _scaled((values["width"], values["height"]), values.get("scale"))
        if width * height > layout.PIXELS_MAX:
            errors.append(FieldError("/scale", "The picture would be too large.", "out_of_range"))
    return errors


def plan_export(work: Work, fields: Mapping[str, Any]) -> Export:
    """What is to be drawn. Raises Invalid, NotFound."""
    if errors := export_errors(fields):
        raise Invalid(errors)
    values, _ = read_fields(FIELDS, fields, partial=True)
    card_id: UUID = values["card_id"]
    card = get_card(work, card_id)
    page = page_of(work, card, in_todays_theme=bool(values.get("todays_theme")))
    paper = _paper(values, card)
    window = frame((card.width, card.height), _size(values, card, paper))
    if values["format"] == "pdf":
        _check_print(values, window, paper)
    return Export(
        page=page,
        form=values["format"],
        frame=window,
        quality=values.get("quality") or QUALITY,
        paper=paper,
        is_dark=bool(values.get("dark")),
        name=re.sub(r"[^a-z0-9]+", "-", (card.title or "card").lower()).strip("-")[:60] or "card",
    )


def draw(export: Export, renderer: Renderer, storage: Storage) -> bytes:
    """Draw it. Raises Unavailable, Invalid (``unrenderable``)."""
    if export.form == "html":
        page = export.page.with_images(storage)
        return page.html(scheme="dark" if export.is_dark else None).encode()
    sheet = export.page.sheet(export.frame, storage, is_dark=export.is_dark)
    if export.form == "pdf":
        return renderer.document(sheet, export.paper)
    return renderer.picture(sheet, export.frame.size, export.form, export.quality)


def _check_print(values: Mapping[str, Any], window: Frame, paper: tuple[float, float]) -> None:
    """Raise Invalid for what is printed much larger, or smaller, than it was drawn."""
    ratio = round(paper[0] / layout.MM_PER_INCH * layout.CSS_PER_INCH / window.width, 6)
    if not layout.PRINT_MIN <= ratio <= layout.PRINT_MAX:
        asked = next(name for name in ("paper", "size", "width", "height", "scale") if values.get(name))
        detail = "A PDF is a tenth to twice as large as its design."
        raise Invalid([FieldError(f"/{asked}", detail, "out_of_range")])


def _paper(values: Mapping[str, Any], card: Card) -> tuple[float, float]:
    """The sheet of paper with its bleed; without a paper the card's own size at 96 dots to the inch."""
    if values.get("paper"):
        width, height = layout.PAPERS[values["paper"]]
        bleed = 2 * (values.get("bleed") or 0)
        return width + bleed, height + bleed
    size = _size(values, card, None)
    pixel = layout.MM_PER_INCH / layout.CSS_PER_INCH
    return size[0] * pixel, size[1] * pixel


def _size(values: Mapping[str, Any], card: Card, paper: tuple[float, float] | None) -> tuple[int, int]:
    if values.get("paper") and paper is not None:
        return paper_pixels(paper)
    if values.get("size"):
        size = layout.SIZES[values["size"]]
    else:
        width, height = values.get("width"), values.get("height")
        ratio = card.width / card.height
        size = (
            width or (round(height * ratio) if height else card.width),
            height or (round(width / ratio) if width else card.height),
        )
    scaled = _scaled(size, values.get("scale"))
    if scaled[0] * scaled[1] > layout.PIXELS_MAX:
        raise Invalid([FieldError("/scale", "The picture would be too large.", "out_of_range")])
    return scaled


def _scaled(size: tuple[int, int], scale: float | None) -> tuple[int, int]:
    factor = scale or 1.0
    return max(1, round(size[0] * factor)), max(1, round(size[1] * factor))
