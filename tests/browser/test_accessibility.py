"""axe finds no barrier on any page of the console, in light and dark, wide and narrow."""

from __future__ import annotations

from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import Page

from tests.browser.conftest import ApiClient, LiveServer, OpenPage

pytestmark = pytest.mark.browser
AXE = next(Path(axe_playwright_python.__file__).parent.rglob("axe.min.js")).read_text()
RUN = """async () => {
  const found = await axe.run(document, {
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    resultTypes: ["violations"],
  });
  return found.violations.flatMap(({id, nodes}) => nodes.map(({target}) => `${id}: ${target.join(" ")}`));
}"""
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
    "/console/jobs",
    "/console/mails",
    "/console/mails?status=failed",
    "/console/mails/templates",
    "/console/mails/templates?kind=rejected&language=hi&scheme=dark",
    "/console/backups",
    "/console/webhooks",
    "/console/webhooks/new",
    "/console/search?q=e",
    "/console/settings",
    "/console/audit",
    "/console/audit?q=user&since=2026-01-01",
    "/console/profile",
    "/console/profile/security",
    "/console/profile/confirm",
    "/console/set-up",
    "/console/set-up/passkey",
    "/console/profile/sessions",
    "/console/profile/tokens",
)


def barriers(page: Page) -> list[str]:
    page.evaluate(AXE)
    return list(page.evaluate(RUN))


@pytest.fixture
def content(live_server: LiveServer) -> None:
    """An entry with a tag and a schedule, and one in the trash, so that pages have something to show."""
    client = ApiClient(live_server)
    for title in ("First", "Second"):
        client.post("/data", {"title": title, "content": {"a": 1}, "tags": ["red", "green"]})
    client.post("/content/bulk", {"type": "data", "action": "trash", "ids": [2]})
    client.post("/items", {"title": "Milk"})


@pytest.mark.parametrize(("scheme", "width"), [("light", 1440), ("dark", 390)])
def test_console(console: Page, content: None, live_server: LiveServer, scheme: str, width: int) -> None:
    console.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    console.set_viewport_size({"width": width, "height": 900})
    found = {}
    for path in PAGES:
        console.goto(live_server.url + path)
        if problems := barriers(console):
            found[path] = problems
        if console.evaluate("document.documentElement.scrollWidth > innerWidth + 1"):
            found.setdefault(path, []).append("wider than the window")
    assert found == {}


PUBLIC_PAGES = (
    "/",
    "/console/login",
    "/console/login?next=/console/people",
    "/console/forgot-password",
    "/console/reset-password/used",
    "/nowhere",
)


@pytest.mark.parametrize("path", PUBLIC_PAGES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_public_pages(open_page: OpenPage, live_server: LiveServer, path: str, scheme: str) -> None:
    page = open_page(live_server.url + path, color_scheme=scheme)
    assert barriers(page) == []


def test_docs_load_without_other_hosts(open_page: OpenPage, live_server: LiveServer) -> None:
    for path, marker in (("/docs", "#swagger-ui .opblock"), ("/redoc", "#redoc h1")):
        page = open_page("about:blank")
        asked: list[str] = []
        page.on("request", lambda request, asked=asked: asked.append(request.url))
        page.goto(live_server.url + path)
        page.wait_for_selector(marker)
        assert [url for url in asked if not url.startswith((live_server.url, "data:", "blob:"))] == []
