"""A whole theme from one colour."""

from __future__ import annotations

import pytest

from webapp.domain.themes import contrast
from webapp.domain.themes.document import check_document
from webapp.domain.themes.generation import generate_document
from webapp.domain.themes.palette import HARMONIES
from webapp.kernel.errors import Invalid

COLORS = ("#d97706", "#ffff00", "#000", "#fff", "gray", "red", "oklch(0.7 0.3 150)", "#0000ff80")


@pytest.mark.parametrize("color", COLORS)
@pytest.mark.parametrize("harmony", HARMONIES)
def test_every_pair_can_be_read(color: str, harmony: str) -> None:
    document = check_document(generate_document(color, harmony))
    assert [pair.id for pair in contrast.report(document).pairs if not pair.passes] == []


@pytest.mark.parametrize("color", ["#d97706", "#8b5cf6", "rebeccapurple", "#000"])
def test_a_colour_that_can_be_seen_on_white_stays_as_it_was_written(color: str) -> None:
    assert generate_document(color)["colors"]["primary"] == color


def test_companions_follow_the_harmony() -> None:
    triadic, analogous = (generate_document("#8b5cf6", name)["colors"] for name in ("triadic", "analogous"))
    assert triadic["secondary"] != analogous["secondary"]


@pytest.mark.parametrize(
    ("color", "harmony", "pointer"), [("nosuch", "triadic", "/color"), ("#000", "nosuch", "/harmony")]
)
def test_wrong_wishes_are_named(color: str, harmony: str, pointer: str) -> None:
    with pytest.raises(Invalid) as refused:
        generate_document(color, harmony)
    assert [error.pointer for error in refused.value.errors] == [pointer]
