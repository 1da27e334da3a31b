"""Finding Chromium, and how it is started: with nothing of the network and nothing of the person's own."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

NAMES = ("chromium-headless-shell", "chromium", "google-chrome")
BUNDLED = (
    "chromium_headless_shell-*/*/chrome-headless-shell",
    "chromium_headless_shell-*/*/headless_shell",
    "chromium-*/*/chrome",
)
"""Where Playwright keeps its browsers, below its cache."""
MEND = (
    "Install Chromium (Debian: apt-get install chromium-headless-shell fonts-noto-core fonts-noto-cjk "
    "fonts-noto-color-emoji), or name its program in CHROMIUM."
)
OPTIONS = (
    "--headless",
    "--remote-debugging-pipe=cbor",
    "--no-startup-window",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
    "--disable-dev-shm-usage",
    "--disable-features=SpareRendererForSitePerProcess,WebUIOmniboxAimPopup",
    "--default-tile-width=2048",
    "--default-tile-height=2048",
    "--enable-begin-frame-control",
    "--run-all-compositor-stages-before-draw",
    "--disable-checker-imaging",
    "--hide-scrollbars",
    "--mute-audio",
    "--disable-breakpad",
    "--font-render-hinting=none",
    "--force-color-profile=srgb",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--proxy-server=http://proxy.invalid:1",
    "--proxy-bypass-list=<-loopback>",
)
"""No name resolves, and every connection would first need a proxy that is not there.

Left on, the features named would start a process that waits for no page, and, in the whole browser, load a
page of its own behind the address bar after each page. Large tiles are painted once where small ones repeat.
The headless shell draws a frame when it is told to (see ``tab.py``), with all images decoded; the whole
browser does not know of that, and draws sixty a second.
"""


def find_program(setting: str | None) -> str | None:
    """The path of the browser: what the setting names, or the first that is installed; None without one."""
    if setting:
        return shutil.which(setting)
    return next(filter(None, (*map(shutil.which, NAMES), *_bundled())), None)


def _bundled() -> Iterator[str]:
    cache = Path.home() / ".cache" / "ms-playwright"
    for pattern in BUNDLED:
        yield from (str(path) for path in sorted(cache.glob(pattern), reverse=True))


def command(program: str, profile: Path) -> list[str]:
    """The command line; ``profile`` is a folder of the browser's own."""
    unboxed = ["--no-sandbox"] if os.geteuid() == 0 else []
    return [program, *OPTIONS, *unboxed, f"--user-data-dir={profile}"]
