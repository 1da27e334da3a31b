"""Dimensions, ratios, font lists and numbers: what is taken and how it is written."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
import tinycss2
from hypothesis import given, settings
from hypothesis import strategies as st

from webapp.domain.themes.document import BASE_SIZE, BASE_UNIT, RADIUS
from webapp.domain.themes.fonts import css_families, css_string, read_families
from webapp.domain.themes.values import TokenError, css_number, read_dimension, read_ratio


@pytest.mark.parametrize(
    ("text", "css"),
    [
        ("4px", "4px"),
        ("0.50rem", "0.5rem"),
        (".25em", "0.25em"),
        ("50%", "50%"),
        ("08PX", "8px"),
        ("0px", "0px"),
    ],
)
def test_dimensions_are_read(text: str, css: str) -> None:
    assert read_dimension(text, RADIUS).css == css


@pytest.mark.parametrize(
    "text",
    [
        "",
        "4",
        "0",
        "px",
        " 4px",
        "4 px",
        "4px\n",
        "-4px",
        "+4px",
        "1e3px",
        "4.px",
        "4pt",
        "4vw",
        "4px;",
        "4px}",
        "calc(4px)",
        "var(--x)",
        "4p\\78",
        "4px/**/",
        "\u0664px",
        "4\u212am",
        "NaN",
        "infinitypx",
        "0" * 20 + "4px",
        "4px</style>",
    ],
)
def test_anything_but_number_and_unit_is_no_dimension(text: str) -> None:
    with pytest.raises(TokenError) as refused:
        read_dimension(text, RADIUS)
    assert refused.value.code == "invalid_dimension"


@pytest.mark.parametrize(
    ("text", "bounds", "code"),
    [
        ("7.9px", BASE_SIZE, "out_of_range"),
        ("72.1px", BASE_SIZE, "out_of_range"),
        ("4.6rem", BASE_SIZE, "out_of_range"),
        ("1em", BASE_SIZE, "invalid_dimension"),
        ("100%", BASE_UNIT, "invalid_dimension"),
        ("0px", BASE_UNIT, "out_of_range"),
        ("10000px", RADIUS, "out_of_range"),
        ("101%", RADIUS, "out_of_range"),
        (4, RADIUS, "invalid_type"),
        (None, RADIUS, "invalid_type"),
        (["4px"], RADIUS, "invalid_type"),
    ],
)
def test_dimensions_have_bounds(text: Any, bounds: dict[str, tuple[float, float]], code: str) -> None:
    with pytest.raises(TokenError) as refused:
        read_dimension(text, bounds)
    assert refused.value.code == code


def test_the_message_names_every_unit() -> None:
    with pytest.raises(TokenError, match="followed by px, rem, em or %"):
        read_dimension("4pt", RADIUS)
    with pytest.raises(TokenError, match="followed by px or rem"):
        read_dimension("4pt", BASE_SIZE)


@pytest.mark.parametrize("value", [1, 1.0, 1.25, 2, 2.0])
def test_ratios_are_read(value: float) -> None:
    assert read_ratio(value) == value


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (0.99, "out_of_range"),
        (2.01, "out_of_range"),
        (10**400, "out_of_range"),
        (-(10**400), "out_of_range"),
        (float("nan"), "out_of_range"),
        (float("inf"), "out_of_range"),
        (True, "invalid_type"),
        ("1.25", "invalid_type"),
        (None, "invalid_type"),
        (Decimal("1.5"), "invalid_type"),
    ],
)
def test_ratios_have_bounds_and_are_numbers(value: Any, code: str) -> None:
    with pytest.raises(TokenError) as refused:
        read_ratio(value)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("value", "css"),
    [
        (0.0, "0"),
        (-0.00001, "0"),
        (1.0, "1"),
        (100.0, "100"),
        (0.00004, "0"),
        (1 / 3, "0.3333"),
        (1e7, "10000000"),
    ],
)
def test_numbers_have_four_decimals_and_no_exponent(value: float, css: str) -> None:
    assert css_number(value) == css


@pytest.mark.parametrize(
    ("text", "css"),
    [
        ("Inter, sans-serif", '"Inter",sans-serif'),
        ("Inter,SANS-SERIF", '"Inter",sans-serif'),
        ("'Open Sans' , \"Noto Serif\",serif", '"Open Sans","Noto Serif",serif'),
        ("Open   Sans", '"Open Sans"'),
        ("Source Sans 3", '"Source Sans 3"'),
        ('"serif"', '"serif"'),
        ("system-ui, -apple-system, blinkmacsystemfont", "system-ui,-apple-system,BlinkMacSystemFont"),
        ('"L\'Avenir & Co."', '"L\'Avenir & Co."'),
        ('"a<b"', '"a\\3c b"'),
        ("नोटो संस", '"नोटो संस"'),
        ("'A, B'", '"A, B"'),
        (", ".join(["a"] * 10), ",".join(['"a"'] * 10)),
        ("a" * 64, '"' + "a" * 64 + '"'),
    ],
)
def test_font_lists_are_read(text: str, css: str) -> None:
    assert css_families(read_families(text)) == css


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "invalid_font_family"),
        ("   ", "invalid_font_family"),
        ("Inter,", "invalid_font_family"),
        (",Inter", "invalid_font_family"),
        ("Inter,,serif", "invalid_font_family"),
        ('""', "invalid_font_family"),
        ("' '", "invalid_font_family"),
        ('"Inter', "invalid_font_family"),
        ("'Inter\"", "invalid_font_family"),
        ("'Inter' x", "invalid_font_family"),
        ("x 'Inter'", "invalid_font_family"),
        ("'a''b'", "invalid_font_family"),
        ("'a\"b'", "invalid_font_family"),
        ("inherit", "invalid_font_family"),
        ("Inter, REVERT-layer", "invalid_font_family"),
        ("a; b", "invalid_font_family"),
        ("a}", "invalid_font_family"),
        ("'a;b'", "invalid_font_family"),
        ("'a}b'", "invalid_font_family"),
        ("'</style>'", "invalid_font_family"),
        ("</style", "invalid_font_family"),
        ("\\75rl(x)", "invalid_font_family"),
        ("'\\75rl(x)'", "invalid_font_family"),
        ("url(x)", "invalid_font_family"),
        ("image-set('x' 1x)", "invalid_font_family"),
        ("@import 'x'", "invalid_font_family"),
        ("'@import'", "invalid_font_family"),
        ("a/**/b", "invalid_font_family"),
        ("'a/*b'", "invalid_font_family"),
        ("var(--x)", "invalid_font_family"),
        ("a\nb", "invalid_font_family"),
        ("'a\nb'", "invalid_font_family"),
        ("'a\x00b'", "invalid_font_family"),
        ("'a\ud800b'", "invalid_font_family"),
        ("'a\u202eb'", "invalid_font_family"),
        ("'a\u2028b'", "invalid_font_family"),
        ("Dr. Font", "invalid_font_family"),
        ("a" * 65, "too_long"),
        ("'" + "a" * 65 + "'", "too_long"),
        ("a" * 10_000, "too_long"),
        (" " * 10_000, "too_long"),
        (", ".join(["a"] * 11), "too_many_fonts"),
        (12, "invalid_type"),
    ],
)
def test_font_lists_are_refused(text: Any, code: str) -> None:
    with pytest.raises(TokenError) as refused:
        read_families(text)
    assert refused.value.code == code


@settings(max_examples=150, deadline=None)
@given(st.text())
def test_any_text_is_one_css_string(text: str) -> None:
    text = text.replace("\x00", "")
    (token,) = tinycss2.parse_component_value_list(css_string(text))
    assert token.type == "string"
    assert token.value == text
    assert "<" not in css_string(text)
