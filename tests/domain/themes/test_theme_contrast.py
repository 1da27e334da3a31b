"""Contrast: WCAG's numbers, suggestions, the report of a theme, and mending it."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from webapp.domain.themes.color import ColorError, hex_of, lightness, parse, rotate
from webapp.domain.themes.contrast import STATUS_NAMES, VISIONS, check, fix_all, report
from webapp.domain.themes.document import COLOR_NAMES, DARK_OPTIONAL, DEFAULT_DOCUMENT
from webapp.domain.themes.wcag import black_or_white, luminance, nearest_passing, ratio

channels = st.integers(0, 255)
rgbs = st.tuples(channels, channels, channels)
hexes = rgbs.map(hex_of)


def with_values(**sections: dict[str, Any]) -> dict[str, Any]:
    document = copy.deepcopy(DEFAULT_DOCUMENT)
    for section, fields in sections.items():
        document[section] |= fields
    return document


def test_known_ratios() -> None:
    assert ratio((0, 0, 0), (255, 255, 255)) == ratio((255, 255, 255), (0, 0, 0)) == pytest.approx(21)
    assert ratio((118, 118, 118), (255, 255, 255)) == pytest.approx(4.542, abs=0.001)
    assert ratio((255, 0, 0), (255, 255, 255)) == pytest.approx(3.998, abs=0.001)
    assert luminance((0, 0, 255)) == pytest.approx(0.0722)


def test_a_ratio_is_compared_unrounded() -> None:
    found = check("#887361", "#ffffff")
    assert f"{found.ratio:.2f}" == "4.50"
    assert found.ratio == pytest.approx(4.495, abs=0.0005)
    assert found.passes == {"aa": False, "aa_large": True, "aaa": False}
    assert found.suggestion is not None
    assert found.suggestion.code is None
    assert check(found.suggestion.color, "#ffffff").passes["aa"]


def test_what_passes_needs_no_suggestion() -> None:
    assert check("#767676", "white").suggestion is None
    assert check("black", "white").passes == {"aa": True, "aa_large": True, "aaa": True}


def test_the_suggestion_is_the_smaller_move() -> None:
    darker = check("#8a8a8a", "#ffffff").suggestion
    assert darker is not None
    assert darker.color in ("#767676", "#757575")
    lighter = check("#8f5f5f", "#201010").suggestion
    assert lighter is not None
    assert lightness(parse(lighter.color).rgb) > lightness(parse("#8f5f5f").rgb)


def test_a_goal_out_of_reach_says_so_with_the_best_there_is() -> None:
    found = check("#777777", "#808080", target=7.0)
    assert found.suggestion is not None
    assert found.suggestion.code == "contrast_unreachable"
    assert found.suggestion.color == "#000000"
    assert found.suggestion.ratio == pytest.approx(5.317, abs=0.001)


def test_translucent_colours_are_measured_as_they_are_seen() -> None:
    assert check("rgb(0 0 0 / 50%)", "white").ratio == check("#7f7f7f", "white").ratio
    assert check("black", "rgb(0 0 0 / 50%)").ratio == check("black", "#7f7f7f").ratio


def test_what_is_no_colour_is_refused() -> None:
    with pytest.raises(ColorError):
        check("nope", "white")
    with pytest.raises(ColorError):
        check("white", "nope")


@settings(max_examples=60, deadline=None)
@given(rgbs, rgbs)
def test_text_contrast_is_reachable_on_any_ground(
    rgb: tuple[int, int, int], ground: tuple[int, int, int]
) -> None:
    found = nearest_passing(rgb, (ground,), 4.5)
    assert found is not None
    assert ratio(found, ground) >= 4.5
    assert ratio(black_or_white(ground), ground) >= 4.58
    if ratio(rgb, ground) >= 4.5:
        assert found == rgb


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 255), st.integers(0, 255), st.sampled_from([3.0, 4.5]))
@example(0x68, 0x88, 3.0)
@example(0xA8, 0x88, 3.0)
def test_no_nearer_grey_passes(level: int, ground_level: int, target: float) -> None:
    grey, ground = (level,) * 3, (ground_level,) * 3
    found = nearest_passing(grey, (ground,), target)
    assert found is not None
    nearest = min(
        abs(lightness((other,) * 3) - lightness(grey))
        for other in range(256)
        if ratio((other,) * 3, ground) >= target
    )
    assert abs(lightness(found) - lightness(grey)) <= nearest + 0.006


def test_the_report_names_pairs_fields_and_fixes() -> None:
    pairs = {pair.id: pair for pair in report(DEFAULT_DOCUMENT).pairs}
    text = pairs["light/text-on-background"]
    assert (text.foreground, text.background, text.pointer) == ("text", "background", "/colors/text")
    assert (text.foreground_color, text.background_color) == ("#222222", "#ffffff")
    assert (text.target, text.passes, text.suggestion) == (4.5, True, None)
    assert text.ratio == text.ratios["normal"] == ratio((34, 34, 34), (255, 255, 255))
    warning = pairs["light/warning-on-background"]
    assert (warning.target, warning.passes, warning.pointer) == (3.0, False, "/colors/warning")
    assert warning.suggestion is not None
    assert warning.suggestion.ratio >= 3
    assert pairs["dark/primary-on-background"].pointer == "/dark_mode/primary"
    assert pairs["dark/on-primary-on-primary"].target == 4.5
    assert {pair.scheme for pair in pairs.values()} == {"light", "dark"}
    assert len(pairs) == len(report(DEFAULT_DOCUMENT).pairs)


def test_the_summary_counts_failing_pairs_for_each_kind_of_sight() -> None:
    found = report(DEFAULT_DOCUMENT)
    for scheme, counts in found.failing.items():
        assert list(counts) == list(VISIONS)
        pairs = [pair for pair in found.pairs if pair.scheme == scheme]
        assert counts["normal"] == sum(not pair.passes for pair in pairs)
    assert found.failing["light"]["normal"] == 4
    assert found.failing["dark"]["normal"] == 0


def test_status_colours_that_look_alike_are_told() -> None:
    alike = with_values(colors={"error": "#c62828", "success": "#6d7d00"})
    found = {(item.scheme, item.first, item.second, item.vision) for item in report(alike).confusions}
    assert ("light", "error", "success", "deutan") in found
    assert ("light", "error", "success", "tritan") not in found
    assert all(item.first in STATUS_NAMES for item in report(alike).confusions)


def test_fixing_changes_only_what_fails() -> None:
    fixed = fix_all(DEFAULT_DOCUMENT)
    changed = {
        (section, name)
        for section, fields in fixed.items()
        for name, value in fields.items()
        if DEFAULT_DOCUMENT[section].get(name) != value
    }
    assert changed == {("colors", name) for name in ("accent", "success", "warning", "info")}
    assert fix_all(fixed) == fixed


def test_derived_dark_colours_stay_derived() -> None:
    fixed = fix_all(with_values(dark_mode={"background": "#888888", "text": "#777777", "error": "#909090"}))
    assert set(fixed["dark_mode"]) == {"background", "text", "primary", "error"}
    assert fixed["dark_mode"]["background"] == "#888888"


@settings(max_examples=25, deadline=None)
@given(
    light=st.fixed_dictionaries(dict.fromkeys(COLOR_NAMES, hexes)),
    dark=st.fixed_dictionaries(
        dict.fromkeys(("background", "text", "primary"), hexes),
        optional=dict.fromkeys(DARK_OPTIONAL, hexes),
    ),
    alpha=st.sampled_from(["", "", "80", "00"]),
)
def test_any_theme_can_be_mended(light: dict[str, str], dark: dict[str, str], alpha: str) -> None:
    light["primary"] += alpha
    dark["background"] += alpha
    document = {**copy.deepcopy(DEFAULT_DOCUMENT), "colors": light, "dark_mode": dark}
    before = {pair.id: pair for pair in report(document).pairs}
    fixed = fix_all(document)
    assert [pair.id for pair in report(fixed).pairs if not pair.passes] == []
    for section in ("colors", "dark_mode"):
        for name, value in document[section].items():
            failing = any(not pair.passes for pair in before.values() if pair.pointer == f"/{section}/{name}")
            assert failing or fixed[section][name] == value


def test_every_pair_without_a_field_of_its_own_passes_by_construction() -> None:
    ugly = with_values(
        colors={name: hex_of(rotate((130, 120, 110), 40 * turn)) for turn, name in enumerate(COLOR_NAMES)},
        dark_mode={"background": "#808080", "text": "#7f7f7f", "primary": "#818181"},
    )
    built = [pair for pair in report(ugly).pairs if pair.foreground not in COLOR_NAMES]
    assert len(built) > 30
    assert [pair.id for pair in built if not pair.passes] == []
