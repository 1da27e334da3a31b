"""``make docs``: draw the small pictures of the templates to start from again, in the default theme."""

from __future__ import annotations

import io
import sys
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from webapp.adapters.renderer.chromium import ChromiumRenderer  # noqa: E402
from webapp.domain.cards.catalogue import STARTERS, Starter  # noqa: E402
from webapp.domain.cards.layout import frame  # noqa: E402
from webapp.domain.cards.liquid_code import render  # noqa: E402
from webapp.domain.cards.page import CardPage  # noqa: E402
from webapp.domain.cards.samples import OWN_WORDS, SAMPLES, sample_values  # noqa: E402
from webapp.domain.cards.template_config import read_values, size_of  # noqa: E402
from webapp.domain.cards.template_preview import SAMPLE_FESTIVAL_COLORS  # noqa: E402
from webapp.domain.themes.document import DEFAULT_DOCUMENT  # noqa: E402
from webapp.domain.themes.stylesheet import compile_stylesheet  # noqa: E402
from webapp.ports import Sheet  # noqa: E402

FOLDER = ROOT / "static" / "console" / "starters"
SIDE, QUALITY = 480, 82


def page_of(starter: Starter, language: str, css: str) -> CardPage:
    """The page of a starter with the sample of a language."""
    config = starter.fields["template_config"]
    sender = SAMPLES[starter.language].sender_name
    own, values = sample_values(config, language, {"sender_name": sender})
    filled, errors = read_values(config, own, values)
    assert not errors, errors
    filled["festival"] = {
        "name": SAMPLES.get(language, SAMPLES["en"]).festival,
        "slug": "x",
        "colors": SAMPLE_FESTIVAL_COLORS,
    }
    body, flaws = render(starter.code, filled)
    assert not flaws, flaws
    return CardPage(body, css, {})


def draw(
    renderer: ChromiumRenderer, starter: Starter, language: str, css: str, *, dark: bool = False
) -> bytes:
    """A PNG of the starter in its own size, its texts fitted."""
    size = size_of(starter.fields["template_config"])
    window = frame(size, size)
    page = page_of(starter, language, css)
    found = renderer.measure(Sheet(page.html(is_still=True), window.width, window.height))
    print(f"{starter.slug:18} {language:5} {'; '.join(map(str, (found.fits, found.overflows)))}")
    page = CardPage(page.body, css, found.fits)
    sheet = Sheet(page.html(is_still=True), window.width, window.height, is_dark=dark)
    return renderer.picture(sheet, size, "png", 100)


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    renderer = ChromiumRenderer()
    css = compile_stylesheet(DEFAULT_DOCUMENT).css
    for starter in STARTERS.values():
        with Image.open(io.BytesIO(draw(renderer, starter, OWN_WORDS, css))) as picture:
            picture.thumbnail((SIDE, SIDE))
            picture.convert("RGB").save(FOLDER / f"{starter.slug}.webp", quality=QUALITY, method=6)
    renderer.close()


if __name__ == "__main__":
    main()
