"""A theme document compiled to the style sheet that pages link.

THEMES' variable names are kept to the letter; on-colours, readable text colours, ramps and scales stand
beside them. The order of rules lets ``data-theme`` on any part of a page win over the system's setting.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256, sha384
from typing import Any

from webapp.domain.themes.color import hex_of
from webapp.domain.themes.css import Block, Media, Rule, prove, write
from webapp.domain.themes.document import BASE_SIZE, BASE_UNIT, COLOR_NAMES, RADIUS, check_document
from webapp.domain.themes.fonts import css_families, read_families
from webapp.domain.themes.palette import ramp
from webapp.domain.themes.scheme import Origin, Scheme, resolve
from webapp.domain.themes.values import css_number, read_dimension, read_ratio

HASH_LENGTH = 16

_DARK = "(prefers-color-scheme:dark)"
_WIDE_GAMUT = "(color-gamut:p3)"

# Exponents of the scale ratio.
_SIZES = {"xs": -2, "sm": -1, "md": 0, "lg": 1, "xl": 2, "2xl": 3, "3xl": 4, "4xl": 5, "5xl": 6}
_SPACES = {"xs": 0, "sm": 1, "md": 2, "lg": 3, "xl": 4, "2xl": 5, "3xl": 6}


@dataclass(frozen=True, slots=True)
class Stylesheet:
    """A compiled sheet. ``hash`` is the start of the SHA-256 of ``css`` in hex, ``integrity`` its SRI value.

    ``variables`` are those of ``:root``, ``dark`` those that the dark scheme gives another value.
    ``dark_origins`` says of each of the nine dark colours (``primary`` …) whether it was set or derived.
    """

    css: str
    hash: str
    integrity: str
    variables: Mapping[str, str]
    dark: Mapping[str, str]
    dark_origins: Mapping[str, Origin]


def compile_stylesheet(document: Mapping[str, Any]) -> Stylesheet:
    """Compile a document; equal documents give equal bytes.

    Raises Invalid for a document that does not pass its check, and UnsafeStylesheet when a CSS parser reads
    the result as anything but what was planned.
    """
    return _compile(json.dumps(check_document(document)))


@lru_cache(maxsize=32)
def _compile(canonical: str) -> Stylesheet:
    """Kept for the documents of late: an editor asks for the same one several times, and saving does too."""
    document = json.loads(canonical)
    schemes = resolve(document)
    light, dark = _scheme_variables(schemes["light"]), _scheme_variables(schemes["dark"])
    variables = _sorted(light | _ramps(schemes["light"]) | _dark_names(schemes["dark"]) | _scales(document))
    plan = _plan(variables, light, dark) + _wide_plan(schemes["light"], schemes["dark"])
    css = write(plan)
    prove(css, plan)
    data = css.encode()
    return Stylesheet(
        css=css,
        hash=sha256(data).hexdigest()[:HASH_LENGTH],
        integrity="sha384-" + b64encode(sha384(data).digest()).decode(),
        variables=variables,
        dark=dark,
        dark_origins=schemes["dark"].origins,
    )


def _plan(root: Mapping[str, str], light: Mapping[str, str], dark: Mapping[str, str]) -> list[Block]:
    return [
        Rule(":root", {"color-scheme": "light dark", **root}),
        Media(_DARK, [Rule(":root:not([data-theme=light])", dark)]),
        Rule("[data-theme=light]", {"color-scheme": "light", **light}),
        Rule("[data-theme=dark]", {"color-scheme": "dark", **dark}),
    ]


def _wide_plan(light: Scheme, dark: Scheme) -> list[Block]:
    """The colours that sRGB cannot show, once more for screens that can."""
    names = [name for name in COLOR_NAMES if light.colors[name].wide or dark.colors[name].wide]
    if not names:
        return []
    light_values, dark_values = (
        _sorted({f"--color-{name}": scheme.colors[name].wide or scheme.colors[name].css for name in names})
        for scheme in (light, dark)
    )
    dark_names = {f"--dark-{name}": wide for name in names if (wide := dark.colors[name].wide)}
    return [
        Media(
            _WIDE_GAMUT,
            [
                Rule(":root", light_values | _sorted(dark_names)),
                Media(_DARK, [Rule(":root:not([data-theme=light])", dark_values)]),
                Rule("[data-theme=light]", light_values),
                Rule("[data-theme=dark]", dark_values),
            ],
        )
    ]


def _scheme_variables(scheme: Scheme) -> dict[str, str]:
    named = {f"--color-{name}": color.css for name, color in scheme.colors.items()}
    return _sorted(named | {f"--color-{name}": hex_of(rgb) for name, rgb in scheme.derived.items()})


def _ramps(scheme: Scheme) -> dict[str, str]:
    """The ramps are scales of the light colours and the same in both schemes."""
    return {
        f"--color-{name}-{step}": hex_of(shade)
        for name, color in scheme.colors.items()
        for step, shade in ramp(color.rgb).items()
    }


def _dark_names(scheme: Scheme) -> dict[str, str]:
    return {f"--dark-{name}": color.css for name, color in scheme.colors.items()}


def _scales(document: Mapping[str, Any]) -> dict[str, str]:
    typography, spacing = document["typography"], document["spacing"]
    size, size_ratio = (
        read_dimension(typography["base_size"], BASE_SIZE),
        read_ratio(typography["scale_ratio"]),
    )
    unit, unit_ratio = read_dimension(spacing["base_unit"], BASE_UNIT), read_ratio(spacing["scale_ratio"])
    return {
        "--typography-font-family": css_families(read_families(typography["font_family"])),
        "--typography-heading-font": css_families(read_families(typography["heading_font"])),
        "--typography-base-size": size.css,
        "--typography-scale-ratio": css_number(size_ratio),
        "--spacing-base-unit": unit.css,
        "--spacing-scale-ratio": css_number(unit_ratio),
        **{f"--typography-size-{name}": size.times(size_ratio**power).css for name, power in _SIZES.items()},
        **{f"--spacing-{name}": unit.times(unit_ratio**power).css for name, power in _SPACES.items()},
        **{
            f"--radius-{name}": read_dimension(value, RADIUS).css
            for name, value in document["border_radius"].items()
        },
    }


def _sorted(variables: Mapping[str, str]) -> dict[str, str]:
    return dict(sorted(variables.items()))
