"""``make docs``: take the screenshots again, of a fresh installation with the demo content."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.services import free_port  # noqa: E402

FOLDER = ROOT / "docs" / "screenshots"
EMAIL, PASSWORD = "admin@example.org", "correct horse battery"
DESKTOP, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}

PAGES = {
    "dashboard": "/console",
    "approvals": "/console/people/approvals",
    "people": "/console/people",
    "themes": "/console/themes",
    "editor": "/console/themes/1",
    "history": "/console/themes/1/history",
    "templates": "/console/templates",
    "settings": "/console/settings",
    "landing": "/",
}
SHOWN = ("dashboard", "approvals", "themes", "editor", "editor-phone-dark", "templates")
"""Those that the README shows; all others only go where ``--all FOLDER`` says."""


@contextmanager
def server() -> Iterator[str]:
    """The product on a folder of its own."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        environ = {
            "PATH": os.environ["PATH"],
            "DATA_DIR": folder,
            "PORT": str(port),
            "FIRST_SUPERUSER": EMAIL,
            "FIRST_SUPERUSER_PASSWORD": PASSWORD,
            "RATE_LIMITS": "off",
        }
        command = [sys.executable, "-m", "flask", "serve", "--workers", "1"]
        process = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=subprocess.DEVNULL)
        try:
            url = f"http://127.0.0.1:{port}"
            wait_for(f"{url}/health")
            yield url
        finally:
            process.terminate()
            process.wait(20)


def wait_for(url: str) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            urllib.request.urlopen(url, timeout=2).close()
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def wait_for_pictures(url: str) -> None:
    """Until the worker has drawn the demo's templates."""
    deadline = time.monotonic() + 60
    while True:
        with urllib.request.urlopen(f"{url}/api/v1/templates?limit=100", timeout=10) as answer:
            templates = json.load(answer)["data"]
        if all(template["preview_image_url"] for template in templates):
            return
        if time.monotonic() > deadline:
            raise TimeoutError("the templates have no pictures")
        time.sleep(0.5)


def sign_in(page: Page, url: str) -> None:
    page.goto(f"{url}/console/login")
    page.get_by_label("Username or e-mail").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{url}/console")


def shoot(browser: Browser, url: str, folder: Path, wanted: tuple[str, ...] | None) -> None:
    """Every page at two widths, in light and dark."""
    for width, viewport in (("", DESKTOP), ("-phone", PHONE)):
        for scheme in ("light", "dark"):
            names = {n: f"{n}{width}{'-dark' if scheme == 'dark' else ''}" for n in PAGES}
            if wanted and not set(names.values()) & set(wanted):
                continue
            context = browser.new_context(viewport=viewport, color_scheme=scheme, reduced_motion="reduce")
            page = context.new_page()
            sign_in(page, url)
            for name, path in PAGES.items():
                if wanted is None or names[name] in wanted:
                    page.goto(url + path)
                    page.wait_for_load_state("networkidle")
                    page.screenshot(path=folder / f"{names[name]}.png")
            context.close()


def main() -> None:
    everything = len(sys.argv) == 3 and sys.argv[1] == "--all"
    folder = Path(sys.argv[2]) if everything else FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    program = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    with server() as url, sync_playwright() as playwright:
        wait_for_pictures(url)
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        shoot(browser, url, folder, None if everything else SHOWN)
        browser.close()


if __name__ == "__main__":
    main()
