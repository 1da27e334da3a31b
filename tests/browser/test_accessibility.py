"""axe finds no barrier on any page of the console, in light and dark, wide and narrow."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.request import urlopen

import axe_playwright_python
import pytest
from playwright.sync_api import Page

from tests.browser.conftest import ApiClient, LiveServer, OpenPage

pytestmark = pytest.mark.browser
AXE = next(Path(axe_playwright_python.__file__).parent.rglob("axe.min.js")).read_text()
EVERY_RULE = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RULES_OF_LOOKS = ["color-contrast", "target-size", "scrollable-region-focusable"]
"""What the colour scheme and the width may change."""
RUN = """async (rules) => {
  const found = await axe.run(document, {
    runOnly: rules,
    resultTypes: ["violations"],
  });
  return found.violations.flatMap(({id, nodes}) => nodes.map(({target}) => `${id}: ${target.join(" ")}`));
}"""
TOO_WIDE = "document.documentElement.scrollWidth > innerWidth + 1"
PAGES = (
    "/console",
    "/console/people/approvals",
    "/console/people/approvals?status=rejected",
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
    "/console/content/data?status=draft",
    "/console/content/data/new",
    "/console/content/data/entry/1",
    "/console/content/data/entry/1/history",
    "/console/content/data/entry/1/history/1",
    "/console/content/data/entry/1/schedule",
    "/console/content/projects/new",
    "/console/content/scheduled",
    "/console/content/trash",
    "/console/content/kinds",
    "/console/content/kinds/new",
    "/console/content/data/import",
    "/console/content/tags",
    "/console/content/tags/1",
    "/console/content/tags/1/merge",
    "/console/content/items",
    "/console/content/items/new",
    "/console/templates",
    "/console/templates/new",
    "/console/templates/categories",
    "/console/templates/categories/new",
    "/console/festivals",
    "/console/festivals/new",
    "/console/analytics",
    "/console/content/designs",
    "/console/content/designs/new",
    "/console/content/designs/featured",
    "/console/media",
    "/console/media?view=list&show=unused",
    "/console/templates/waiting",
    "/console/templates/waiting/reviews",
    "/console/jobs",
    "/console/mails",
    "/console/mails?status=failed",
    "/console/mails/templates",
    "/console/mails/templates?kind=rejected&language=hi&scheme=dark",
    "/console/backups",
    "/console/webhooks",
    "/console/bundle",
    "/console/webhooks/new",
    "/console/search?q=e",
    "/console/settings",
    "/console/audit",
    "/console/audit?q=user&since=2026-01-01",
    "/console/profile",
    "/console/profile/security",
    "/console/profile/delete",
    "/console/profile/confirm",
    "/console/set-up",
    "/console/set-up/passkey",
    "/console/profile/sessions",
    "/console/profile/tokens",
)


def barriers(page: Page) -> list[str]:
    page.evaluate(AXE)
    return list(page.evaluate(RUN, EVERY_RULE))


def barriers_of_looks(page: Page) -> list[str]:
    """Those that a phone in the dark adds, after :func:`barriers`; the page is put back."""
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": 390, "height": 900})
    found = [f"phone, dark: {problem}" for problem in page.evaluate(RUN, RULES_OF_LOOKS)]
    if page.evaluate(TOO_WIDE):
        found.append("wider than a phone")
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 1440, "height": 900})
    return found


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
    """Pages of a template and a festival of the demo."""
    client = ApiClient(live_server)
    template = client.post("/templates/search", {"query": "lamps"})["data"][0]["id"]
    with urlopen(f"{live_server.url}/api/v1/festivals") as answer:
        festival = json.load(answer)["data"][0]["id"]
    pages = ("", "/details", "/history/1", "/delete")
    return (*(f"/console/templates/{template}{page}" for page in pages), f"/console/festivals/{festival}")


@pytest.mark.parametrize("part", [0, 1])
def test_console(
    console: Page, content: None, pages_of_cards: tuple[str, ...], live_server: LiveServer, part: int
) -> None:
    console.set_viewport_size({"width": 1440, "height": 900})
    found = {}
    for path in (*PAGES, *pages_of_cards)[part::2]:
        console.goto(live_server.url + path)
        problems = barriers(console) + barriers_of_looks(console)
        if console.evaluate(TOO_WIDE):
            problems.append("wider than the window")
        if problems:
            found[path] = problems
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
    found = {}
    for path in PUBLIC_PAGES:
        page = open_page(live_server.url + path, viewport={"width": 1440, "height": 900})
        if problems := barriers(page) + barriers_of_looks(page):
            found[path] = problems
        page.context.close()
    assert found == {}


def test_docs_load_without_other_hosts(open_page: OpenPage, live_server: LiveServer) -> None:
    for path, marker in (("/docs", "#swagger-ui .opblock"), ("/redoc", "#redoc h1")):
        page = open_page("about:blank")
        asked: list[str] = []
        page.on("request", lambda request, asked=asked: asked.append(request.url))
        page.goto(live_server.url + path)
        page.wait_for_selector(marker)
        assert [url for url in asked if not url.startswith((live_server.url, "data:", "blob:"))] == []
