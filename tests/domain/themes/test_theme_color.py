"""Colours: what is read, what is refused and why, what is shipped, and the arithmetic."""

from __future__ import annotations

import math

import pytest
from coloraide import Color as Coloraide
from hypothesis import given, settings
from hypothesis import strategies as st
from tinycss2 import color3

from webapp.domain.themes.color import (
    ColorError,
    at_lightness,
    darken,
    difference,
    hex_of,
    lighten,
    lightness,
    over,
    parse,
    rotate,
    simulate,
)
from webapp.domain.themes.color_names import NAMED_COLORS

channels = st.integers(0, 255)
rgbs = st.tuples(channels, channels, channels)


def test_the_names_are_those_of_css_color_4() -> None:
    level_3 = {**dict(color3._BASIC_COLOR_KEYWORDS), **dict(color3._EXTENDED_COLOR_KEYWORDS)}
    expected = {name: "#{:02x}{:02x}{:02x}".format(*rgb) for name, rgb in level_3.items()}
    assert expected | {"rebeccapurple": "#663399"} == NAMED_COLORS
    assert len(NAMED_COLORS) == 148


@pytest.mark.parametrize(
    ("text", "css"),
    [
        ("#8B5CF6", "#8b5cf6"),
        ("#fff", "#ffffff"),
        ("#1238", "#11223388"),
        ("#11223344", "#11223344"),
        ("#112233ff", "#112233"),
        ("mediumpurple", "#9370db"),
        ("PaleVioletRed", "#db7093"),
        ("transparent", "#00000000"),
        ("rgb(1 2 3)", "#010203"),
        ("rgb(1,2,3)", "#010203"),
        ("rgba(1, 2, 3, .5)", "#01020380"),
        ("RGB(10% 20% 30% / 50%)", "#1a334d80"),
        ("rgb(100% 0 128)", "#ff0080"),
        ("rgb(300 -5 0)", "#ff0000"),
        ("rgb(none 2 3)", "#000203"),
        ("rgb(1e2 +2 3.0)", "#640203"),
        ("hsl(120 50% 50%)", "#40bf40"),
        ("hsla(120deg, 50%, 50%, 0.2)", "#40bf4033"),
        ("hsl(0.5turn 50 50)", "#40bfbf"),
        ("hsl(200grad 50% 50%)", "#40bfbf"),
        ("hsl(-180 50% 50%)", "#40bfbf"),
        ("hsl(3.14159265rad 50% 50%)", "#40bfbf"),
        ("hwb(10 80% 80%)", "#808080"),
        ("lab(50% 0 0)", "#777777"),
        ("lch(50 0 none)", "#777777"),
        ("oklab(1 0 0)", "#ffffff"),
        ("oklch(62.8% 0.2577 29.23)", "#ff0000"),
        ("oklch(200% 0 0)", "#ffffff"),
        ("color(srgb 1 0.5 0)", "#ff8000"),
        ("color(srgb-linear 0 0 1)", "#0000ff"),
        ("color( xyz 0.9505 1 1.089 )", "#ffffff"),
        ("color(xyz-d50 0 0 0 / 50%)", "#00000080"),
    ],
)
def test_static_colours_are_read(text: str, css: str) -> None:
    color = parse(text)
    assert color.css == css
    assert color.wide is None


