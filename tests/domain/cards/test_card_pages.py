"""The page of a card: images inside it, and rules for dark and light screens."""

from __future__ import annotations

import io
import time
from pathlib import Path

import pytest

from webapp.adapters.storage.local import LocalStorage
from webapp.domain.cards.page import CardPage
from webapp.ports import Storage

INSIDE = "data:image/png;base64,eA=="


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    kept = LocalStorage(tmp_path, "https://media.example.org", "a secret of the tests, which is long enough")
    for key in ("a.png", "b.png"):
        kept.put(key, io.BytesIO(b"x"))
    return kept


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("<img src=/media/a.png>", f"<img src={INSIDE}>"),
        (
            "<img srcset='/media/a.png?w=320 320w, /media/a.png?w=640&amp;v=1 640w,/media/b.png 2x'>",
            f"<img srcset='{INSIDE} 320w, {INSIDE} 640w,{INSIDE} 2x'>",
        ),
        (
            '<source SRCSET = "\n {public}a.png?w=320,\n {public}b.png 2x ">',
            f'<source SRCSET = "\n {INSIDE},\n {INSIDE} 2x ">',
        ),
        ("<img srcset='/media/none.png, /media/b.png 2x'>", f"<img srcset='/media/none.png, {INSIDE} 2x'>"),
        ("<p>see /media/a.png, /media/b.png", "<p>see /media/a.png, /media/b.png"),
    ],
)
def test_every_image_comes_inside(storage: Storage, given: str, wanted: str) -> None:
    page = CardPage(given.replace("{public}", storage.public_url("")), "", {})
    assert page.with_images(storage).body == wanted


def test_a_chosen_scheme_decides_the_rules_of_the_template() -> None:
    body = (
        "<style>@media (prefers-color-scheme: dark) and (width > 9px){p{color:red}}</style>"
        "<source media='( Prefers-Color-Scheme:light )'><p>(prefers-color-scheme: dark)"
    )
    page = CardPage(body, "", {})
    assert body in page.html()
    dark, light = page.html(scheme="dark"), page.html(scheme="light")
    assert "@media (min-width:0) and (width > 9px)" in dark and "media='(max-width:0)'" in dark
    assert "@media (max-width:0) and (width > 9px)" in light and "media='(min-width:0)'" in light
    assert (
        dark.count("<p>(prefers-color-scheme: dark)") == light.count("<p>(prefers-color-scheme: dark)") == 1
    )


def test_pages_that_are_meant_to_be_slow_are_not(storage: Storage) -> None:
    for part in ("<style ", " srcset='", " media= ", "('/media/?,,", "(\t"):
        page = CardPage(part * (300_000 // len(part)), "", {})
        start = time.process_time()
        page.with_images(storage).html(scheme="dark")
        assert time.process_time() - start < 2, part
