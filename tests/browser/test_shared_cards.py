"""A hostile card in a real browser, on the very address of the console, with the admin signed in."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.conftest import ApiClient, LiveServer
from webapp.site.cards import POLICY, WITH_SCRIPTS

pytestmark = pytest.mark.browser

HOSTILE = """<p id="out">nothing ran</p><img src="x" onerror="document.title = 'ran'"><script>
const found = {};
function attempt(name, act) {
  try { found[name] = String(act()); } catch (error) { found[name] = error.name; }
}
attempt("origin", () => self.origin);
attempt("cookie", () => document.cookie);
attempt("storage", () => localStorage.length);
attempt("database", () => indexedDB.open("x"));
attempt("parent", () => parent.document.title);
attempt("top", () => { top.location = "about:blank"; return "left"; });
attempt("window", () => window.open("/console"));
const asked = ["/api/v1/users/me", "/console"].map((path) =>
  fetch(path, { credentials: "include" }).then((answer) => answer.status, (error) => error.name));
Promise.all(asked).then((answers) => {
  found.api = answers.join();
  document.getElementById("out").textContent = JSON.stringify(found);
});
</script>"""


@pytest.fixture
def page(browser: Browser, live_server: LiveServer) -> Iterator[Page]:
    context = browser.new_context(storage_state=live_server.signed_in)
    yield context.new_page()
    context.close()


def test_a_hostile_card_reaches_nothing(page: Page, live_server: LiveServer) -> None:
    """Case 37: without an origin of its own no script runs; in its sandbox a script reaches nothing."""
    api = ApiClient(live_server)
    template = api.post("/templates", {"name": "Hostile", "template_code": HOSTILE})
    card = api.post("/cards/generate", {"template_id": template["id"]})
    page.goto(api.post(f"/cards/{card['id']}/share", {})["share_url"])
    expect(page.locator("#out")).to_have_text("nothing ran")
    assert page.title() == ""

    def answer(route: Route) -> None:
        headers = {"Content-Type": "text/html", "Content-Security-Policy": WITH_SCRIPTS + POLICY}
        route.fulfill(headers=headers, body=f"<!doctype html>{HOSTILE}")

    outer = "<!doctype html><title>Secret</title><iframe src='/c/hostile'></iframe>"
    page.route("**/c/hostile", answer)
    page.route("**/outer", lambda route: route.fulfill(content_type="text/html", body=outer))
    page.goto(f"{live_server.url}/outer")
    out = page.frame_locator("iframe").locator("#out")
    expect(out).to_contain_text('"api"')
    assert json.loads(out.inner_text()) == {
        **dict.fromkeys(("cookie", "storage", "database", "parent", "top"), "SecurityError"),
        "origin": "null",
        "window": "null",
        "api": "TypeError,TypeError",
    }
    assert page.title() == "Secret"