@pytest.mark.parametrize(
    ("text", "wide"),
    [
        ("color(display-p3 1 0 0)", "color(display-p3 1 0 0)"),
        ("color(display-p3 0 1 0 / 0.25)", "color(display-p3 0 1 0 / 0.25)"),
        ("color(rec2020 0 1 0)", None),
        ("color(a98-rgb 0 1 0)", None),
        ("color(srgb 1.02 0.5 0)", None),
        ("color(prophoto-rgb 0 1 0)", None),
        ("lab(60 120 0)", None),
        ("oklch(0.7 0.3 150)", None),
    ],
)
def test_what_srgb_cannot_show_keeps_a_p3_value(text: str, wide: str | None) -> None:
    color = parse(text)
    assert color.wide is not None
    assert wide is None or color.wide == wide
    in_p3 = Coloraide(color.wide)
    assert not in_p3.convert("srgb").in_gamut(tolerance=0.001)
    assert in_p3.in_gamut("display-p3", tolerance=0)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "invalid_color"),
        (" red", "invalid_color"),
        ("red\n", "invalid_color"),
        ("#ff", "invalid_color"),
        ("#12345", "invalid_color"),
        ("#ggg", "invalid_color"),
        ("blac\u212a", "invalid_color"),
        ("#\u0661\u0661\u0661", "invalid_color"),
        ("rgb(1 2 3", "invalid_color"),
        ("rgb(1 2)", "invalid_color"),
        ("rgb(1 2 3 4)", "invalid_color"),
        ("rgb(1, 2 3)", "invalid_color"),
        ("rgb(1,2,3/1)", "invalid_color"),
        ("rgb(1,2,none)", "invalid_color"),
        ("rgb(1,2,3,none)", "invalid_color"),
        ("hsl(none,50%,50%)", "invalid_color"),
        ("rgb(none1 2)", "invalid_color"),
        ("rgb(10%,20,30)", "invalid_color"),
        ("rgb(1deg 2 3)", "invalid_color"),
        ("rgb(1. 2 3)", "invalid_color"),
        ("hsl(120,50,50)", "invalid_color"),
        ("hsl(10% 50% 50%)", "invalid_color"),
        ("hwb(1,2%,3%)", "invalid_color"),
        ("lab(1,2,3)", "invalid_color"),
        ("color(srgb 1 0)", "invalid_color"),
        ("color(--hsl 0 0 0)", "invalid_color"),
        ("color(okhsl 0 0 0)", "invalid_color"),
        ("okhsl(0 0 0)", "invalid_color"),
        ("jzazbz(0 0 0)", "invalid_color"),
        ("none", "invalid_color"),
        ("red;", "invalid_color"),
        ("red}", "invalid_color"),
        ("</style>", "invalid_color"),
        ("rgb(1/**/2 3)", "invalid_color"),
        ("\\72 ed", "invalid_color"),
        ("url(x)", "invalid_color"),
        ("\\75rl(x)", "invalid_color"),
        ("image-set('x' 1x)", "invalid_color"),
        ("#fff\x00", "invalid_color"),
        ("\ud800", "invalid_color"),
        ("a" * 129, "too_long"),
        ("oklch(1e400 0 0)", "out_of_range"),
        ("oklch(0.5 0 1e400)", "out_of_range"),
        ("rgb(0 0 0 / 1e400)", "out_of_range"),
        ("rgb(0 0 0 / 1.01)", "out_of_range"),
        ("rgb(0 0 0 / -1%)", "out_of_range"),
        ("calc(1)", "unsupported_color_syntax"),
        ("rgb(calc(1) 2 3)", "unsupported_color_syntax"),
        ("color-mix(in oklab, red, blue)", "unsupported_color_syntax"),
        ("light-dark(red, blue)", "unsupported_color_syntax"),
        ("oklch(from red l c h)", "unsupported_color_syntax"),
        ("currentColor", "unsupported_color_syntax"),
        ("CanvasText", "unsupported_color_syntax"),
        ("inherit", "unsupported_color_syntax"),
        ("var(--color-primary)", "unsupported_color_syntax"),
    ],
)
def test_everything_else_is_refused(text: str, code: str) -> None:
    with pytest.raises(ColorError) as refused:
        parse(text)
    assert refused.value.code == code
    assert len(text) < 3 or text not in refused.value.detail


