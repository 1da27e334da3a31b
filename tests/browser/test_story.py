"""The story Rangoli is for: somebody registers, is approved, the colour changes, and a page follows."""

from __future__ import annotations

import json
import re
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import LiveServer, OpenPage

pytestmark = pytest.mark.browser
PASSWORD = "a quiet evening in june"
PAGE = """<!doctype html><html lang="en"><link rel="stylesheet" href="{url}/themes/active.css">
<style>button {{ background: var(--color-primary); color: var(--color-on-primary) }}</style>
<link rel="icon" href="data:,"><title>A shop</title><button>Buy</button>"""


def call(url: str, body: dict[str, str]) -> tuple[int, dict[str, Any]]:
    request = urllib.request.Request(
        url, json.dumps(body).encode(), {"Content-Type": "application/json"}, method="POST"
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


@pytest.fixture
def site(live_server: LiveServer) -> Iterator[str]:
    """Somebody else's site: one page on a server of its own."""

    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(PAGE.format(url=live_server.url).encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Site)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


def test_from_registration_to_the_changed_page(
    console: Page, live_server: LiveServer, open_page: OpenPage, site: str
) -> None:
    def shop_button() -> Locator:
        """The site's button, in a browser that has seen nothing yet."""
        return open_page(site).get_by_role("button")

    login = f"{live_server.url}/api/v1/auth/login"
    person = {"username": "newcomer", "email": "newcomer@example.org", "password": PASSWORD}
    credentials = {"username": "newcomer", "password": PASSWORD}
    assert call(f"{live_server.url}/api/v1/auth/register", person)[0] == 200
    assert call(login, credentials)[1]["code"] == "awaiting_approval"
    expect(shop_button()).to_have_css("background-color", "rgb(139, 92, 246)")

    console.goto(f"{live_server.url}/console")
    console.get_by_role("link", name="Approvals").first.click()
    row = console.get_by_role("row").filter(has_text="newcomer@example.org")
    row.get_by_role("button", name="Approve").click()
    expect(console.get_by_role("row").filter(has_text="newcomer@example.org")).to_have_count(0)
    assert call(login, credentials)[0] == 200

    console.get_by_role("link", name="Themes").first.click()
    console.get_by_role("link", name="Rangoli", exact=True).last.click()
    console.wait_for_url(re.compile(r"/console/themes/1$"))
    console.locator("[name='colors-primary']").fill("#00695c")
    console.wait_for_function(
        """() => {
          const frame = document.querySelector("[data-preview-frame]");
          const button = frame.contentDocument?.querySelector("button.primary");
          return button && frame.contentWindow.getComputedStyle(button).backgroundColor === "rgb(0, 105, 92)";
        }"""
    )
    expect(shop_button()).to_have_css("background-color", "rgb(139, 92, 246)")

    console.get_by_role("button", name="Save and publish").click()
    expect(console.get_by_role("heading", level=1)).to_have_text("Publish revision 2?")
    expect(shop_button()).to_have_css("background-color", "rgb(139, 92, 246)")
    console.get_by_role("button", name="Publish anyway").click()  # some pairs of the default are hard to read
    expect(console.get_by_role("heading", level=1)).not_to_have_text("Publish revision 2?")
    expect(shop_button()).to_have_css("background-color", "rgb(0, 105, 92)")
