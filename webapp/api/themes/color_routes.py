"""``/themes/palette``, ``/themes/contrast`` and ``/themes/preview``: nothing is stored."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from webapp.access import editors_only, public
from webapp.api.blueprint import Blueprint
from webapp.api.fields import Answer
from webapp.api.requests import body_limit, small_body
from webapp.api.themes import schemas
from webapp.api.themes.routes import DOCUMENT_MAX
from webapp.domain.themes import contrast
from webapp.domain.themes.color import ColorError, parse
from webapp.domain.themes.palette import Palette, palette
from webapp.domain.themes.queries import preview
from webapp.kernel.errors import FieldError, Invalid
from webapp.web import current_work

blueprint = Blueprint("colors", __name__, url_prefix="/api/v1/themes", description="Colours")


def checked_colors(sent: dict[str, str]) -> None:
    """Raise Invalid for every member that is not a colour."""
    errors = []
    for name, text in sent.items():
        try:
            parse(text)
        except ColorError as error:
            errors.append(FieldError(f"/{name}", error.detail, error.code))
    if errors:
        raise Invalid(errors)


COLOR_OR_NULL = {"type": ["string", "null"], "description": "The nearest foreground that passes."}


def suggested_color(measured: contrast.Check | contrast.Pair) -> str | None:
    """The colour of a suggestion; None where the pair passes."""
    return measured.suggestion.color if measured.suggestion else None


class PassesSchema(Answer):
    """Which of WCAG 2.2's levels a pair reaches."""

    aa = fields.Boolean()
    aa_large = fields.Boolean()
    aaa = fields.Boolean()


class ContrastSchema(Answer):
    """A contrast ratio and, where it fails AA, the nearest foreground that passes."""

    ratio = fields.Float()
    passes = fields.Nested(PassesSchema)
    suggestion = fields.Function(suggested_color, metadata=COLOR_OR_NULL)


class PaletteSchema(Answer):
    """The companions of a colour, as THEMES names them, its ramp of eleven steps and its harmonies."""

    primary = fields.String()
    primary_light = fields.String(data_key="primary-light")
    primary_dark = fields.String(data_key="primary-dark")
    complementary = fields.String()
    ramp = fields.Dict(keys=fields.String(), values=fields.String())
    harmonies = fields.Dict(keys=fields.String(), values=fields.List(fields.String()))


class ContrastRowSchema(Answer):
    """One pair of a theme that is read together."""

    id = fields.String()
    scheme = fields.String()
    foreground = fields.String(metadata={"description": "The token of the foreground."})
    background = fields.String(metadata={"description": "The token of the background."})
    foreground_color = fields.String()
    background_color = fields.String()
    pointer = fields.String(metadata={"description": "The field that a fix changes."})
    ratio = fields.Float()
    target = fields.Float()
    passes = fields.Boolean()
    suggestion = fields.Function(suggested_color, metadata=COLOR_OR_NULL)


class PreviewSchema(Answer):
    """What a theme would look like."""

    css = fields.String()
    contrast = fields.List(fields.Nested(ContrastRowSchema))


@blueprint.route("/palette", methods=["POST"])
@public
@small_body
@blueprint.arguments(schemas.PaletteQuerySchema())
@blueprint.response(200, PaletteSchema())
def make_palette(sent: dict[str, str]) -> Palette:
    """Companions of a colour: lighter, darker, complementary, its ramp, and a harmony on request."""
    checked_colors({"color": sent["color"]})
    return palette(sent["color"], sent.get("harmony"))


@blueprint.route("/contrast", methods=["POST"])
@public
@small_body
@blueprint.arguments(schemas.PairSchema())
@blueprint.response(200, ContrastSchema())
def measure_contrast(pair: dict[str, str]) -> contrast.Check:
    """The WCAG 2.2 contrast ratio of two colours, and the nearest foreground that passes AA."""
    checked_colors(pair)
    return contrast.check(pair["foreground"], pair["background"])


@blueprint.route("/preview", methods=["POST"])
@editors_only
@body_limit(DOCUMENT_MAX)
@blueprint.arguments(schemas.ThemePreviewSchema())
@blueprint.response(200, PreviewSchema())
def preview_theme(sent: dict[str, Any]) -> dict[str, Any]:
    """The stylesheet and the contrast of a theme that is not saved."""
    return preview(current_work(), {key: value for key, value in sent.items() if key != "name"})
