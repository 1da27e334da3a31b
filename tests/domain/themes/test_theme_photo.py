"""Themes made from the colours of a photo."""

from __future__ import annotations

import pytest

from webapp.domain.themes import contrast
from webapp.domain.themes.color import difference, parse
from webapp.domain.themes.document import check_document
from webapp.domain.themes.photo import themes_of_photo
from webapp.kernel.errors import Conflict

SUNSET = ["#1b1a26", "#e8743b", "#f3b562", "#5b3a63", "#e9763c"]
PHOTOS = [
    SUNSET,
    ["#ffffff", "#f8f8f8"],
    ["#000000"],
    ["#ffff00", "#00ffff", "#ff00ff"],
    ["#7a3324", "#c9972e"],
]


@pytest.mark.parametrize("colors", PHOTOS)
def test_every_pair_passes(colors: list[str]) -> None:
    for found in themes_of_photo(colors):
        document = check_document(found.document)
        assert [pair.id for pair in contrast.report(document).pairs if not pair.passes] == []


def test_the_strongest_colours_lead_and_the_others_go_with_them() -> None:
    found = themes_of_photo(SUNSET)
    assert [each.lead for each in found] == ["#e8743b", "#f3b562", "#5b3a63"]
    secondary = parse(found[0].document["colors"]["secondary"]).rgb
    assert min(difference(secondary, parse(color).rgb) for color in SUNSET) < 0.25, "it is of the photo"
    assert len(themes_of_photo(["#000000", "#808080"])) == 1, "greys lead where nothing else is"


def test_a_photo_without_colours_gives_none() -> None:
    with pytest.raises(Conflict):
        themes_of_photo([])
