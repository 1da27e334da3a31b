"""Presets are complete themes that anyone can read; differences are told by token."""

from __future__ import annotations

import copy

import pytest

from webapp.domain.themes.contrast import report
from webapp.domain.themes.diff import TokenChange, diff
from webapp.domain.themes.document import DEFAULT_DOCUMENT, check_document
from webapp.domain.themes.presets import PRESETS, Preset
from webapp.domain.themes.stylesheet import compile_stylesheet

presets = pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)


@presets
def test_a_preset_is_a_complete_document(preset: Preset) -> None:
    assert check_document(preset.document) == preset.document
    assert compile_stylesheet(preset.document).css


@presets
def test_every_pair_of_a_preset_passes(preset: Preset) -> None:
    assert [pair.id for pair in report(preset.document).pairs if not pair.passes] == []


@presets
def test_the_status_colours_of_a_preset_differ_for_everyone(preset: Preset) -> None:
    assert report(preset.document).confusions == ()


def test_presets_have_names_and_looks_of_their_own() -> None:
    assert len({preset.name for preset in PRESETS}) == len(PRESETS) == 5
    assert len({preset.document["colors"]["primary"] for preset in PRESETS}) == 5


def test_equal_documents_have_no_difference() -> None:
    assert diff(DEFAULT_DOCUMENT, copy.deepcopy(DEFAULT_DOCUMENT)) == []


def test_a_difference_is_told_by_token_name() -> None:
    after = copy.deepcopy(DEFAULT_DOCUMENT)
    after["typography"] |= {"base_size": "18px", "scale_ratio": 1.5}
    after["colors"]["primary"] = "red"
    after["dark_mode"]["info"] = "blue"
    after["border_radius"]["small"] = "2px"
    after["spacing"]["scale_ratio"] = 2.0
    expected = [
        TokenChange("color.primary", "#8B5CF6", "red"),
        TokenChange("dark.info", None, "blue"),
        TokenChange("radius.small", "4px", "2px"),
        TokenChange("typography.base-size", "16px", "18px"),
        TokenChange("typography.scale-ratio", "1.25", "1.5"),
    ]
    assert diff(DEFAULT_DOCUMENT, after) == expected
    assert diff(after, DEFAULT_DOCUMENT)[1] == TokenChange("dark.info", "blue", None)
