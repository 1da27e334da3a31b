"""A real browser, and the product served as ``make run`` serves it."""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from sqlalchemy import delete

from config import Settings
from tests.databases import DATABASE_FILE, write_pages
from tests.installations import Folder, close_app
from tests.services import free_port
from webapp.adapters.renderer.program import find_program
from webapp.app import create_app
from webapp.cli.demo import load_demo
from webapp.cli.setup import prepare
from webapp.domain.cards.template_pictures import DRAW_TEMPLATE, DRAW_TEMPLATES
from webapp.domain.jobs.models import Job
from webapp.extensions import db

ROOT = Path(__file__).resolve().parents[2]
ADMIN = ("admin@example.org", "correct horse battery")
HARMLESS = re.compile(r"status of (4\d\d)")
"""What Chromium itself writes to its console for an answer that is an error on purpose."""


def find_chromium() -> str:
    program = find_program(os.environ.get("CHROMIUM"))
    if program is None:
        if os.environ.get("REQUIRE_SERVICES"):
            pytest.fail("Chromium is not installed")
        pytest.skip("Chromium is not installed")
    return program


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, the one that draws cards."""
    program = find_chromium()
    options = [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
        "--js-flags=--no-maglev --no-turbofan",  # pages of tests end before compiling well pays
    ]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=options)
        yield browser
        browser.close()


@dataclass(frozen=True)
class LiveServer:
    """A running installation with an admin and the demo content."""

    url: str
    email: str
    password: str
    folder: Path
    signed_in: Any
    """The cookies of a browser in which the admin is signed in to the console."""


class ApiClient:
    """The API of a running installation, with the admin's token, to put something on its pages."""

    def __init__(self, server: LiveServer) -> None:
        self.url = f"{server.url}/api/v1"
        self.headers = {"Content-Type": "application/json"}
        found = self.post("/auth/login", {"username": server.email, "password": server.password})
        self.headers["Authorization"] = f"Bearer {found['access_token']}"

    def post(self, path: str, body: object) -> Any:
        return self.send("POST", path, body)

    def send(self, method: str, path: str, body: object) -> Any:
        request = urllib.request.Request(
            self.url + path, json.dumps(body).encode(), self.headers, method=method
        )
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)


DRAWING = ("media.make_variants", DRAW_TEMPLATE, DRAW_TEMPLATES)


def prepare_demo(environ: dict[str, str], template: Path) -> None:
    """What ``flask serve`` would do on its first start, but for the jobs that draw pictures."""
    shutil.copy(template, Path(environ["DATA_DIR"], DATABASE_FILE))
    app = create_app(Settings.from_env(environ))
    with app.app_context():
        prepare()
        load_demo()
        db.session.execute(delete(Job).where(Job.kind.in_(DRAWING)))
        db.session.commit()
    close_app(app)


@pytest.fixture(scope="session")
def kept_server(browser: Browser, sqlite_template: Path) -> Iterator[tuple[LiveServer, sqlite3.Connection]]:
    """``flask serve`` on a folder of its own, and its database as it was at first."""
    place, port = Folder(), free_port()
    folder = place.data
    environ = {
        **{name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")},
        "DATA_DIR": str(folder),
        "PORT": str(port),
        "FIRST_SUPERUSER": ADMIN[0],
        "FIRST_SUPERUSER_PASSWORD": ADMIN[1],
        "RATE_LIMITS": "off",
        "WORKER_PROCESSES": "1",
    }
    prepare_demo(environ, sqlite_template)
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "flask", "serve", "--workers", "1"],
            cwd=ROOT,
            env=environ,
            stdout=log,
            stderr=log,
        )
    url = f"http://127.0.0.1:{port}"
    wait_for(f"{url}/health", process, folder / "log")
    signed_in = sign_in(browser, url)
    at_first = sqlite3.connect(":memory:")
    with closing(sqlite3.connect(folder / DATABASE_FILE)) as database:
        database.backup(at_first)
    yield LiveServer(url, *ADMIN, folder, signed_in), at_first
    at_first.close()
    process.terminate()
    process.wait(20)
    place.remove()


@pytest.fixture(scope="module")
def live_server(kept_server: tuple[LiveServer, sqlite3.Connection]) -> LiveServer:
    """The server as it was at first, for each file of tests."""
    server, at_first = kept_server
    write_pages(at_first, server.folder / DATABASE_FILE, patience=10)
    urllib.request.urlopen(f"{server.url}/themes/active.css").close()  # its shelf sees the change
    return server


def sign_in(browser: Browser, url: str) -> Any:
    """Sign the admin in to the console; answers the browser's cookies."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{url}/console/login")
    page.get_by_label("Username or e-mail").fill(ADMIN[0])
    page.get_by_label("Password").fill(ADMIN[1])
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{url}/console")
    state = context.storage_state()
    context.close()
    return state


def wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Until the server answers; on a busy machine its start takes a while."""
    deadline = time.monotonic() + 90
    while True:
        try:
            urllib.request.urlopen(url, timeout=2).close()
            return
        except OSError:
            if process.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"the server did not start:\n{log.read_text()}")
            time.sleep(0.1)


OpenPage = Callable[..., Page]


@pytest.fixture
def open_page(browser: Browser) -> Iterator[OpenPage]:
    """Open pages in browsers of their own; a script or content-policy error on any of them fails the test."""
    contexts: list[BrowserContext] = []
    problems: list[str] = []

    def note(text: str) -> None:
        if not HARMLESS.search(text):
            problems.append(text)

    def open_(url: str, **options: object) -> Page:
        context = browser.new_context(**{"reduced_motion": "reduce", "color_scheme": "light", **options})
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: note(str(error)))
        page.on("console", lambda message: note(message.text) if message.type == "error" else None)
        page.goto(url)
        if options.get("java_script_enabled", True):
            wait_until_attached(page)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert problems == []


def wait_until_attached(page: Page) -> None:
    """Until the console's behaviours listen: keys that come earlier are lost. Other pages have none."""
    if page.locator("script[src*='console/app.']").count():
        page.wait_for_selector("html[data-attached]", state="attached")


@pytest.fixture
def console(live_server: LiveServer, open_page: OpenPage) -> Page:
    """An empty page of a browser in which the admin is signed in to the console."""
    return open_page("about:blank", storage_state=live_server.signed_in)


@pytest.fixture
def dashboard(live_server: LiveServer, console: Page) -> Page:
    """The same browser with the console's first page, whose scripts listen."""
    console.goto(f"{live_server.url}/console")
    wait_until_attached(console)
    return console
