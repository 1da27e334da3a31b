"""Two ways to draw a card with the same browser: Rangoli's renderer, and Playwright as people use it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from playwright.sync_api import sync_playwright

from webapp.adapters.renderer import browser
from webapp.adapters.renderer.chromium import ChromiumRenderer
from webapp.domain.cards.catalogue import STARTERS
from webapp.domain.cards.layout import frame
from webapp.domain.cards.liquid_code import render
from webapp.domain.cards.page import CardPage
from webapp.domain.cards.samples import OWN_WORDS, sample_values
from webapp.domain.cards.template_config import read_values, size_of
from webapp.domain.themes.document import DEFAULT_DOCUMENT
from webapp.domain.themes.stylesheet import compile_stylesheet
from webapp.ports import Sheet

CARD = "row-of-lamps"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--font-render-hinting=none", "--force-color-profile=srgb"]

Draw = Callable[[], object]


def sheet_of(slug: str = CARD) -> Sheet:
    """A card of one of the templates that come along, in its own size and the default theme."""
    starter = STARTERS[slug]
    config = starter.fields["template_config"]
    own, values = sample_values(config, OWN_WORDS, {})
    filled, _ = read_values(config, own, values)
    body, _ = render(starter.code, filled | {"festival": {"name": "", "colors": []}})
    page = CardPage(body, compile_stylesheet(DEFAULT_DOCUMENT).css, {})
    window = frame(size_of(config), size_of(config))
    return Sheet(page.html(is_still=True), window.width, window.height, window.scale)


@contextmanager
def rangoli(program: str, *, fresh: bool) -> Iterator[ChromiumRenderer]:
    """The renderer; with ``fresh`` each card has a context of its own."""
    kept = browser.CARDS_PER_TAB
    browser.CARDS_PER_TAB = 1 if fresh else kept
    renderer = ChromiumRenderer(program)
    try:
        yield renderer
    finally:
        renderer.close()
        browser.CARDS_PER_TAB = kept


class PlaywrightWorkers:
    """Threads with a browser each, since Playwright's own objects belong to one thread."""

    def __init__(self, program: str, threads: int, *, fresh: bool) -> None:
        self._program, self._fresh = program, fresh
        self._local = threading.local()
        self._closing: list[Callable[[], None]] = []
        self.pool = ThreadPoolExecutor(threads)

    def draw(self, sheet: Sheet) -> bytes:
        """One card as PNG, in a page that is kept or in a new context."""
        size = {"width": sheet.width, "height": sheet.height}
        if not hasattr(self._local, "browser"):
            playwright = sync_playwright().start()
            options = {"executable_path": self._program, "args": ARGUMENTS}
            self._local.browser = playwright.chromium.launch(**options)
            self._local.page = self._local.browser.new_page(viewport=size)
        if not self._fresh:
            if self._local.page.viewport_size != size:
                self._local.page.set_viewport_size(size)
            return self._shoot(self._local.page, sheet)
        context = self._local.browser.new_context(viewport=size)
        try:
            return self._shoot(context.new_page(), sheet)
        finally:
            context.close()

    @staticmethod
    def _shoot(page: object, sheet: Sheet) -> bytes:
        page.set_content(sheet.html, wait_until="load")  # type: ignore[attr-defined]
        page.evaluate("document.fonts.ready")  # type: ignore[attr-defined]
        return bytes(page.screenshot(type="png"))  # type: ignore[attr-defined]

    def close(self) -> None:
        """End each thread's browser in its own thread."""
        barrier = threading.Barrier(self.pool._max_workers)

        def end() -> None:
            barrier.wait(30)
            if hasattr(self._local, "browser"):
                self._local.browser.close()

        for done in [self.pool.submit(end) for _ in range(self.pool._max_workers)]:
            done.result()
        self.pool.shutdown()


def times(draw: Draw, number: int) -> list[float]:
    """Milliseconds of each of ``number`` drawings, one after the other."""
    found = []
    for _ in range(number):
        start = time.perf_counter()
        draw()
        found.append((time.perf_counter() - start) * 1000)
    return found


def rate(pool: ThreadPoolExecutor, draw: Draw, number: int) -> float:
    """Cards a second when the whole pool draws."""
    start = time.perf_counter()
    for done in [pool.submit(draw) for _ in range(number)]:
        done.result()
    return number / (time.perf_counter() - start)
