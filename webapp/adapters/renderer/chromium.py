"""Drawing pages with Chromium: a few browsers of one tab each, killed when a page hangs."""

from __future__ import annotations

import io
import os
import subprocess
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

from PIL import Image

from webapp.adapters.renderer.browser import START, Browser
from webapp.adapters.renderer.connection import Gone, Late, Message, Refused
from webapp.adapters.renderer.program import MEND, find_program
from webapp.adapters.renderer.tab import Tab
from webapp.kernel.concurrency import waiting
from webapp.kernel.errors import Invalid, Unavailable
from webapp.metrics import counting_render
from webapp.ports import Measurement, Sheet

BROWSERS = 2
PATIENCE = 4.0
"""Seconds for one page, from its text to its picture."""
LARGE = 10_000_000
"""Pixels above which a picture may take longer, in proportion, and the browser makes no WebP: it is slow."""
IMPATIENCE = 0.25
"""Share of the time where a page before may still be painted; another browser gets the rest."""
QUEUE = 20.0
"""Seconds to wait for a browser."""
FAST = {"avif": {"speed": 8}, "webp": {"method": 2}}
"""How Pillow encodes what the browser does not."""
MM_PER_INCH = 25.4
CSS_PER_INCH = 96

T = TypeVar("T")
Use = Callable[[Tab, float], T]


class ChromiumRenderer:
    """Each browser starts with the first page that finds no other free; ``program`` is the setting CHROMIUM.

    Pages that are drawn at the same time have a browser each: what one of them breaks harms no other, and
    neither waits for the other's pictures to be composed and packed.
    """

    def __init__(self, program: str | None = None) -> None:
        self._setting = program
        self._free = threading.BoundedSemaphore(BROWSERS)
        self._changing = threading.Lock()
        self._owner = os.getpid()
        self._running: list[Browser] = []
        self._idle: list[Browser] = []

    def measure(self, sheet: Sheet) -> Measurement:
        with counting_render("measurement"):
            return self._use(lambda tab, deadline: _measurement(tab.show(sheet, deadline)))

    def picture(self, sheet: Sheet, size: tuple[int, int], form: str, quality: int) -> bytes:
        pixels = size[0] * size[1]
        is_encoded_here = form == "avif" or (form == "webp" and pixels > LARGE)
        options: Message = {"format": "png" if is_encoded_here else form}
        if size != (sheet.width * sheet.scale, sheet.height * sheet.scale) or sheet.scale % 1:
            width, height = (length / sheet.scale for length in size)
            options["clip"] = {"x": 0, "y": 0, "width": width, "height": height, "scale": 1}
        if form in ("jpeg", "webp"):
            options["quality"] = quality

        def shoot(tab: Tab, deadline: float) -> bytes:
            tab.show(sheet, deadline)
            return tab.shoot(options, deadline)

        with counting_render(form):
            data = self._use(shoot, pixels)
            return _encoded(data, form, quality) if is_encoded_here else data

    def document(self, sheet: Sheet, paper: tuple[float, float]) -> bytes:
        width, height = (length / MM_PER_INCH for length in paper)
        options = {
            "paperWidth": width,
            "paperHeight": height,
            "scale": round(width * CSS_PER_INCH / sheet.width, 6),
            "printBackground": True,
            "pageRanges": "1",
            **{f"margin{side}": 0 for side in ("Top", "Right", "Bottom", "Left")},
        }

        def write(tab: Tab, deadline: float) -> bytes:
            tab.show(sheet, deadline)
            return tab.print(options, deadline)

        with counting_render("pdf"):
            return self._use(write)

    def check(self) -> str:
        asked = subprocess.run(  # noqa: S603  a browser that the administrator installed
            [self._program(), "--version"], capture_output=True, text=True, timeout=START, check=False
        )
        return asked.stdout.strip() or "a browser that does not say its version"

    def close(self) -> None:
        """End the browsers; the next page starts another."""
        with self._changing:
            browsers, self._running, self._idle = self._running, [], []
        for browser in browsers:
            browser.close()

    @property
    def browsers(self) -> tuple[Browser, ...]:
        """Those that run."""
        return tuple(self._running)

    # --- a browser for a page ---

    @waiting()
    def _use(self, use: Use[T], pixels: int = 0) -> T:
        if not self._free.acquire(timeout=QUEUE):
            raise Unavailable("Too many cards are being drawn. Try again.", code="renderer_busy")
        try:
            return self._used(use, PATIENCE * max(1.0, pixels / LARGE))
        finally:
            self._free.release()

    def _used(self, use: Use[T], patience: float) -> T:
        """Do something with a tab; once more in a new browser where the page before may have broken it."""
        seconds = patience
        for is_last in (False, True):
            browser, tab = self._start() if is_last else self._take()
            was_used, was_settled = tab.cards > 0, tab.is_settled
            seconds = seconds if was_settled else patience * IMPATIENCE
            is_sound = False
            try:
                result = use(tab, time.monotonic() + seconds)
                is_sound = True
                return result
            except (Late, Gone, Refused) as error:
                is_ours = was_used and (isinstance(error, Gone) or not was_settled)
                if is_last or not is_ours:
                    raise Invalid(
                        (), "The page takes too long to draw, or breaks.", code="unrenderable"
                    ) from error
                seconds = patience if was_settled else patience * (1 - IMPATIENCE)
            finally:
                (self._give_back if is_sound else self._end)(browser)
        raise AssertionError("unreachable")

    def _take(self) -> tuple[Browser, Tab]:
        with self._changing:
            if self._owner != os.getpid():  # a child that was forked starts its own
                self._running, self._idle, self._owner = [], [], os.getpid()
            browser = self._idle.pop() if self._idle else None
        if browser is not None:
            with suppress(Late, Gone, Refused):  # it may have ended since
                if not browser.is_worn:
                    return browser, browser.tab()
            self._end(browser)
        return self._start()

    def _start(self) -> tuple[Browser, Tab]:
        browser = None
        try:
            browser = Browser(self._program())
            tab = browser.tab()
        except (OSError, Late, Gone, Refused) as error:
            if browser is not None:
                browser.close()
            raise Unavailable(f"The browser does not start. {MEND}", code="renderer_unavailable") from error
        with self._changing:
            self._running.append(browser)
        return browser, tab

    def _give_back(self, browser: Browser) -> None:
        try:
            browser.rest()
        except (Late, Gone, Refused):
            self._end(browser)
        with self._changing:
            if browser in self._running:
                self._idle.append(browser)

    def _end(self, browser: Browser) -> None:
        with self._changing:
            if browser not in self._running:
                return
            self._running.remove(browser)
        browser.close()

    def _program(self) -> str:
        program = find_program(self._setting)
        if program is None:
            raise Unavailable(f"There is no browser to draw cards. {MEND}", code="renderer_unavailable")
        return program


def _measurement(found: dict[str, Any]) -> Measurement:
    return Measurement(
        fits={name: float(size) for name, size in found["fits"].items()},
        overflows=tuple(found["overflows"]),
        broken_images=int(found["broken"]),
        missing_characters="".join(found["missing"]),
    )


def _encoded(png: bytes, form: str, quality: int) -> bytes:
    result = io.BytesIO()
    with Image.open(io.BytesIO(png), formats=("PNG",)) as image:
        image.convert("RGB").save(result, form.upper(), quality=quality, **FAST[form])
    return result.getvalue()