@pytest.mark.parametrize(
    ("percentages", "numbers"),
    [
        ("lab(50% 20% -10%)", "lab(50 25 -12.5)"),
        ("lch(50% 20% 40)", "lch(50 30 40)"),
        ("oklab(50% 25% -12.5%)", "oklab(0.5 0.1 -0.05)"),
        ("oklch(50% 25% 40)", "oklch(0.5 0.1 40)"),
        ("color(display-p3 50% 40% 30%)", "color(display-p3 0.5 0.4 0.3)"),
    ],
)
def test_percentages_count_as_section_4_says(percentages: str, numbers: str) -> None:
    assert parse(percentages) == parse(numbers)


@settings(max_examples=150, deadline=None)
@given(
    space=st.sampled_from(["lab", "lch", "oklab", "oklch", "srgb", "display-p3", "prophoto-rgb", "xyz-d50"]),
    coords=st.tuples(*[st.floats(allow_nan=False, allow_infinity=False)] * 3),
)
def test_finite_numbers_of_any_size_give_a_shown_colour(space: str, coords: tuple[float, ...]) -> None:
    numbers = " ".join(repr(number) for number in coords)
    text = f"{space}({numbers})" if space.endswith(("lab", "lch")) else f"color({space} {numbers})"
    color = parse(text)
    assert all(0 <= channel <= 255 for channel in color.rgb)
    if color.wide:
        assert all(math.isfinite(channel) for channel in Coloraide(color.wide).coords())
        assert "e" not in color.wide.removeprefix("color(display-p3")


@settings(max_examples=60, deadline=None)
@given(rgbs)
def test_hex_is_read_back(rgb: tuple[int, int, int]) -> None:
    assert parse(hex_of(rgb)).rgb == rgb
    assert parse(hex_of(rgb).upper()).rgb == rgb


def test_lighten_and_darken_count_as_themes_does() -> None:
    assert lighten((139, 92, 246), 0.3) == (173, 140, 248)
    assert darken((139, 92, 246), 0.3) == (97, 64, 172)
    assert lighten((10, 20, 30), 0) == darken((10, 20, 30), 0) == (10, 20, 30)
    assert lighten((10, 20, 30), 1) == (255, 255, 255)
    assert darken((10, 20, 30), 1) == (0, 0, 0)


def test_a_translucent_colour_is_seen_on_its_ground() -> None:
    assert over(parse("#00000080"), (255, 255, 255)) == (127, 127, 127)
    assert over(parse("transparent"), (1, 2, 3)) == (1, 2, 3)
    assert over(parse("#ff0000"), (1, 2, 3)) == (255, 0, 0)


@settings(max_examples=60, deadline=None)
@given(rgbs, st.floats(0.25, 0.95))
def test_lightness_is_reached_and_hue_stays(rgb: tuple[int, int, int], value: float) -> None:
    moved = at_lightness(rgb, value)
    assert abs(lightness(moved) - value) < 0.015
    before, after = (
        Coloraide("srgb", [channel / 255 for channel in color]).convert("oklch") for color in (rgb, moved)
    )
    if min(before["chroma"], after["chroma"]) > 0.05:
        turn = abs(before["hue"] - after["hue"])
        assert min(turn, 360 - turn) < 4


def test_rotation_turns_the_hue() -> None:
    assert rotate((119, 119, 119), 90) == (119, 119, 119)
    turned = Coloraide("srgb", [channel / 255 for channel in rotate((150, 90, 90), 120)]).convert("oklch")
    start = Coloraide("srgb", [150 / 255, 90 / 255, 90 / 255]).convert("oklch")
    assert abs((turned["hue"] - start["hue"]) % 360 - 120) < 1


def test_simulation_keeps_greys_and_merges_what_the_missing_cones_tell_apart() -> None:
    for deficiency in ("protan", "deutan", "tritan"):
        assert difference(simulate((111, 111, 111), deficiency), (111, 111, 111)) < 0.01
    red, green = (198, 40, 40), (109, 125, 0)
    assert difference(red, green) > 0.2
    assert difference(simulate(red, "deutan"), simulate(green, "deutan")) < 0.05
    assert difference(simulate(red, "tritan"), simulate(green, "tritan")) > 0.15
