"""Palettes: THEMES' four colours, harmonies, and the ramp's promise about text on it."""

from __future__ import annotations

import pytest
from coloraide import Color as Coloraide

from webapp.domain.themes.color import ColorError, hex_of, lightness, parse, rotate
from webapp.domain.themes.palette import HARMONIES, RAMP_LIGHTNESS, palette, ramp
from webapp.domain.themes.wcag import ratio
from webapp.kernel.errors import Invalid

BLACK, WHITE = (0, 0, 0), (255, 255, 255)


def hue(color: str) -> float:
    return Coloraide(color).convert("oklch")["hue"]


def test_the_four_colours_are_those_of_themes() -> None:
    made = palette("#8B5CF6")
    assert made.primary == "#8B5CF6"
    assert made.primary_light == "#ad8cf8"
    assert made.primary_dark == "#6140ac"
    assert made.complementary == "#74a309"


def test_any_static_colour_makes_a_palette() -> None:
    assert palette("hsl(258 90% 66%)").ramp == palette(parse("hsl(258 90% 66%)").css).ramp
    with pytest.raises(ColorError):
        palette("currentcolor")


@pytest.mark.parametrize(
    ("harmony", "turns"),
    [
        ("analogous", [0, 30, 330]),
        ("triadic", [0, 120, 240]),
        ("tetradic", [0, 90, 180, 270]),
        ("split-complementary", [0, 150, 210]),
    ],
)
def test_harmonies_turn_the_hue(harmony: str, turns: list[int]) -> None:
    start = "#96706e"
    colors = palette(start, harmony).harmonies[harmony]
    assert colors[0] == start
    assert [round((hue(color) - hue(start)) % 360 / 10) * 10 % 360 for color in colors] == turns


def test_a_monochromatic_harmony_keeps_the_hue() -> None:
    colors = palette("#96706e", "monochromatic").harmonies["monochromatic"]
    assert len(set(colors)) == 5
    assert all(abs(hue(color) - hue("#96706e")) < 4 for color in colors)


def test_without_a_name_there_are_all_harmonies() -> None:
    assert set(palette("red").harmonies) == set(HARMONIES)
    assert set(palette("red", "triadic").harmonies) == {"triadic"}
    with pytest.raises(Invalid) as refused:
        palette("red", "pentatonic")
    assert refused.value.errors[0].pointer == "/harmony"


@pytest.mark.parametrize("color", ["#8b5cf6", "#ffff00", "#0000ff", "#000000", "#ffffff", "#808080"])
def test_a_ramp_has_eleven_steps_of_fixed_lightness(color: str) -> None:
    steps = ramp(parse(color).rgb)
    assert list(steps) == [50, 100, 200, 300, 400, 500, 600, 700, 800, 900, 950]
    for step, shade in steps.items():
        assert abs(lightness(shade) - RAMP_LIGHTNESS[step]) < 0.01
    assert list(palette(color).ramp.values()) == [hex_of(shade) for shade in steps.values()]


def test_every_hue_carries_black_to_400_and_white_from_600() -> None:
    starts = [(255, 0, 255), (255, 255, 255), (128, 100, 90), (0, 255, 0)]
    for shade in [rotate(start, turn) for start in starts for turn in range(0, 360, 15)]:
        for step, color in ramp(shade).items():
            if step <= 400:
                assert ratio(color, BLACK) >= 4.5, (shade, step)
            if step >= 600:
                assert ratio(color, WHITE) >= 4.5, (shade, step)
