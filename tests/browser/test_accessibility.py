"""axe finds no barrier on any page of the console, in light and dark, wide and narrow."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.request import urlopen

import axe_playwright_python
import pytest
from playwright.sync_api import Page, Route, ViewportSize

from tests.browser.conftest import ApiClient, LiveServer, OpenPage

pytestmark = pytest.mark.browser
AXE = next(Path(axe_playwright_python.__file__).parent.rglob("axe.min.js")).read_text()
RUN = """async (exclude) => {
  const found = await axe.run({exclude}, {
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    resultTypes: ["violations"],
  });
  return found.violations.flatMap(({id, nodes}) => nodes.map(({target}) => `${id}: ${target.join(" ")}`));
}"""
FRAME = (".topbar", ".sidebar")
"""What all pages of the console have alike, and is looked at once in each look."""
FURTHER_ROWS = "tbody tr:nth-child(n+11)"
"""Rows of a table are written by one piece of a template; with ``EVERY_LOOK`` axe looks at all of them."""
TOO_WIDE = "document.documentElement.scrollWidth > innerWidth + 1"
PAGES = (
    "/console",
    "/console/people/approvals",
    "/console/people",
    "/console/people?q=nobody-is-called-so",
    "/console/people/new",
    "/console/themes",
    "/console/themes/new",
    "/console/themes/1",
    "/console/themes/1/history",
    "/console/themes/1/history/1",
    "/console/themes/1/duplicate",
    "/console/themes/2/delete",
    "/console/content/data",
    "/console/content/data/entry/1",
    "/console/content/data/entry/1/history",
    "/console/content/data/entry/1/history/1",
    "/console/content/data/entry/1/schedule",
    "/console/content/scheduled",
    "/console/content/trash",
    "/console/content/kinds",
    "/console/content/kinds/new",
    "/console/content/import/data",
    "/console/content/tags",
    "/console/content/tags/1",
    "/console/content/tags/1/merge",
    "/console/content/items",
    "/console/content/items/new",
    "/console/content/items/trash",
    "/console/templates",
    "/console/templates/new",
    "/console/templates/categories",
    "/console/templates/categories/new",
    "/console/festivals",
    "/console/festivals/new",
    "/console/analytics",
    "/console/analytics/reports",
    "/console/content/designs",
    "/console/content/designs/new",
    "/console/content/designs/featured",
    "/console/media",
    "/console/media?view=list&show=unused",
    "/console/templates/waiting",
    "/console/templates/waiting/reviews",
    "/console/jobs",
    "/console/mails",
    "/console/mails/templates",
    "/console/backups",
    "/console/webhooks",
    "/console/bundle",
    "/console/webhooks/new",
    "/console/search?q=e",
    "/console/settings",
    "/console/audit",
    "/console/profile",
    "/console/profile/security",
    "/console/profile/delete",
    "/console/profile/confirm",
    "/console/set-up",
    "/console/set-up/passkey",
    "/console/profile/sessions",
    "/console/profile/tokens",
)
FURTHER_PAGES = (
    "/console/people/approvals?status=rejected",
    "/console/content/data?status=draft",
    "/console/content/data/new",
    "/console/content/projects/new",
    "/console/mails?status=failed",
    "/console/mails/templates?kind=rejected&language=hi&scheme=dark",
    "/console/audit?q=user&since=2026-01-01",
)
"""Pages of a template that another page is made of; looked at with ``EVERY_LOOK``."""


@dataclass(frozen=True)
class Look:
    """A colour scheme and a width of the window."""

    scheme: Literal["light", "dark"]
    width: int

    def dress(self, page: Page) -> None:
        size: ViewportSize = {"width": self.width, "height": 900}
        if page.viewport_size != size:  # or it has this look from the page before
            page.emulate_media(color_scheme=self.scheme)
            page.set_viewport_size(size)


LOOKS = (Look("light", 1440), Look("dark", 390))
EVERY_LOOK = "EVERY_LOOK" in os.environ
NOT_LOOKED_AT = () if EVERY_LOOK else (FURTHER_ROWS,)


def barriers(page: Page, look: Look, exclude: Sequence[str] = ()) -> list[str]:
    """What axe finds on a page that looks so, and whether it is too wide in any look."""
    found = []
    for each in sorted(LOOKS, key=lambda one: one == look):
        each.dress(page)
        if page.evaluate(TOO_WIDE):
            found.append(f"wider than {each.width}")
    tools = page.context.new_cdp_session(page)
    tools.send("Runtime.evaluate", {"expression": AXE})  # in half the time that page.evaluate() takes
    return found + list(page.evaluate(RUN, [[each] for each in (*exclude, *NOT_LOOKED_AT)]))


@pytest.fixture
def content(live_server: LiveServer) -> None:
    """An entry with a tag and a schedule, and one in the trash, so that pages have something to show."""
    client = ApiClient(live_server)
    for title in ("First", "Second"):
        client.post("/data", {"title": title, "content": {"a": 1}, "tags": ["red", "green"]})
    client.post("/content/bulk", {"type": "data", "action": "trash", "ids": [2]})
    client.post("/items", {"title": "Milk"})


@pytest.fixture
def pages_of_cards(live_server: LiveServer) -> tuple[str, ...]:
    """Pages of a template and a festival of the demo, which is given two images."""
    client = ApiClient(live_server)
    template = client.post("/templates/search", {"query": "lamps"})["data"][0]["id"]
    with urlopen(f"{live_server.url}/api/v1/festivals") as answer:
        festival = json.load(answer)["data"][0]["id"]
    for name in ("a", "b"):
        client.post(f"/festivals/{festival}/images", {"image_url": f"https://example.org/{name}.png"})
    pages = ("", "/details", "/history/1", "/delete")
    return (*(f"/console/templates/{template}{page}" for page in pages), f"/console/festivals/{festival}")


@pytest.fixture
def pages_of_webhooks(live_server: LiveServer) -> tuple[str, ...]:
    """A webhook and a delivery, whose attempt has failed by the time when the pages before were looked at."""
    client = ApiClient(live_server)
    sent = {"name": "Build", "url": "https://127.0.0.1:1/", "events": ["data"]}
    webhook = client.post("/admin/webhooks", sent)["id"]
    delivery = client.send("POST", f"/admin/webhooks/{webhook}/ping", None)["id"]
    return f"/console/webhooks/{webhook}", f"/console/webhooks/{webhook}/deliveries/{delivery}"


def looks_of(number: int) -> tuple[Look, ...]:
    """Pages are looked at in the one and the other look by turns; in both with ``EVERY_LOOK``."""
    return LOOKS if EVERY_LOOK else LOOKS[number % 2 :][:1]


def test_console(
    console: Page,
    content: None,
    pages_of_cards: tuple[str, ...],
    pages_of_webhooks: tuple[str, ...],
    live_server: LiveServer,
) -> None:
    found, seen = {}, set[Look]()
    further = FURTHER_PAGES if EVERY_LOOK else ()
    for number, path in enumerate((*PAGES, *further, *pages_of_cards, *pages_of_webhooks)):
        console.goto(live_server.url + path)
        for look in looks_of(number):
            if problems := barriers(console, look, exclude=FRAME if look in seen else ()):
                found[path, look] = problems
            seen.add(look)
    assert found == {}


PUBLIC_PAGES = (
    "/",
    "/console/login",
    "/console/login?next=/console/people",
    "/console/forgot-password",
    "/console/reset-password/used",
    "/nowhere",
)


def test_public_pages(open_page: OpenPage, live_server: LiveServer) -> None:
    found, page = {}, open_page("about:blank")
    for number, path in enumerate(PUBLIC_PAGES):
        page.goto(live_server.url + path)
        for look in looks_of(number):
            if problems := barriers(page, look):
                found[path, look] = problems
    assert found == {}


def test_the_page_of_who_waits(open_page: OpenPage, live_server: LiveServer) -> None:
    page = open_page(f"{live_server.url}/console/login")
    waiting = {"email": "waits@example.org", "password": "a quiet evening in june"}
    ApiClient(live_server).post("/auth/register", waiting)
    page.get_by_label("Username or e-mail").fill(waiting["email"])
    page.get_by_label("Password").fill(waiting["password"])
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/console/standing")
    assert [problem for look in LOOKS for problem in barriers(page, look)] == []


def shorten(route: Route) -> None:
    """Answer with the description of few of the paths: drawing all of them takes seconds."""
    description = route.fetch().json()
    description["paths"] = dict(list(description["paths"].items())[:3])
    route.fulfill(json=description)


def test_docs_load_without_other_hosts(open_page: OpenPage, live_server: LiveServer) -> None:
    for path, marker in (("/docs", "#swagger-ui .opblock"), ("/redoc", "#redoc h1")):
        page = open_page("about:blank")
        page.route("**/openapi.json", shorten)
        asked: list[str] = []
        page.on("request", lambda request, asked=asked: asked.append(request.url))
        page.goto(live_server.url + path)
        page.wait_for_selector(marker)
        page.context.close()
        assert [url for url in asked if not url.startswith((live_server.url, "data:", "blob:"))] == []
