"""Drawing pages with Chromium: a few tabs, made new now and then, and killed when a page hangs."""

from __future__ import annotations

import io
import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from PIL import Image

from webapp.adapters.renderer.connection import Connection, Gone, Late, Message, Refused
from webapp.adapters.renderer.program import MEND, find_program
from webapp.adapters.renderer.tab import Tab
from webapp.kernel.concurrency import waiting
from webapp.kernel.errors import Invalid, Unavailable
from webapp.metrics import counting_render
from webapp.ports import Measurement, Sheet

TABS = 2
PATIENCE = 4.0
"""Seconds for one page, from its text to its picture."""
QUEUE = 20.0
"""Seconds to wait for a tab."""
START = 20.0
END = 0.5
CARDS_PER_TAB = 25
"""Tabs that are used for ever grow to many times their size."""
CARDS_PER_BROWSER = 1000
MEMORY_MAX = 1 << 30
MM_PER_INCH = 25.4
CSS_PER_INCH = 96

T = TypeVar("T")
Use = Callable[[Tab, float], T]


class ChromiumRenderer:
    """One browser for each process, started with the first page; ``program`` is the setting CHROMIUM."""

    def __init__(self, program: str | None = None) -> None:
        self._setting = program
        self._free = threading.BoundedSemaphore(TABS)
        self._changing = threading.Lock()
        self._connection: Connection | None = None
        self._owner = 0
        self._tabs: list[Tab] = []
        self._cards = 0

    def measure(self, sheet: Sheet) -> Measurement:
        with counting_render("measurement"):
            return self._use(lambda tab, deadline: _measurement(tab.show(sheet, deadline)))

    def picture(self, sheet: Sheet, size: tuple[int, int], form: str, quality: int) -> bytes:
        width, height = (length / sheet.scale for length in size)
        clip = {"x": 0, "y": 0, "width": width, "height": height, "scale": 1}
        options: Message = {"format": "png" if form == "avif" else form, "clip": clip}
        if form in ("jpeg", "webp"):
            options["quality"] = quality

        def shoot(tab: Tab, deadline: float) -> bytes:
            tab.show(sheet, deadline)
            return tab.shoot(options, deadline)

        with counting_render(form):
            data = self._use(shoot)
            return _as_avif(data, quality) if form == "avif" else data

    def document(self, sheet: Sheet, paper: tuple[float, float]) -> bytes:
        width, height = (length / MM_PER_INCH for length in paper)
        options = {
            "paperWidth": width,
            "paperHeight": height,
            "scale": width * CSS_PER_INCH / sheet.width,
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
        """End the browser; the next page starts another."""
        with self._changing:
            self._end()

    # --- a tab for a page ---

    @waiting()
    def _use(self, use: Use[T]) -> T:
        """Do something with a tab; once more with a new one where the page before may have broken it."""
        if not self._free.acquire(timeout=QUEUE):
            raise Unavailable("Too many cards are being drawn. Try again.", code="renderer_busy")
        try:
            for is_last in (False, True):
                with self._borrowed() as tab:
                    was_used, was_settled = tab.cards > 0, tab.is_settled
                    patience = PATIENCE if was_settled or is_last else PATIENCE / 2
                    try:
                        return use(tab, time.monotonic() + patience)
                    except (Late, Gone, Refused) as error:
                        is_ours = (was_used and isinstance(error, Gone)) or not tab.connection.is_open
                        is_ours = is_ours or (not was_settled and isinstance(error, Late))
                        self._drop(tab, hangs=True)
                        if is_last or not is_ours:
                            raise Invalid(
                                (), "The page takes too long to draw, or breaks.", code="unrenderable"
                            ) from error
        finally:
            self._free.release()
        raise AssertionError("unreachable")

    @contextmanager
    def _borrowed(self) -> Iterator[Tab]:
        tab = self._take()
        try:
            yield tab
        finally:
            self._give_back(tab)

    def _take(self) -> Tab:
        with self._changing:
            connection = self._running()
            self._cards += 1
            if self._tabs:
                return self._tabs.pop()
            try:
                return Tab(connection, START)
            except (Late, Gone, Refused) as error:
                self._end()
                raise Unavailable(
                    f"The browser does not start. {MEND}", code="renderer_unavailable"
                ) from error

    def _give_back(self, tab: Tab) -> None:
        """Keep the tab for the next page, unless it is gone or has drawn enough."""
        with self._changing:
            if tab.connection is not self._connection or not tab.is_open:
                return
            if tab.cards < CARDS_PER_TAB:
                self._tabs.append(tab)
                return
        self._drop(tab, hangs=False)

    def _drop(self, tab: Tab, *, hangs: bool) -> None:
        with self._changing:
            self._close_tab(tab, hangs=hangs)

    def _close_tab(self, tab: Tab, *, hangs: bool) -> None:
        """Close a tab; a browser that cannot do that, or that has grown too large, ends with it."""
        connection = tab.connection
        try:
            tab.close(END, hangs=hangs)
        except (Late, Gone, Refused):
            connection.is_open = False
        is_large = connection.is_open and connection.memory() > MEMORY_MAX
        if hangs and connection.is_open and not _draws(connection):
            connection.is_open = False
        if connection is self._connection and (is_large or not connection.is_open):
            self._end()

    # --- the browser ---

    def _running(self) -> Connection:
        """The browser of this process; a child that was forked starts its own."""
        if self._connection is not None and self._owner != os.getpid():
            self._connection, self._tabs = None, []
        is_old = self._cards >= CARDS_PER_BROWSER
        if self._connection is not None and (not self._connection.is_open or is_old):
            self._end()
        if self._connection is None:
            try:
                self._connection = Connection(self._program())
            except OSError as error:
                raise Unavailable(
                    f"The browser does not start. {MEND}", code="renderer_unavailable"
                ) from error
            self._owner, self._cards = os.getpid(), 0
        return self._connection

    def _program(self) -> str:
        program = find_program(self._setting)
        if program is None:
            raise Unavailable(f"There is no browser to draw cards. {MEND}", code="renderer_unavailable")
        return program

    def _end(self) -> None:
        if self._connection is not None and self._owner == os.getpid():
            self._connection.close()
        self._connection, self._tabs = None, []


def _draws(connection: Connection) -> bool:
    """Whether the browser still draws at all: what a page made its graphics compute outlives the page."""
    deadline = time.monotonic() + END
    try:
        tab = Tab(connection, END)
        tab.show(Sheet("<p>", 8, 8), deadline)
        tab.shoot({"format": "png"}, deadline)
        tab.close(END, hangs=False)
    except (Late, Gone, Refused):
        return False
    return True


def _measurement(found: dict[str, Any]) -> Measurement:
    return Measurement(
        fits={name: float(size) for name, size in found["fits"].items()},
        overflows=tuple(found["overflows"]),
        broken_images=int(found["broken"]),
        missing_characters="".join(found["missing"]),
    )


def _as_avif(png: bytes, quality: int) -> bytes:
    result = io.BytesIO()
    with Image.open(io.BytesIO(png), formats=("PNG",)) as image:
        image.convert("RGB").save(result, "AVIF", quality=quality, speed=8)
    return result.getvalue()
